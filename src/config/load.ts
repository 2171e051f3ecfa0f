import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { NewleafError } from '../domain/errors.ts';
import { type ConfigDocument, type Problem, parseYaml } from './document.ts';
import { at, problemsOf } from './problems.ts';
import { conflicts } from './references.ts';
import { type Config, configJsonSchema, configShape } from './schema.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the process was told by its environment. An empty variable counts as not set. */
export interface ProcessEnvironment {
  /** `NEWLEAF_CONFIG`: the configuration file. */
  readonly config: string | null;
  /** `NEWLEAF_URL`: the daemon's HTTP address. */
  readonly url: string | null;
  /** `NEWLEAF_TOKEN`. */
  readonly token: string | null;
  /** `NO_COLOR` (no-color.org): any value turns colour off. */
  readonly noColor: boolean;
}

/** The only readers of the process's environment are this function and `loadConfig`. */
export function readEnvironment(env: Environment = process.env): ProcessEnvironment {
  return {
    config: given(env['NEWLEAF_CONFIG']),
    url: given(env['NEWLEAF_URL']),
    token: given(env['NEWLEAF_TOKEN']),
    noColor: given(env['NO_COLOR']) !== null,
  };
}

function given(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : value;
}

/**
 * Reads, checks and fills in the configuration; null gives the defaults. Relative paths in a file are relative to its folder.
 * Throws `config.unreadable` for a file that cannot be read, and `config.invalid` with one line for each problem.
 */
export function loadConfig(path: string | null, env: Environment = process.env): Config {
  return load(path, env);
}

/** What a command needs to find the daemon of this machine. */
export interface DaemonPlace {
  readonly listen: Config['http']['listen'];
  /** Absolute. */
  readonly dataDir: string;
}

/** As `loadConfig`, but fills in no secret: a person who asks the daemon something need have none of them. */
export function loadDaemonPlace(path: string | null): DaemonPlace {
  const { http, dataDir } = load(path, null);
  return { listen: http.listen, dataDir };
}

/** Without an environment no secret is filled in. */
function load(path: string | null, env: Environment | null): Config {
  const source = path === null ? '' : readConfig(path);
  const found = parseConfig(source, path === null ? process.cwd() : dirname(resolve(path)), env);
  if (found.kind === 'config') return found.config;
  const lines = found.problems.map(({ line, text }) =>
    [path, line, ` ${text}`].filter((part) => part !== null).join(':'),
  );
  throw new NewleafError('config.invalid', lines.join('\n'), {
    fields: { file: path, problems: lines.length },
  });
}

function readConfig(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    const message = `cannot read the configuration file ${path} (${reason})`;
    throw new NewleafError('config.unreadable', message, { cause: error, fields: { file: path } });
  }
}

function parseConfig(
  source: string,
  folder: string,
  env: Environment | null,
): { kind: 'config'; config: Config } | { kind: 'problems'; problems: readonly Problem[] } {
  const yaml = parseYaml(source);
  if (yaml.kind === 'problems') return yaml;
  const { document } = yaml;
  const readFile = (file: string): string => readFileSync(resolve(folder, file), 'utf8');
  const parsed = configShape(env === null ? null : { env, readFile }).safeParse(document.value);
  if (!parsed.success) {
    return { kind: 'problems', problems: problemsOf(parsed.error, configJsonSchema(), document) };
  }
  const problems = conflictsIn(parsed.data, document);
  if (problems.length > 0) return { kind: 'problems', problems };
  return { kind: 'config', config: withAbsolutePaths(parsed.data, folder) };
}

function conflictsIn(config: Config, document: ConfigDocument): readonly Problem[] {
  return conflicts(config).map(({ path, text }) => at(path, text, document));
}

function withAbsolutePaths(config: Config, folder: string): Config {
  const roots = config.probe.roots.map((root) => resolve(folder, root));
  return {
    ...config,
    accounts: config.accounts.map((account) => withAbsoluteToken(account, folder)),
    dataDir: resolve(folder, config.dataDir),
    probe: { ...config.probe, roots },
  };
}

type Account = Config['accounts'][number];

function withAbsoluteToken(account: Account, folder: string): Account {
  const { credentials } = account;
  if (credentials === null || credentials.rrsa === null) return account;
  const { rrsa } = credentials;
  const tokenFile = resolve(folder, rrsa.tokenFile);
  return { ...account, credentials: { ...credentials, rrsa: { ...rrsa, tokenFile } } };
}
