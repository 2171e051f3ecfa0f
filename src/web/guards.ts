import { isIP } from 'node:net';
import type { Context, MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { ErrorDocument } from '../api/requests.ts';
import { callerOf, type AccessToken } from './auth.ts';
import type { Caller } from './desk.ts';

/** What the guards leave for the routes behind them. */
export interface Guarded {
  Variables: { caller: Caller };
}

/** The API's one way of saying no. */
export function problem(
  context: Context,
  status: 400 | 401 | 403 | 404 | 409 | 413 | 415 | 500 | 503,
  error: ErrorDocument['error'],
): Response {
  return context.json({ error } satisfies ErrorDocument, status);
}

/**
 * Only names that we are known by may appear in `Host`: a page of somebody else's that resolves its own name to our address
 * (DNS rebinding) is turned away. A bare address cannot be such a name, and is how probes and scrapers in a cluster ask. A
 * browser's `Origin` must be one of our names, or the very address that was asked.
 */
export function knownHosts(hosts: ReadonlySet<string>): MiddlewareHandler {
  return async (context, next) => {
    const asked = urlOf(`http://${context.req.header('host') ?? ''}`);
    const origin = context.req.header('origin');
    const isKnown = asked !== null && (hosts.has(asked.hostname) || isAddress(asked.hostname));
    if (isKnown && (origin === undefined || isOurs(urlOf(origin), asked))) return next();
    return problem(context, 403, {
      code: 'request.unauthorized',
      message:
        'this host name is not ours: add it to http.hosts, or use the address in http.listen',
    });
  };

  function isOurs(origin: URL | null, asked: URL): boolean {
    return origin !== null && (hosts.has(origin.hostname) || origin.host === asked.host);
  }
}

const noToken = 'a token is needed: set NEWLEAF_TOKEN, or run where dataDir/token can be read';
const unknownToken =
  'this daemon does not know the token: look at NEWLEAF_URL and NEWLEAF_TOKEN, or which daemon listens at http.listen';

/** Everything behind this needs a token, on loopback too. */
export function needsToken(tokens: readonly AccessToken[]) {
  return createMiddleware<Guarded>(async (context, next) => {
    const given = context.req.header('authorization');
    const caller = callerOf(given, tokens);
    if (caller !== null) {
      context.set('caller', caller);
      return next();
    }
    context.header('WWW-Authenticate', 'Basic realm="newleaf: the token is the password"');
    return problem(context, 401, {
      code: 'request.unauthorized',
      message: given === undefined ? noToken : unknownToken,
    });
  });
}

/** Writes need a token with the role `operator`. */
export const needsOperator = createMiddleware<Guarded>(async (context, next) => {
  const { name, role } = context.get('caller');
  if (role === 'operator') return next();
  return problem(context, 403, {
    code: 'request.unauthorized',
    message: `the token ${name} may only read: this needs one with the role operator`,
  });
});

/** A form on somebody else's page cannot send JSON without asking first (CORS), so JSON is all we take. */
export const needsJson: MiddlewareHandler = async (context, next) => {
  const type = context.req.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/json') return next();
  return problem(context, 415, {
    code: 'request.invalid',
    message: 'send a JSON body with content-type: application/json',
  });
};

function urlOf(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

function isAddress(hostname: string): boolean {
  return isIP(hostname.replace(/^\[(.*)\]$/, '$1')) !== 0;
}
