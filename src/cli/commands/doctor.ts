import type { Command } from 'commander';
import { doctorDocument, type DoctorDocument } from '../../api/doctor.ts';
import { HealthDocument } from '../../api/health.ts';
import { machine, openInfra, openWatch } from '../../compose.ts';
import { readEnvironment } from '../../config/load.ts';
import { rulesFrom } from '../../config/rules.ts';
import type { Config } from '../../config/schema.ts';
import { NewleafError } from '../../domain/errors.ts';
import { lookAtEmbedded } from '../../compose.ts';
import { examine } from '../../usecases/doctor.ts';
import type { DaemonLook } from '../../usecases/doctor-daemon.ts';
import type { StoreLook } from '../../usecases/doctor-store.ts';
import type { Context } from '../context.ts';
import { exitWith } from '../exit.ts';
import { printJson } from '../io.ts';
import { openLine } from '../progress-line.ts';
import { quietLog } from '../quiet-log.ts';
import { renderDoctor } from '../render/doctor.ts';

interface DoctorOptions {
  readonly json?: boolean;
}

/** Looks at everything newleaf depends on, from here; changes nothing. */
export function addDoctorCommand(program: Command, context: Context): void {
  program
    .command('doctor')
    .description('check credentials, permissions, clocks, store, endpoints and daemon from here')
    .option('--json', 'print one JSON document')
    .action(async ({ json }: DoctorOptions) => {
      const document = await diagnose(context);
      if (json === true) printJson(context.io, document);
      else context.io.out(renderDoctor(context.io, document));
      if (!document.ok) exitWith(1);
    });
}

async function diagnose(context: Context): Promise<DoctorDocument> {
  const config = readConfig(context);
  if (config instanceof NewleafError) {
    const { message } = config;
    const advice = 'newleaf config check says what is wrong; nothing else was looked at';
    return doctorDocument([{ name: 'configuration', state: 'failed', detail: message, advice }]);
  }
  const opened = await openStore(config);
  const line = openLine(context.io);
  try {
    const watch = openWatch(config, quietLog);
    const deps = {
      ...watch,
      ...machine,
      policies: rulesFrom(config).policies,
      configFile: context.configPath(),
      store: opened.look,
      daemon: (signal: AbortSignal) => askDaemon(daemonUrl(config), signal),
      tell: line.show,
    };
    return doctorDocument(await examine(deps, context.signal));
  } finally {
    line.end();
    await opened.close();
  }
}

function readConfig(context: Context): Config | NewleafError {
  try {
    return context.config();
  } catch (error) {
    if (error instanceof NewleafError) return error;
    throw error;
  }
}

/** An embedded store is not opened: a daemon may hold its folder. */
async function openStore(
  config: Config,
): Promise<{ readonly look: StoreLook; close(): Promise<void> }> {
  const { dataDir, store } = config;
  if (store.url === null) {
    const embedded = await lookAtEmbedded(dataDir);
    return { look: { kind: 'embedded', dataDir, ...embedded }, close: async () => {} };
  }
  const infra = await openInfra(config, quietLog);
  return { look: { kind: 'server', store: infra.store }, close: () => infra.close() };
}

/** The daemon named by `NEWLEAF_URL`, else the one of the configuration, as seen from this machine. */
function daemonUrl({ http }: Config): string {
  const { host, port } = http.listen;
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return readEnvironment().url ?? `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

const daemonTimeout = 5_000;

/** `/readyz` needs no token and answers 503 with the same document when something is wrong. */
async function askDaemon(url: string, signal: AbortSignal): Promise<DaemonLook> {
  const reply = await fetchReadiness(url, signal);
  if (reply === null) return { kind: 'silent', url };
  const health = HealthDocument.safeParse(reply.body);
  if (!health.success) return { kind: 'stranger', url };
  const { ready, version, checks } = health.data;
  if (ready) return { kind: 'ready', url, version };
  const unwell = checks.filter((check) => !check.ok);
  return { kind: 'not-ready', url, complaints: unwell.map(({ detail }) => detail) };
}

/** Null when nobody listens there. */
async function fetchReadiness(
  url: string,
  signal: AbortSignal,
): Promise<{ readonly body: unknown } | null> {
  let reply: Response;
  try {
    const both = AbortSignal.any([signal, AbortSignal.timeout(daemonTimeout)]);
    reply = await fetch(new URL('/readyz', url), { signal: both });
  } catch {
    signal.throwIfAborted();
    return null;
  }
  const body: unknown = await reply.json().catch(() => null);
  return { body };
}
