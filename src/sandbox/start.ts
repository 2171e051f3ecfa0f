import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { casApi } from './cas/api.ts';
import { siteNames } from './cas/site.ts';
import { offsetClock } from './clock.ts';
import { openControl } from './control/server.ts';
import { type AddressBlock, claimBlock } from './data-plane/addresses.ts';
import { DataPlane } from './data-plane/plane.ts';
import { carryOutFaults } from './faults/carry-out.ts';
import { openGateway } from './http/gateway.ts';
import type { ListeningServer } from './http/listen.ts';
import type { ProductApi } from './http/operation.ts';
import { nlbApi } from './nlb/api.ts';
import { type SandboxOptions, settingsFrom } from './options.ts';
import { seeds } from './seeds/seeds.ts';
import { sow } from './seeds/sow.ts';
import { stsApi } from './sts/api.ts';
import { type Credentials, emptyWorld, type World, type WorldBase } from './world.ts';
import { createTrust, type Trust } from './x509/trust.ts';

/** What a client has to know, printed as one line of JSON. */
export interface SandboxDescription {
  /** Host and port by product and region; spoken to over plain HTTP. */
  readonly endpoints: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Where zone addresses really are, when they cannot be bound: `address:port` to `address:port`. */
  readonly dial: Readonly<Record<string, string>>;
  readonly control: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly rootCaFile: string;
  /** An identity that listeners with client authentication accept. */
  readonly clientCertificateFile: string;
  readonly clientKeyFile: string;
  /** A temporary key, for clients that use a security token. */
  readonly session: Credentials['session'];
}

export interface RunningSandbox {
  readonly description: SandboxDescription;
  /** URL of the control server. */
  readonly control: string;
  /** Stops everything and removes the temporary folder, if it made one. Safe to call twice. */
  close(): Promise<void>;
}

interface Stage {
  readonly world: World;
  readonly plane: DataPlane;
}

/** Starts a sandbox in this process. Resolves when every endpoint and every zone address answers. */
export async function startSandbox(options: SandboxOptions): Promise<RunningSandbox> {
  const clock = offsetClock(options.clockOffsetMillis ?? 0);
  const settings = settingsFrom(options);
  const trust = await createTrust(clock.now());
  const regions = seeds[options.seed].regions;
  const base: WorldBase = { clock, settings, trust, credentials: newCredentials(), regions };
  const block = await claimBlock(settings.loopbackOnly);
  const dial = new Map<string, string>();
  const stage = () => setStage(base, block, dial);
  let current = await stage();
  const reset = async () => {
    await leaveStage(current);
    current = await stage();
  };
  const gateways = await openGateways(regions, options, () => current.world);
  const control = await openControl(options.controlPort ?? 0, {
    current: () => current,
    dial,
    reset,
  });
  const files = await writeFiles(options.dir, trust);
  const description = describe({ gateways, control, dial, files, credentials: base.credentials });
  let closing: Promise<void> | null = null;
  const close = async () => {
    await Promise.all(
      [control, ...gateways.map(({ server }) => server)].map((server) => server.close()),
    );
    await leaveStage(current);
    await block.release();
    await files.remove();
  };
  return { description, control: description.control, close: () => (closing ??= close()) };
}

async function setStage(
  base: WorldBase,
  block: AddressBlock,
  dial: Map<string, string>,
): Promise<Stage> {
  const world = emptyWorld(base);
  await sow(seeds[base.settings.seed], world, block);
  const plane = new DataPlane(world, block, dial);
  await plane.start();
  carryOutFaults(world);
  return { world, plane };
}

async function leaveStage({ world, plane }: Stage): Promise<void> {
  world.jobs.close();
  await plane.close();
}

interface OpenGateway {
  readonly product: string;
  readonly region: string;
  readonly server: ListeningServer;
}

/** A new product is one line here. */
function productsOf(
  regions: readonly string[],
): readonly { api: ProductApi; regions: readonly string[] }[] {
  return [
    { api: nlbApi, regions },
    { api: casApi, regions: siteNames },
    { api: stsApi, regions },
  ];
}

async function openGateways(
  regions: readonly string[],
  options: SandboxOptions,
  world: () => World,
): Promise<readonly OpenGateway[]> {
  return Promise.all(
    productsOf(regions).flatMap(({ api, regions: places }) =>
      places.map(async (region) => {
        const port = options.ports?.[`${api.product}/${region}`] ?? 0;
        const server = await openGateway({ api, region, port, world });
        return { product: api.product, region, server };
      }),
    ),
  );
}

function newCredentials(): Credentials {
  return {
    accountId: '1000000000000001',
    accessKeyId: `LTAI5tSandbox${randomHex(4)}`,
    accessKeySecret: randomHex(15),
    session: {
      accessKeyId: `STS.Sandbox${randomHex(4)}`,
      accessKeySecret: randomHex(15),
      securityToken: randomHex(60),
    },
  };
}

function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

interface WrittenFiles {
  readonly rootCaFile: string;
  readonly clientCertificateFile: string;
  readonly clientKeyFile: string;
  remove(): Promise<void>;
}

async function writeFiles(dir: string | undefined, trust: Trust): Promise<WrittenFiles> {
  const folder = dir ?? (await mkdtemp(join(tmpdir(), 'newleaf-sandbox-')));
  await mkdir(folder, { recursive: true });
  const client = await trust.issueClient('client.example.com');
  const files = {
    rootCaFile: join(folder, 'root-ca.pem'),
    clientCertificateFile: join(folder, 'client.pem'),
    clientKeyFile: join(folder, 'client-key.pem'),
  };
  await writeFile(files.rootCaFile, trust.rootPem);
  await writeFile(files.clientCertificateFile, client.chain.join(''));
  await writeFile(files.clientKeyFile, client.keyPem, { mode: 0o600 });
  return {
    ...files,
    remove: async () => {
      if (dir === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

function describe(parts: {
  readonly gateways: readonly OpenGateway[];
  readonly control: ListeningServer;
  readonly dial: ReadonlyMap<string, string>;
  readonly files: WrittenFiles;
  readonly credentials: Credentials;
}): SandboxDescription {
  const endpoints: Record<string, Record<string, string>> = {};
  for (const { product, region, server } of parts.gateways) {
    endpoints[product] = { ...endpoints[product], [region]: `127.0.0.1:${server.port}` };
  }
  const { rootCaFile, clientCertificateFile, clientKeyFile } = parts.files;
  const { accessKeyId, accessKeySecret, session } = parts.credentials;
  return {
    endpoints,
    dial: Object.fromEntries(parts.dial),
    control: `http://127.0.0.1:${parts.control.port}`,
    accessKeyId,
    accessKeySecret,
    rootCaFile,
    clientCertificateFile,
    clientKeyFile,
    session,
  };
}
