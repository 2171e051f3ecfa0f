import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { NewleafError } from '../../domain/errors.ts';
import type { Receiver } from './receiver.ts';
import type { SandboxReady } from './sandbox-shapes.ts';

/** From the sources and from dist, which lies one folder deeper. */
const places = ['../../../config/demo.yaml', '../../../../config/demo.yaml'];

const Sections = z.looseObject({
  accounts: z.array(z.looseObject({ name: z.string() })).min(1),
  cloud: z.looseObject({}).default({}),
  probe: z.looseObject({}).default({}),
});

/** The daemon's configuration as YAML: config/demo.yaml, and what only a running sandbox and receiver know. */
export function demoConfig(ready: SandboxReady, receiver: Receiver, folder: string): string {
  const base = Sections.parse(parse(readFileSync(demoFile(), 'utf8')));
  const { accessKeyId, accessKeySecret, endpoints, dial, rootCaFile } = ready;
  const credentials = { accessKeyId, accessKeySecret };
  return stringify({
    ...base,
    accounts: base.accounts.map((account) => ({ ...account, credentials })),
    cloud: { ...base.cloud, endpoints, dial },
    probe: { ...base.probe, roots: [rootCaFile] },
    dataDir: dataDirIn(folder),
    sinks: { receiver: { kind: 'webhook', url: receiver.url, secret: receiver.secret } },
  });
}

/** Where the daemon keeps its data, and the token that opens its API. */
export function dataDirIn(folder: string): string {
  return join(folder, 'data');
}

function demoFile(): URL {
  const found = places.map((place) => new URL(place, import.meta.url)).find((at) => existsSync(at));
  if (found !== undefined) return found;
  throw new NewleafError('config.unreadable', 'config/demo.yaml is missing from this installation');
}
