import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import { caller, type Reply, stateOfSandbox } from '../support.ts';

/** What a scenario works with: a sandbox of its own and the official core as its client. */
export interface ScenarioStage {
  readonly sandbox: RunningSandbox;
  readonly region: string;
  call(
    product: Product,
    action: string,
    fields?: Record<string, unknown>,
    place?: 'query' | 'body',
  ): Promise<Reply>;
}

/** Brings a state about and ends with the call that must be refused. */
export type Scenario = (stage: ScenarioStage) => Promise<unknown>;

/** By action and code, for example `StopListener IncorrectStatus.listener`. */
export type Scenarios = Readonly<Record<string, Scenario>>;

const versions = {
  nlb: '2022-04-30',
  cas: '2020-04-07',
  pca: '2020-06-30',
  cms: '2019-01-01',
} as const;

export type Product = keyof typeof versions;

export function stageOf(sandbox: RunningSandbox, region = 'cn-hangzhou'): ScenarioStage {
  return {
    sandbox,
    region,
    call: async (product, action, fields = {}, place = 'query') =>
      caller(sandbox, { product, version: versions[product], region })(action, fields, place),
  };
}

/** The same stage, its client signing with one of the unusual keys. */
export async function stageWith(
  key: 'noRights' | 'readOnly',
  { sandbox, region }: ScenarioStage,
): Promise<ScenarioStage> {
  const { credentials } = await stateOfSandbox(sandbox);
  const description = { ...sandbox.description, ...credentials[key] };
  return stageOf({ ...sandbox, description }, region);
}
