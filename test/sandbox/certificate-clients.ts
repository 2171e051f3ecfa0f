import cas from '@alicloud/cas20200407';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import type { RunningSandbox } from '../../src/sandbox/start.ts';

/** The official client of the certificate service, for one of the sites. */
export function certificateClient(sandbox: RunningSandbox, site = 'cn-hangzhou') {
  return new cas.default(configFor(sandbox, 'cas', site));
}

/** What official clients want to know to speak to an endpoint of the sandbox. */
export function configFor(sandbox: RunningSandbox, product: string, region: string) {
  const { accessKeyId, accessKeySecret, endpoints } = sandbox.description;
  return new $OpenApiUtil.Config({
    accessKeyId,
    accessKeySecret,
    endpoint: endpoints[product]?.[region] ?? '',
    protocol: 'http',
    readTimeout: 10_000,
    connectTimeout: 10_000,
  });
}

type Kind = 'string' | 'number' | 'boolean' | 'array' | 'object';

/** The fields of an object and what kind of value each has, for comparing with what is documented. */
export function kindsOf(value: unknown): Record<string, Kind> {
  if (typeof value !== 'object' || value === null) throw new Error('not an object');
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, kindOf(field)]));
}

function kindOf(value: unknown): Kind {
  if (Array.isArray(value)) return 'array';
  const kind = typeof value;
  if (kind === 'string' || kind === 'number' || kind === 'boolean') return kind;
  if (kind === 'object' && value !== null) return 'object';
  throw new Error(`a field is ${value === null ? 'null' : kind}`);
}

/** The objects in a list of a reply. */
export function listIn(reply: Record<string, unknown>, name: string): Record<string, unknown>[] {
  const list: unknown = reply[name];
  if (!Array.isArray(list)) throw new Error(`no list ${name}`);
  return list.map((row: unknown) => {
    if (typeof row !== 'object' || row === null) throw new Error('not an object');
    return Object.fromEntries(Object.entries(row));
  });
}

/** As many fields as there are names, all of one kind. */
export function all<K extends Kind>(kind: K, names: string): Record<string, K> {
  return Object.fromEntries(names.split(' ').map((name) => [name, kind]));
}
