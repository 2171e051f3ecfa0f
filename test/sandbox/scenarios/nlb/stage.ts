import { certificate, post } from '../../support.ts';
import { type Scenario, type ScenarioStage, stageWith } from '../scenario.ts';

export const web = 'nlb-smallweb0000001';

export type Fields = Readonly<Record<string, unknown>>;

export function nlb(stage: ScenarioStage, action: string, fields: Fields = {}) {
  return stage.call('nlb', action, { ...fields });
}

/** A certificate of the seed by its name, or a new one. */
export async function certificateId(stage: ScenarioStage, name?: string): Promise<string> {
  if (name !== undefined) return (await certificate(stage.sandbox, name)).id;
  const [made = ''] = await newCertificates(stage, 1);
  return made;
}

export async function newCertificates(
  { sandbox }: ScenarioStage,
  count: number,
): Promise<readonly string[]> {
  const names = Array.from({ length: count }, (_, index) => `made-${index}`);
  const made = names.map((name) =>
    post(sandbox, '/certificates', { name, names: [`${name}.example.com`] }),
  );
  return (await Promise.all(made)).map((reply) => String(reply.body['id']));
}

/** Jobs of an action never end from here on. */
export async function holdJobs({ sandbox }: ScenarioStage, action: string): Promise<void> {
  await post(sandbox, '/faults', { kind: 'stuck-job', action, times: 'always' });
}

/** A refusal for a key without any permission. */
export function withoutPermission(action: string, fields: Fields = {}): Scenario {
  return async (stage) => (await stageWith('noRights', stage)).call('nlb', action, { ...fields });
}
