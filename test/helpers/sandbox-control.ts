import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { RunningSandbox } from '../../src/sandbox/start.ts';

const run = promisify(execFile);

const Certificate = z.looseObject({ id: z.string(), fingerprint256: z.string() });
const Serving = z.looseObject({
  zone: z.string(),
  address: z.string(),
  port: z.int(),
  default: z.looseObject({ certificateId: z.string(), fingerprint256: z.string() }).nullable(),
});
const Listener = z.looseObject({
  id: z.string(),
  slots: z.looseObject({ default: z.string().nullable() }),
  serving: z.array(Serving),
});
const State = z.looseObject({
  listeners: z.array(Listener),
  certificates: z.array(Certificate),
});
const Call = z.looseObject({
  action: z.string(),
  clientToken: z.string().nullable(),
  status: z.int().nullable(),
});
const Calls = z.array(Call);

/** The truth as the sandbox knows it. */
export async function stateOf(sandbox: RunningSandbox): Promise<z.infer<typeof State>> {
  return State.parse(await json(sandbox, '/state'));
}

/** Every call of one action, in order. */
export async function callsOf(
  sandbox: RunningSandbox,
  action: string,
): Promise<readonly z.infer<typeof Call>[]> {
  const calls = Calls.parse(await json(sandbox, '/calls'));
  return calls.filter((call) => call.action === action);
}

export async function order(sandbox: RunningSandbox, fault: object): Promise<void> {
  await post(sandbox, '/faults', fault);
}

/** Binds a new certificate that ends at this instant to the default slot, as somebody at the console would. */
export async function bindEnding(
  sandbox: RunningSandbox,
  listenerId: string,
  notAfter: Date,
): Promise<string> {
  const names = [`until-${notAfter.getTime()}.example.com`];
  const request = { names, notBeforeDays: -60, notAfter: notAfter.toISOString() };
  const { id } = Certificate.parse(await post(sandbox, '/certificates', request));
  await order(sandbox, { kind: 'rebind', listenerId, certificateId: id });
  return id;
}

async function post(sandbox: RunningSandbox, path: string, request: object): Promise<unknown> {
  const body = JSON.stringify(request);
  const headers = { 'content-type': 'application/json' };
  const reply = await fetch(`${sandbox.control}${path}`, { method: 'POST', body, headers });
  if (!reply.ok) throw new Error(`${path} refused: ${await reply.text()}`);
  return reply.json();
}

/** The fingerprint of a certificate in the store. */
export async function fingerprintOf(sandbox: RunningSandbox, id: string): Promise<string> {
  const { certificates } = await stateOf(sandbox);
  const found = certificates.find((certificate) => certificate.id === id);
  if (found === undefined) throw new Error(`no certificate ${id}`);
  return found.fingerprint256;
}

/** The certificate in the default slot. */
export async function boundDefault(sandbox: RunningSandbox, listenerId: string): Promise<string> {
  const { listeners } = await stateOf(sandbox);
  return listeners.find(({ id }) => id === listenerId)?.slots.default ?? '';
}

/** What openssl sees on every zone address of a listener, as lower-case hex SHA-256. */
export async function opensslSees(
  sandbox: RunningSandbox,
  listenerId: string,
): Promise<readonly string[]> {
  const { listeners } = await stateOf(sandbox);
  const serving = listeners.find(({ id }) => id === listenerId)?.serving ?? [];
  return Promise.all(serving.map(({ address, port }) => opensslFingerprint(`${address}:${port}`)));
}

async function opensslFingerprint(where: string): Promise<string> {
  const script = `openssl s_client -connect ${where} </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256`;
  const { stdout } = await run('sh', ['-c', script]);
  return stdout.replace(/^.*=/, '').replaceAll(':', '').trim().toLowerCase();
}

async function json(sandbox: RunningSandbox, path: string): Promise<unknown> {
  const reply = await fetch(`${sandbox.control}${path}`);
  return reply.json();
}
