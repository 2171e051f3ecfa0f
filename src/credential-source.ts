import type { CredentialSource, Keys } from './adapters/alibaba/credentials.ts';
import type { Config } from './config/schema.ts';

type Configured = NonNullable<Config['accounts'][number]['credentials']>;

/** Where an account's keys come from, as the operator configured it; null is the official default chain. */
export function credentialSource(configured: Configured | null): CredentialSource {
  if (configured === null) return { kind: 'chain' };
  const { ramRole, rrsa, ecsRole } = configured;
  const keys = keysOf(configured);
  if (ramRole !== null)
    return { kind: 'ram-role', keys, ...ramRole, externalId: ramRole.externalId?.reveal() ?? null };
  if (rrsa !== null) return { kind: 'rrsa', ...rrsa };
  if (ecsRole !== undefined) return { kind: 'ecs-role', name: ecsRole };
  return keys === null ? { kind: 'chain' } : { kind: 'keys', ...keys };
}

function keysOf({ accessKeyId, accessKeySecret, securityToken }: Configured): Keys | null {
  if (accessKeyId === null || accessKeySecret === null) return null;
  return {
    accessKeyId: accessKeyId.reveal(),
    accessKeySecret: accessKeySecret.reveal(),
    securityToken: securityToken?.reveal() ?? null,
  };
}
