import { apps, front, jobEnd, mutual, post } from '../../support.ts';
import type { Scenarios, ScenarioStage } from '../scenario.ts';
import { certificateId, type Fields, holdJobs, nlb, web, withoutPermission } from './stage.ts';

interface Write {
  readonly action: string;
  /** What is documented for every write is not documented everywhere. */
  readonly permission: boolean;
  /** A request that would go through. */
  readonly valid: (stage: ScenarioStage) => Promise<Fields>;
}

const writes: readonly Write[] = [
  {
    action: 'UpdateListenerAttribute',
    permission: true,
    valid: async () => ({ ListenerId: front, IdleTimeout: 60 }),
  },
  {
    action: 'AssociateAdditionalCertificatesWithListener',
    permission: true,
    valid: async (stage) => ({
      ListenerId: front,
      AdditionalCertificateIds: [await certificateId(stage)],
    }),
  },
  {
    action: 'DisassociateAdditionalCertificatesWithListener',
    permission: false,
    valid: async (stage) => ({
      ListenerId: apps,
      AdditionalCertificateIds: [await certificateId(stage, 'static')],
    }),
  },
  { action: 'StartListener', permission: true, valid: stopped },
  { action: 'StopListener', permission: true, valid: async () => ({ ListenerId: front }) },
  { action: 'DeleteListener', permission: true, valid: async () => ({ ListenerId: front }) },
];

/** What every write on a listener answers. */
export const anyWriteScenarios: Scenarios = Object.fromEntries(writes.flatMap(scenariosOf));

function scenariosOf({ action, permission, valid }: Write) {
  const all: Scenarios = {
    'ResourceNotFound.listener': async (stage) =>
      nlb(stage, action, { ...(await valid(stage)), ListenerId: 'lsn-none' }),
    'IncorrectStatus.loadbalancer': async (stage) => {
      const fields = await valid(stage);
      await post(stage.sandbox, '/load-balancers', { id: web, status: 'Configuring' });
      return nlb(stage, action, fields);
    },
    IdempotenceSignatureMismatch: async (stage) => {
      const fields = { ...(await valid(stage)), ClientToken: 'once' };
      await nlb(stage, action, fields);
      return nlb(stage, action, { ...fields, ListenerId: mutual });
    },
    DryRunOperation: async (stage) => nlb(stage, action, { ...(await valid(stage)), DryRun: true }),
    'IncorrectStatus.listener': async (stage) => {
      const fields = await valid(stage);
      await holdJobs(stage, 'UpdateListenerAttribute');
      await nlb(stage, 'UpdateListenerAttribute', {
        ListenerId: fields['ListenerId'],
        IdleTimeout: 61,
      });
      return nlb(stage, action, fields);
    },
    ...(permission ? { 'Forbidden.NoPermission': withoutPermission(action) } : {}),
  };
  return Object.entries(all).map(([code, scenario]) => [`${action} ${code}`, scenario] as const);
}

async function stopped(stage: ScenarioStage): Promise<Fields> {
  const fields = { ListenerId: front };
  const stopping = await nlb(stage, 'StopListener', fields);
  await jobEnd((action, asked) => stage.call('nlb', action, asked), stopping);
  return fields;
}
