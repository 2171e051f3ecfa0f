import type { Conflict } from './references.ts';
import type { Config } from './schema.ts';

type Account = Config['accounts'][number];
type Credentials = NonNullable<Account['credentials']>;

/** An account gets its keys in one way, and an id and a secret belong together. */
export function credentialConflicts({ credentials }: Account, index: number): readonly Conflict[] {
  if (credentials === null) return [];
  const path = ['accounts', index, 'credentials'];
  const halves = missingHalves(credentials);
  if (halves.length > 0)
    return halves.map((key) => ({
      path: [...path, key],
      text: 'is missing; a key has an id and a secret',
    }));
  const ways = waysOf(credentials);
  if (ways.length === 1) return [];
  const text =
    ways.length === 0
      ? 'must hold one of accessKeyId, ramRole, rrsa, ecsRole; left out as a whole it is the default chain'
      : `${ways.join(' and ')} exclude each other`;
  return [{ path, text }];
}

function missingHalves(given: Credentials): readonly string[] {
  const { accessKeyId, accessKeySecret, securityToken } = given;
  if (accessKeyId === null && accessKeySecret === null && securityToken === null) return [];
  return [
    ...(accessKeyId === null ? ['accessKeyId'] : []),
    ...(accessKeySecret === null ? ['accessKeySecret'] : []),
  ];
}

function waysOf({ accessKeyId, ramRole, rrsa, ecsRole }: Credentials): readonly string[] {
  const ways = {
    // A key that asks for a role is no way of its own.
    accessKeyId: accessKeyId !== null && ramRole === null,
    ramRole: ramRole !== null,
    rrsa: rrsa !== null,
    ecsRole: ecsRole !== undefined,
  };
  return Object.entries(ways).flatMap(([way, chosen]) => (chosen ? [way] : []));
}
