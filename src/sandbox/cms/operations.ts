import type { z } from 'zod';
import { strikes } from '../faults/common.ts';
import { type Call, type Operation, operation, type ReplyBody } from '../http/operation.ts';
import { refusalOf } from '../http/refusals.ts';
import { badParameter } from './errors.ts';

/** What every reply says when all went well; codes are texts here. */
export const done = { Code: '200', Message: 'success' } as const;

/**
 * An action of CloudMonitor. It words the refusal of illegal values in its own way, missing ones excepted, and it may fail
 * inside a reply of status 200 when that has been ordered.
 */
export function monitorOperation<S extends z.ZodObject>(
  action: string,
  parameters: S,
  handle: (params: z.output<S>, call: Call) => ReplyBody,
): Operation {
  const plain = operation(action, parameters, handle);
  return {
    ...plain,
    run: (raw, call) => {
      const ordered = orderedFailure(call);
      if (ordered !== null) return ordered;
      const issues = parameters.safeParse(raw).error?.issues ?? [];
      const illegal = issues.length > 0 && issues.every(({ path }) => isThere(raw, path[0]));
      if (illegal) throw refusalOf(badParameter);
      return plain.run(raw, call);
    },
  };
}

function isThere(raw: Readonly<Record<string, unknown>>, name: PropertyKey | undefined): boolean {
  return raw[String(name)] !== undefined;
}

function orderedFailure({ world, action, region }: Call): ReplyBody | null {
  const place = { action, region, product: 'cms' };
  const fault = world.faults.take('refuse-inside-200', (each) => strikes(each, place));
  if (fault === null) return null;
  const { code: Code, message: Message } = fault;
  // Replies to writes have no Success.
  return action.startsWith('Put') ? { Code, Message } : { Code, Message, Success: 'false' };
}
