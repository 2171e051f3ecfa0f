import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { DataPlane } from '../data-plane/plane.ts';
import { type Fault, faultSchema } from '../faults/book.ts';
import { impossible } from '../faults/impossible.ts';
import { readBody } from '../http/body.ts';
import { listenHttp } from '../http/listen.ts';
import type { World } from '../world.ts';
import { certificateOrder, orderCertificate } from './certificates.ts';
import { clientCertificateOrder, issueClientCertificate } from './client-certificates.ts';
import { changeLoadBalancer, loadBalancerChange } from './load-balancers.ts';
import { certificateOrderState, placeOrder } from './orders.ts';
import { revocation, revoke } from './revocations.ts';
import { stateOf } from './state.ts';
import { setZone, zoneOrder } from './zones.ts';

/** What the control server works on; a reset exchanges it. */
export interface ControlTarget {
  current(): { readonly world: World; readonly plane: DataPlane };
  readonly dial: ReadonlyMap<string, string>;
  reset(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

type Route = (target: ControlTarget, request: ControlRequest) => Promise<Reply> | Reply;

interface ControlRequest {
  readonly url: URL;
  readonly body: unknown;
}

const routes: Readonly<Record<string, Route>> = {
  'GET /state': (target) => {
    const { world, plane } = target.current();
    return ok(stateOf(world, plane, target.dial));
  },
  'GET /calls': (target, { url }) => callsSince(url.searchParams.get('since'), target),
  'GET /faults': (target) => ok(target.current().world.faults.list()),
  'POST /faults': (target, { body }) =>
    parsed(faultSchema, body, (fault) => orderFault(fault, target)),
  'DELETE /faults': (target, { url }) =>
    ok({ cleared: target.current().world.faults.clear(url.searchParams.get('id')) }),
  'POST /certificates': (target, { body }) =>
    parsed(certificateOrder, body, async (order) =>
      created(await orderCertificate(order, target.current().world)),
    ),
  'POST /certificates/revoke': (target, { body }) =>
    parsed(revocation, body, (wanted) => {
      const why = revoke(wanted, target.current().world);
      return why === null ? ok({ revoked: wanted.id }) : refused(404, why);
    }),
  'POST /orders': (target, { body }) =>
    parsed(certificateOrderState, body, async (wanted) => {
      const placed = await placeOrder(wanted, target.current().world);
      return placed === null ? refused(404, `no order ${wanted.orderId}`) : created(placed);
    }),
  'POST /client-certificates': (target, { body }) =>
    parsed(clientCertificateOrder, body, async (order) => {
      const issued = await issueClientCertificate(order, target.current().world);
      return issued === null ? refused(404, `no private CA ${order.ca}`) : created(issued);
    }),
  'POST /load-balancers': (target, { body }) =>
    parsed(loadBalancerChange, body, (change) => {
      const changed = changeLoadBalancer(change, target.current().world);
      return changed === null ? refused(404, `no load balancer ${change.id}`) : ok(changed);
    }),
  'POST /zones': (target, { body }) =>
    parsed(zoneOrder, body, (order) => {
      const why = setZone(order, target.current().world);
      return why === null ? ok(order) : refused(404, why);
    }),
  'POST /reset': async (target) => {
    await target.reset();
    return ok({ reset: true });
  },
};

/** All calls, or those after one of them: a long run need not fetch the beginning again and again. */
function callsSince(requestId: string | null, target: ControlTarget): Reply {
  const { calls } = target.current().world;
  if (requestId === null) return ok(calls.all());
  const later = calls.after(requestId);
  return later === null ? refused(404, `no call ${requestId} is known`) : ok(later);
}

function orderFault(fault: Fault, target: ControlTarget): Reply {
  const { world } = target.current();
  const why = impossible(fault, world);
  return why === null ? created({ id: world.faults.order(fault) }) : refused(400, why);
}

/** Serves the control endpoint: the truth, the calls, the faults. For this machine only. */
export async function openControl(
  port: number,
  target: ControlTarget,
): ReturnType<typeof listenHttp> {
  return listenHttp(port, async (request, response) => {
    const { status, body } = await answer(request, target);
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(request.complete ? {} : { connection: 'close' }),
    });
    response.end(`${JSON.stringify(body)}\n`);
  });
}

async function answer(request: IncomingMessage, target: ControlTarget): Promise<Reply> {
  if (!isForThisMachine(request.headers))
    return refused(403, 'the control endpoint answers loopback hosts and no pages of other sites');
  const url = urlOf(request);
  if (url === null) return refused(400, 'the address cannot be read');
  const route = routes[`${request.method ?? 'GET'} ${url.pathname}`];
  if (route === undefined) {
    return refused(404, `no such route; there are ${Object.keys(routes).join(', ')}`);
  }
  const read = await readJson(request);
  if ('refusal' in read) return read.refusal;
  try {
    return await route(target, { url, body: read.value });
  } catch (error) {
    return refused(500, error instanceof Error ? error.message : String(error));
  }
}

function urlOf({ url }: IncomingMessage): URL | null {
  const base = 'http://127.0.0.1';
  return URL.canParse(url ?? '/', base) ? new URL(url ?? '/', base) : null;
}

/** A page elsewhere can make a browser call this port, but not with a host or an origin of its choosing. */
function isForThisMachine({ host = '', origin }: IncomingHttpHeaders): boolean {
  return (
    isLoopback(host) && (origin === undefined || isLoopback(origin.replace(/^https?:\/\//, '')))
  );
}

function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return name === 'localhost' || name === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name);
}

const largestBody = 1024 * 1024;

/** The body as JSON; undefined when there is none. Returns the refusal of one that cannot be read. */
async function readJson(
  request: IncomingMessage,
): Promise<{ readonly value: unknown } | { readonly refusal: Reply }> {
  const body = await readBody(request, largestBody);
  if (body === null) return { refusal: refused(413, 'the body is larger than 1 MiB') };
  try {
    return { value: body.length === 0 ? undefined : JSON.parse(body.toString('utf8')) };
  } catch {
    return { refusal: refused(400, 'the body is not JSON') };
  }
}

function parsed<S extends z.ZodType>(
  schema: S,
  body: unknown,
  then: (value: z.output<S>) => Promise<Reply> | Reply,
): Promise<Reply> | Reply {
  const result = schema.safeParse(body);
  return result.success ? then(result.data) : refused(400, z.prettifyError(result.error));
}

function ok(body: unknown): Reply {
  return { status: 200, body };
}

function created(body: unknown): Reply {
  return { status: 201, body };
}

function refused(status: number, message: string): Reply {
  return { status, body: { error: message } };
}
