import type { z } from 'zod';
import type { World } from '../world.ts';
import { ApiError } from './api-error.ts';
import type { Caller } from './authenticate.ts';
import type { DocumentedErrors } from './documented.ts';
import { missing } from './refusals.ts';
import type { RateTable } from './rate.ts';

export type ReplyBody = Readonly<Record<string, unknown>>;
export type RawParameters = Readonly<Record<string, unknown>>;

/** What a handler knows about the call besides its parameters. */
export interface Call {
  readonly world: World;
  readonly region: string;
  readonly action: string;
  readonly requestId: string;
  readonly caller: Caller;
  /** The parameters as received, for comparing a repeated request with the first. */
  readonly raw: RawParameters;
  /** How the product refuses a parameter of that name. */
  readonly illegal: (name: string) => ApiError;
}

/** One action of a product: the table of its parameters and what it does. */
export interface Operation {
  readonly action: string;
  readonly parameters: z.ZodObject;
  run(raw: RawParameters, call: Call): ReplyBody;
}

/** Binds a handler to its parameter table; the handler sees only parsed values. */
export function operation<S extends z.ZodObject>(
  action: string,
  parameters: S,
  handle: (params: z.output<S>, call: Call) => ReplyBody,
): Operation {
  return {
    action,
    parameters,
    run: (raw, call) => {
      const parsed = parameters.safeParse(raw);
      if (!parsed.success) throw refusal(parsed.error, call);
      return handle(parsed.data, call);
    },
  };
}

/** A product's API on the wire. */
export interface ProductApi {
  /** Key in the printed `endpoints`, for example `nlb`. */
  readonly product: string;
  readonly version: string;
  /** The host name the real endpoint has; error bodies carry it as HostId. */
  readonly hostId: (region: string) => string;
  readonly operations: readonly Operation[];
  /** What the documentation says each action may answer, the gateway's own errors left out. */
  readonly errors: DocumentedErrors;
  readonly rates: RateTable;
  /** Actions that take POST only; all others take GET too. */
  readonly postOnly?: ReadonlySet<string>;
  /** How it refuses a parameter that is not in its table's range; left out: as the gateway does. */
  readonly illegal?: (name: string) => ApiError;
}

/** The gateway's words for a wrong parameter, for products that document none of their own. */
export function invalidParameter(name: string): ApiError {
  return new ApiError('InvalidParameter', `Specified parameter ${name} is not valid.`);
}

/** A missing parameter is refused before a wrong one. */
function refusal(error: z.ZodError, { raw, illegal }: Call): ApiError {
  const names = error.issues.map((issue) => String(issue.path[0] ?? ''));
  const absent = names.find((name) => raw[name] === undefined);
  if (absent !== undefined) return missing(absent);
  return illegal(names[0] ?? 'parameter');
}
