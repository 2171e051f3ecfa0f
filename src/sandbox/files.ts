import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Trust } from './x509/trust.ts';

export interface WrittenFiles {
  readonly rootCaFile: string;
  /** What listeners with client authentication hold in their CA slot. */
  readonly clientCaFile: string;
  /** An identity that listeners with client authentication accept. */
  readonly clientCertificateFile: string;
  readonly clientKeyFile: string;
}

/** A folder of the caller's choice, which stays, or a temporary one and how to remove it. */
export async function prepareFolder(
  dir: string | undefined,
): Promise<{ readonly path: string; remove(): Promise<void> }> {
  if (dir === undefined) {
    const path = await mkdtemp(join(tmpdir(), 'newleaf-sandbox-'));
    return { path, remove: () => rm(path, { recursive: true, force: true }) };
  }
  await mkdir(dir, { recursive: true });
  return { path: dir, remove: async () => undefined };
}

/** Writes what clients need to trust the sandbox and to be trusted by it. */
export async function writeFiles(folder: string, trust: Trust): Promise<WrittenFiles> {
  const client = await trust.issueClient('client.example.com');
  const files = {
    rootCaFile: join(folder, 'root-ca.pem'),
    clientCaFile: join(folder, 'client-ca.pem'),
    clientCertificateFile: join(folder, 'client.pem'),
    clientKeyFile: join(folder, 'client-key.pem'),
  };
  await writeFile(files.rootCaFile, trust.rootPem);
  await writeFile(files.clientCaFile, trust.clientCaPem);
  await writeFile(files.clientCertificateFile, client.chain.join(''));
  await writeFile(files.clientKeyFile, client.keyPem, { mode: 0o600 });
  return files;
}
