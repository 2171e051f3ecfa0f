import { createHash } from 'node:crypto';
import { Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { codeOf, NewleafError } from '../domain/errors.ts';
import type { Log } from '../ports/log.ts';
import { alertRoutes } from './alert-routes.ts';
import { auditRoutes } from './audit.ts';
import type { AccessToken } from './auth.ts';
import type { Desk } from './desk.ts';
import { knownHosts, needsToken, problem, type Guarded } from './guards.ts';
import { freezeRoutes } from './freezes.ts';
import { openRoutes } from './open-routes.ts';
import { quarantineRoutes } from './quarantine.ts';
import { readRoutes } from './read-routes.ts';
import { statusPage } from './status-page.ts';
import { style } from './style.ts';
import { writeRoutes } from './write-routes.ts';

export interface WebOptions {
  readonly desk: Desk;
  readonly tokens: readonly AccessToken[];
  /** Names under which this server may be addressed. */
  readonly hosts: ReadonlySet<string>;
  readonly log: Log;
  /** Aborted when the daemon stops. */
  readonly signal: AbortSignal;
}

const maxBody = 64 * 1024;

/** The page loads nothing, runs nothing, posts nothing and is shown in no frame. */
const headers = {
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    styleSrc: [`'sha256-${createHash('sha256').update(style).digest('base64')}'`],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
  xFrameOptions: 'DENY',
  // Whether this name is only ever asked over TLS is for whoever ends the TLS to say.
  strictTransportSecurity: false,
};

/** The daemon's HTTP surface. `/healthz`, `/readyz` and `/metrics` need no token; everything else does. */
export function webApp(options: WebOptions): Hono<Guarded> {
  const { desk, log } = options;
  const app = new Hono<Guarded>();
  app.use(secureHeaders(headers));
  app.use(neverStored);
  app.use(knownHosts(options.hosts));
  app.use(bodyLimit({ maxSize: maxBody, onError: tooLarge }));
  app.route('/', openRoutes(desk));
  app.use(needsToken(options.tokens));
  app.get('/', async (context) => context.html(await statusPage(desk, new Date())));
  app.route('/api/v1', readRoutes(desk));
  app.route('/api/v1', writeRoutes(desk, options.signal));
  app.route('/api/v1', freezeRoutes(desk));
  app.route('/api/v1', quarantineRoutes(desk));
  app.route('/api/v1', alertRoutes(desk, options.signal));
  app.route('/api/v1', auditRoutes(desk));
  app.notFound((context) =>
    problem(context, 404, { code: 'not-found', message: `nothing is at ${context.req.path}` }),
  );
  app.onError((error, context) => {
    const code = codeOf(error);
    if (options.signal.aborted) {
      return problem(context, 503, { code, message: 'the daemon is stopping: ask again later' });
    }
    log.error({ path: context.req.path, code, error: error.message }, 'request failed');
    const known = error instanceof NewleafError;
    const message = known ? error.message : 'something unexpected failed: see the log';
    return problem(context, known ? statusOf(error) : 500, { code, message });
  });
  return app;
}

function statusOf(error: NewleafError): 404 | 500 | 503 {
  if (error.code === 'not-found') return 404;
  return error.retryable ? 503 : 500;
}

/** What is bound and what failed belongs in no cache. */
const neverStored: MiddlewareHandler = async (context, next) => {
  await next();
  context.header('Cache-Control', 'no-store');
};

function tooLarge(): Response {
  const error = { code: 'request.invalid', message: `a body may have ${maxBody} bytes at most` };
  return Response.json({ error }, { status: 413 });
}
