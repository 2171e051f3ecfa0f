import { credentialConflicts } from './credentials.ts';
import type { KeyPath } from './document.ts';
import { nearest } from './nearest.ts';
import type { Config } from './schema.ts';
import { mergedPolicy } from './rules.ts';

export interface Conflict {
  readonly path: KeyPath;
  readonly text: string;
}

/** What no single key can show: names that do not exist, names given twice, values that exclude each other. */
export function conflicts(config: Config): readonly Conflict[] {
  return [
    ...repeatedNames(config),
    ...unknownWindows(config),
    ...unknownSinks(config),
    ...unknownPolicies(config),
    ...unknownAccounts(config),
    ...config.accounts.flatMap(credentialConflicts),
    ...wrongOrders(config),
  ];
}

function repeatedNames(config: Config): readonly Conflict[] {
  const catchAll = config.policies.findIndex(({ name }) => name === 'defaults');
  const text = 'defaults is the name of the catch-all policy';
  return [
    ...repeated(['accounts'], config.accounts),
    ...repeated(['windows'], config.windows),
    ...repeated(['freezes'], config.freezes),
    ...repeated(['policies'], config.policies),
    ...repeated(['clientIdentities'], config.clientIdentities),
    ...repeated(['http', 'tokens'], config.http.tokens),
    ...(catchAll < 0 ? [] : [{ path: ['policies', catchAll, 'name'], text }]),
  ];
}

function repeated(path: KeyPath, entries: readonly { name: string }[]): readonly Conflict[] {
  const seen = entries.map(({ name }) => name);
  return seen.flatMap((name, index) =>
    seen.indexOf(name) < index
      ? [{ path: [...path, index, 'name'], text: `${name} is used twice` }]
      : [],
  );
}

function unknownWindows(config: Config): readonly Conflict[] {
  const known = config.windows.map(({ name }) => name);
  const users = [
    { path: ['defaults', 'windows'], names: config.defaults.windows },
    ...config.policies.map((policy, index) => ({
      path: ['policies', index, 'windows'],
      names: policy.windows ?? [],
    })),
  ];
  return users.flatMap(({ path, names }) => unknown(path, names, known, 'windows'));
}

function unknownSinks(config: Config): readonly Conflict[] {
  const known = Object.keys(config.sinks);
  return config.routes.flatMap(({ to, escalate }, index) => [
    ...unknown(['routes', index, 'to'], to, known, 'sinks'),
    ...unknown(['routes', index, 'escalate', 'to'], escalate?.to ?? [], known, 'sinks'),
    ...(escalate?.to ?? []).flatMap((name, at) => {
      const path = ['routes', index, 'escalate', 'to', at];
      return to.includes(name) ? [{ path, text: `${name} is in to, which hears at once` }] : [];
    }),
  ]);
}

function unknownPolicies(config: Config): readonly Conflict[] {
  const known = [...config.policies.map(({ name }) => name), 'defaults'];
  return config.routes.flatMap(({ match }, index) =>
    unknown(['routes', index, 'match', 'policies'], match.policies ?? [], known, 'policies'),
  );
}

function unknownAccounts(config: Config): readonly Conflict[] {
  const known = config.accounts.map(({ name }) => name);
  const users = [
    ...config.policies.map(({ match }, index) => ({ at: ['policies', index], match })),
    ...config.routes.map(({ match }, index) => ({ at: ['routes', index], match })),
  ];
  const named = users.flatMap(({ at, match }) =>
    unknown([...at, 'match', 'accounts'], match.accounts ?? [], known, 'accounts'),
  );
  const reporting = Object.entries(config.sinks).flatMap(([name, sink]) =>
    sink.kind === 'cloudmonitor' && sink.account !== null
      ? unknown(['sinks', name, 'account'], [sink.account], known, 'accounts')
      : [],
  );
  return [...named, ...reporting.map(({ path, text }) => ({ path: path.slice(0, -1), text }))];
}

function unknown(
  path: KeyPath,
  names: readonly string[],
  known: readonly string[],
  where: string,
): readonly Conflict[] {
  return names.flatMap((name, index) => {
    if (known.includes(name)) return [];
    const hint = nearest(name, known);
    const suggestion = hint === null ? '' : `; did you mean ${hint}?`;
    const defined = known.length === 0 ? 'none is defined' : `defined: ${known.join(', ')}`;
    return [
      { path: [...path, index], text: `${name} is not in ${where} (${defined})${suggestion}` },
    ];
  });
}

function wrongOrders(config: Config): readonly Conflict[] {
  const { deadline, rounds, gap } = config.verify;
  const found: Conflict[] = [];
  if (rounds * gap > deadline) {
    const text = 'is too short for verify.rounds rounds that are verify.gap apart';
    found.push({ path: ['verify', 'deadline'], text });
  }
  for (const [index, window] of config.windows.entries()) {
    if (window.start !== window.end) continue;
    found.push({ path: ['windows', index, 'end'], text: 'must differ from start' });
  }
  for (const [index, freeze] of config.freezes.entries()) {
    if (freeze.from < freeze.until) continue;
    found.push({ path: ['freezes', index, 'until'], text: 'must be after from' });
  }
  return [...found, ...wrongThresholds(config)];
}

function wrongThresholds(config: Config): readonly Conflict[] {
  const text = 'must shrink from info over warning to critical';
  const users = [
    { path: ['defaults', 'thresholds'], thresholds: config.defaults.thresholds },
    ...config.policies.map((policy, index) => ({
      path: ['policies', index, 'thresholds'],
      thresholds: mergedPolicy(config.defaults, policy).thresholds,
    })),
  ];
  return users.flatMap(({ path, thresholds: { info, warning, critical } }) =>
    info > warning && warning > critical ? [] : [{ path, text }],
  );
}
