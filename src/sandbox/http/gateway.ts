import { randomUUID } from 'node:crypto';
import { type LoggedCall, withoutSecrets } from '../calls.ts';
import { namedIn } from '../faults/aim.ts';
import type { World } from '../world.ts';
import { decide, type GatewayContext, type Verdict } from './decide.ts';
import { LateCalls } from './late-calls.ts';
import { type ListeningServer, listenHttp } from './listen.ts';
import type { ProductApi } from './operation.ts';
import { losesReply } from './ordered.ts';
import { type Answer, send } from './replies.ts';

/** Opens the HTTP endpoint of one product in one region on 127.0.0.1; port 0 takes a free one. */
export async function openGateway(options: {
  readonly api: ProductApi;
  readonly region: string;
  readonly port: number;
  readonly world: () => World;
}): Promise<ListeningServer> {
  const { api, region } = options;
  const operations = new Map(api.operations.map((operation) => [operation.action, operation]));
  const late = new LateCalls();
  const server = await listenHttp(options.port, async (request, response) => {
    const world = options.world();
    const requestId = randomUUID().toUpperCase();
    // A reset while a call is under way leaves it without a world to land in.
    const landLater = (millis: number, land: () => void): void =>
      late.add(millis, () => {
        if (options.world() === world) land();
      });
    const context = { api, region, operations, world, requestId, landLater };
    const at = new Date(world.clock.now());
    const verdict = await decide(request, context);
    const reply = deliveryOf(verdict, context);
    world.calls.add(logEntry(at, verdict, reply, context));
    const delivered: Answer = reply === 'lost' ? { kind: 'reset' } : verdict.answer;
    await send(response, delivered, new Date(world.clock.now()));
  });
  const close = async (): Promise<void> => {
    late.close();
    await server.close();
  };
  return { port: server.port, close };
}

function deliveryOf(
  { action, params, answer }: Verdict,
  context: GatewayContext,
): LoggedCall['reply'] {
  if (answer.kind === 'reset' || answer.kind === 'hang') return 'withheld';
  const { api, region, world } = context;
  const succeeded = answer.kind === 'body' && answer.code === null;
  const call = { product: api.product, region, action, ...namedIn(params) };
  return succeeded && losesReply(world, call) ? 'lost' : 'sent';
}

function logEntry(
  at: Date,
  { action, params, answer }: Verdict,
  reply: LoggedCall['reply'],
  { api, region, requestId }: GatewayContext,
): LoggedCall {
  const token = params['ClientToken'];
  return {
    at: at.toISOString(),
    product: api.product,
    region,
    action,
    requestId,
    params: withoutSecrets(params),
    clientToken: typeof token === 'string' ? token : null,
    status: 'status' in answer ? answer.status : null,
    code: answer.kind === 'body' ? answer.code : null,
    reply,
  };
}
