import { z } from 'zod';
import { operation } from '../http/operation.ts';
import { integer, text } from '../http/parameters.ts';
import { pageOf } from './paging.ts';
import { requireSeenListener } from './require.ts';
import { nonNormalServers } from './server-groups.ts';

/**
 * The servers behind a listener that are not well: none, but behind a group that ails. `HeathCheckEnabled` is the API's
 * spelling. The paging fields are about listeners, of which there is always one.
 */
export const getListenerHealthStatus = operation(
  'GetListenerHealthStatus',
  z.object({
    ListenerId: text(),
    RegionId: text().optional(),
    NextToken: text().optional(),
    MaxResults: integer(1, 100).optional(),
  }),
  (params, call) => {
    const listener = requireSeenListener(params.ListenerId, call);
    const group = {
      ServerGroupId: listener.serverGroupId,
      HeathCheckEnabled: true,
      NonNormalServers: nonNormalServers(listener.serverGroupId).map((server) => ({
        ServerId: server.id,
        ServerIp: server.ip,
        Port: server.port,
        Status: server.status,
        Reason: { ReasonCode: server.reason },
      })),
    };
    const row = {
      ListenerId: listener.id,
      ListenerPort: listener.port,
      ListenerProtocol: listener.protocol,
      ServerGroupInfos: [group],
    };
    const page = pageOf([row], (each) => each.ListenerId, params, call);
    return { ListenerHealthStatus: page.rows, ...page.fields };
  },
);
