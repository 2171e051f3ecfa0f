import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { namedIn } from '../faults/aim.ts';
import { type Call, operation, type ReplyBody } from '../http/operation.ts';
import { integer, text } from '../http/parameters.ts';
import { checkPlace, type PortPlace, portPlaceOf } from './listener-ports.ts';
import {
  checkIdleTimeout,
  checkTls,
  defaultSettings,
  lackingTls,
  settingParameters,
  withSettings,
} from './listener-settings.ts';
import { type Listener, type LoadBalancer, protocols } from './model.ts';
import { refused } from './refusals.ts';
import { requireActive } from './require.ts';
import { checkServerGroup, requireServerGroup } from './server-groups.ts';
import { anyWriteParameters, endDryRun, once } from './write.ts';

const perLoadBalancer = 50;

/** Ports are checked by their own code, so their table only asks for numbers. */
const port = () => integer(-1_000_000_000, 1_000_000_000);

const parameters = z.object({
  ...anyWriteParameters,
  ...settingParameters,
  LoadBalancerId: text(),
  ListenerProtocol: z.enum(protocols),
  ListenerPort: port(),
  StartPort: port().optional(),
  EndPort: port().optional(),
  ServerGroupId: text().optional(),
  Tag: z
    .array(z.object({ Key: text({ max: 128 }), Value: z.string().max(128).optional() }))
    .max(20)
    .optional(),
});

type Parameters = z.output<typeof parameters>;

/** A listener that is Provisioning until its job is done; when the job fails, it was never there. */
export const createListener = operation('CreateListener', parameters, (params, call) =>
  once(params, call, () => {
    const loadBalancer = requireActive(params.LoadBalancerId, call);
    const place = portPlaceOf(params);
    checkSettings(params, call);
    const serverGroupId = checkGroup(params, loadBalancer, call);
    const others = call.world.balancing.listenersOf(loadBalancer.id);
    if (others.length >= perLoadBalancer) {
      throw refused(
        'QuotaExceeded.nlb_quota_loadbalancer_listeners_num',
        others.length,
        perLoadBalancer,
      );
    }
    checkPlace(place, others);
    endDryRun(params);
    return start(newListener(params, { loadBalancer, place, serverGroupId }), call);
  }),
);

function checkSettings(params: Parameters, call: Call): void {
  const { ListenerProtocol: protocol } = params;
  checkIdleTimeout(params, protocol);
  if (protocol === 'UDP' && (params.Mss ?? 0) > 0) {
    throw refused('IllegalParam.MssConflictWithUdpAndGeneve');
  }
  if (protocol !== 'TCPSSL') return;
  if (params.CertificateIds === undefined) throw refused('MissingParam.Certificate');
  checkTls(params, call);
  const lacking = lackingTls(params, defaultSettings(protocol));
  if (lacking !== null) throw refused(`MissingParam.${lacking}`);
}

/** Its id, once it is known to suit the listener. */
function checkGroup(params: Parameters, loadBalancer: LoadBalancer, call: Call): string {
  const { ServerGroupId: id, ListenerProtocol: protocol } = params;
  if (id === undefined) throw refused('MissingParam.ServerGroupId');
  if (!id.startsWith('sgp-')) throw refused('IllegalParam.ServerGroupId');
  const group = requireServerGroup(id, call);
  checkServerGroup(group, loadBalancer, protocol);
  const anyPort = params.ListenerPort === 0;
  if (anyPort && !group.anyPort) {
    throw refused('IllegalParam.AnyPortListenerConflictWithNonAnyPortServerGroup');
  }
  if (!anyPort && group.anyPort) {
    throw refused('IllegalParam.NonAnyPortListenerConflictWithAnyPortServerGroup');
  }
  return id;
}

function newListener(
  params: Parameters,
  about: {
    readonly loadBalancer: LoadBalancer;
    readonly place: PortPlace;
    readonly serverGroupId: string;
  },
): Listener {
  const defaults = {
    ...defaultSettings(params.ListenerProtocol),
    protocol: params.ListenerProtocol,
  };
  return {
    ...defaults,
    ...withSettings(params, defaults),
    id: `lsn-${randomBytes(9).toString('hex')}@${about.place.port}`,
    loadBalancerId: about.loadBalancer.id,
    region: about.loadBalancer.region,
    port: about.place.port,
    ...(about.place.port === 0 ? { portRange: about.place.range } : {}),
    status: 'Provisioning',
    serverGroupId: about.serverGroupId,
    additional: [],
    tags: (params.Tag ?? []).map(({ Key, Value }) => ({ key: Key, value: Value ?? '' })),
  };
}

function start(listener: Listener, call: Call): ReplyBody {
  const { balancing, jobs } = call.world;
  balancing.createListener(listener);
  const job = jobs.start({
    region: call.region,
    action: call.action,
    certificateIds: namedIn(call.raw).certificateIds,
    listenerId: listener.id,
    finish: () => balancing.update(listener.id, (now) => ({ ...now, status: 'Running' })),
    abandon: () => balancing.removeListener(listener.id),
  });
  return { ListenerId: listener.id, JobId: job };
}
