import { offsetClock } from './clock.ts';
import { Closing } from './closing.ts';
import { openControl } from './control/server.ts';
import { type Credentials, newCredentials } from './credentials.ts';
import { claimBlock } from './data-plane/addresses.ts';
import { openDns } from './dns/server.ts';
import { type Endpoints, openEndpoints } from './endpoints.ts';
import { prepareFolder, type WrittenFiles, writeFiles } from './files.ts';
import { type SandboxOptions, settingsFrom } from './options.ts';
import { seeds } from './seeds/seeds.ts';
import { openStages, setStage } from './stage.ts';
import { UsageError } from './usage-error.ts';
import { createTrust } from './x509/trust.ts';

/** What a client has to know, printed as one line of JSON. */
export interface SandboxDescription extends WrittenFiles {
  /** Spoken to over plain HTTP. */
  readonly endpoints: Endpoints;
  /** Where zone addresses really are, when they cannot be bound: `address:port` to `address:port`. */
  readonly dial: Readonly<Record<string, string>>;
  readonly control: string;
  /** A name server (UDP) for the names of the load balancers: `127.0.0.1:port`. */
  readonly dns: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** A temporary key, for clients that use a security token. */
  readonly session: Credentials['session'];
  /** A key that may list, get and describe, private keys excepted. */
  readonly readOnly: Credentials['readOnly'];
}

export interface RunningSandbox {
  readonly description: SandboxDescription;
  /** URL of the control server. */
  readonly control: string;
  /** Stops everything and removes the temporary folder, if it made one. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Starts a sandbox in this process. Resolves when every endpoint and every zone address answers; rejects, with nothing
 * left open, when one cannot be opened.
 */
export async function startSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const closing = new Closing();
  try {
    const description = await open(options, closing);
    return { description, control: description.control, close: () => closing.close() };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

async function open(options: SandboxOptions, closing: Closing): Promise<SandboxDescription> {
  const clock = offsetClock(options.clockOffsetMillis ?? 0);
  const settings = settingsFrom(options);
  const { regions, loadBalancers } = seeds[options.seed];
  requireZones(options, new Set(loadBalancers.flatMap(({ zones }) => zones)));
  const [trust, credentials] = [await createTrust(clock.now()), newCredentials()];
  const block = await claimBlock(settings.loopbackOnly);
  closing.add(() => block.release());

  const dial = new Map<string, string>();
  const base = { clock, settings, trust, credentials, regions };
  const stages = await openStages(() => setStage(base, block, dial));
  closing.add(stages.close);

  const world = () => stages.current().world;
  const endpoints = await openEndpoints({ regions, ports: options.ports ?? {}, world, closing });
  const { current, reset } = stages;
  const control = await openControl(options.controlPort ?? 0, { current, dial, reset });
  closing.add(control.close);
  const dns = await openDns(world);
  closing.add(dns.close);

  const folder = await prepareFolder(options.dir);
  closing.add(() => folder.remove());
  return {
    endpoints,
    dial: Object.fromEntries(dial),
    control: `http://127.0.0.1:${control.port}`,
    dns: `127.0.0.1:${dns.port}`,
    accessKeyId: credentials.accessKeyId,
    accessKeySecret: credentials.accessKeySecret,
    ...(await writeFiles(folder.path, trust)),
    session: credentials.session,
    readOnly: credentials.readOnly,
  };
}

/** A misspelt zone would look like one that takes over at once. */
function requireZones({ propagationMillis }: SandboxOptions, known: ReadonlySet<string>): void {
  if (typeof propagationMillis !== 'object') return;
  const unknown = Object.keys(propagationMillis).find((zone) => zone !== '*' && !known.has(zone));
  if (unknown === undefined) return;
  throw new UsageError(`there is no zone ${unknown}; there are ${[...known].join(', ')}`);
}
