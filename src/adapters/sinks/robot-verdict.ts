import { z } from 'zod';
import type { Millis } from '../../domain/certificate.ts';
import type { SendFailure } from '../../ports/sink.ts';
import type { Exchange } from './http-send.ts';
import { failureOf } from './verdict.ts';

/** What the code in a robot's reply means, in our own words: its words may hold what nobody shall read in a log. */
type Meaning =
  | { readonly kind: 'retry'; readonly afterMs: Millis | null; readonly words: string }
  | { readonly kind: 'rejected'; readonly blames: 'message' | 'sink'; readonly words: string };

/** How one kind of robot reports failures. */
export interface Dialect {
  /** The field with the code; 0 is success. */
  readonly field: 'errcode' | 'code';
  /** `note` is what the robot wrote, lower case: one code may have several meanings. Null for a code that is not known. */
  readonly meaning: (code: number, note: string) => Meaning | null;
  /** How long to leave a robot alone that says 429 and no time. */
  readonly pause: Millis;
}

/** A refused message: another one may pass. */
export function badMessage(words: string): Meaning {
  return { kind: 'rejected', blames: 'message', words };
}

/** A robot that takes nothing from us. */
export function badSink(words: string): Meaning {
  return { kind: 'rejected', blames: 'sink', words };
}

/** A robot that takes nothing now. */
export function busy(words: string, afterMs: Millis | null): Meaning {
  return { kind: 'retry', afterMs, words };
}

/** What a robot's answer means: null for accepted. The code in the reply decides, whatever the status is. */
export function robotFailure(exchange: Exchange, now: Date, dialect: Dialect): SendFailure | null {
  const failure = failureOf(exchange, now);
  if (exchange.kind !== 'answered') return failure;
  if (failure?.kind === 'retry') return patient(failure, exchange.status, dialect);
  const said = saidIn(exchange.body, dialect);
  if (said === null) return failure ?? notUnderstood;
  if (said.code === 0) return failure;
  return failureFor(said.code, dialect.meaning(said.code, said.note) ?? refused);
}

const refused = badMessage('it refused the message');

/** Perhaps something between us and the robot answered. */
const notUnderstood: SendFailure = {
  kind: 'retry',
  afterMs: null,
  reason: 'the receiver answered 200, but not as a robot does',
};

function failureFor(code: number, meaning: Meaning): SendFailure {
  const { words, ...rest } = meaning;
  return { ...rest, reason: `the robot answered code ${code}: ${words}` };
}

/** Who says "too many" and no more means the robot's documented pause. */
function patient(
  failure: Extract<SendFailure, { kind: 'retry' }>,
  status: number,
  { pause }: Dialect,
): SendFailure {
  return status === 429 ? { ...failure, afterMs: failure.afterMs ?? pause } : failure;
}

/** The documentation shows some codes as text. */
const number = z.union([
  z.int(),
  z
    .string()
    .regex(/^-?\d{1,12}$/)
    .transform(Number),
]);
const errcodeReply = z.object({ errcode: number, errmsg: z.string().default('') });
const codeReply = z.object({ code: number, msg: z.string().default('') });

function saidIn(body: string, { field }: Dialect): { code: number; note: string } | null {
  const json = jsonIn(body);
  if (field === 'code') {
    const said = codeReply.safeParse(json).data;
    return said === undefined ? null : { code: said.code, note: said.msg.toLowerCase() };
  }
  const said = errcodeReply.safeParse(json).data;
  return said === undefined ? null : { code: said.errcode, note: said.errmsg.toLowerCase() };
}

function jsonIn(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
