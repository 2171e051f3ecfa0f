import * as fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { Certificate } from '../../../src/domain/certificate.ts';
import type { Inventory, Missing, ServedAt } from '../../../src/domain/inventory.ts';
import {
  type Endpoint,
  type ListenerRef,
  type ListenerState,
  listenerKey,
  type Owner,
} from '../../../src/domain/listener.ts';
import type { Observation, Trust } from '../../../src/domain/observation.ts';
import type { RecordedSlots, Step } from '../../../src/domain/plan.ts';
import type { RotationRecord, Trigger } from '../../../src/domain/rotation.ts';
import type { Matrix, Sight, Verification } from '../../../src/domain/verification.ts';

/** Plain objects, as the program makes them. */
export function record<T>(fields: { [K in keyof T]: Arbitrary<T[K]> }): Arbitrary<T> {
  return fc.record(fields, { noNullPrototype: true });
}

export const text = fc.string({ unit: 'binary', maxLength: 8 });
export const texts = fc.array(text, { maxLength: 3 });
export const number = fc.nat();
export const flag = fc.boolean();
export const orNull = <T>(value: Arbitrary<T>): Arbitrary<T | null> =>
  fc.option(value, { nil: null });
export const date = fc.date({ noInvalidDate: true });
/** Keys that may stand in a stored record; `__proto__` is none a cloud could send as an own one. */
const tagKey = text.filter((key) => key !== '__proto__');

const keyType = fc.constantFrom('rsa', 'ecdsa', 'other');
const clientAuth = fc.constantFrom('none', 'requested', 'required', 'unknown');
const reason = fc.constantFrom('outside-vantage', 'refused', 'name-rejected', 'handshake-failed');

export const ref: Arbitrary<ListenerRef> = record({
  account: fc.constantFrom('main', 'other'),
  region: fc.constantFrom('cn-hangzhou', 'eu-central-1'),
  product: fc.constantFrom('nlb', 'alb'),
  loadBalancerId: fc.constantFrom('nlb-1', 'nlb-2'),
  listenerId: text.filter((id) => !id.includes('/')),
});

export const certificate: Arbitrary<Certificate> = record({
  id: text,
  site: fc.constantFrom('cn-hangzhou', 'ap-southeast-1'),
  label: text,
  fingerprint256: orNull(text),
  names: texts,
  keyType: orNull(keyType),
  keyBits: orNull(number),
  issuer: orNull(text),
  selfSigned: orNull(flag),
  notBefore: orNull(date),
  notAfter: orNull(date),
  revoked: flag,
});

const endpoint: Arbitrary<Endpoint> = record({
  zone: text,
  address: text,
  port: number,
  network: fc.constantFrom('public', 'private', 'ipv6'),
  vpcId: orNull(text),
  active: flag,
});

const owner: Arbitrary<Owner> = fc.oneof(
  record({ kind: fc.constant('cloud') }),
  record({ kind: fc.constant('kubernetes'), cluster: orNull(text), service: orNull(text) }),
  record({ kind: fc.constant('tag'), tag: text }),
);

const listener: Arbitrary<ListenerState> = record({
  ref,
  version: text,
  status: fc.constantFrom('running', 'changing', 'stopped', 'gone'),
  owner,
  bound: fc.array(
    record({
      slot: fc.constantFrom('default', 'additional', 'ca'),
      id: text,
      state: fc.constantFrom('bound', 'binding', 'unbinding'),
    }),
    { maxLength: 2 },
  ),
  clientAuth: flag,
  tlsPolicy: text,
  alpn: texts,
  endpoints: fc.array(endpoint, { maxLength: 2 }),
  port: number,
  description: text,
  loadBalancerName: text,
  vpcId: orNull(text),
  tags: fc.dictionary(tagKey, text, { maxKeys: 2, noNullPrototype: true }),
});

const trust: Arbitrary<Trust> = fc.oneof(
  record({ verdict: fc.constant('trusted') }),
  record({
    verdict: fc.constant('untrusted'),
    reason: fc.constantFrom('expired', 'self-signed', 'incomplete-chain', 'other'),
    detail: text,
  }),
);

const observation: Arbitrary<Observation> = fc.oneof(
  record({ kind: fc.constant('failed'), at: date, reason, detail: text, millis: number }),
  record({
    kind: fc.constant('served'),
    at: date,
    leaf: record({
      fingerprint256: text,
      names: texts,
      subject: text,
      issuer: text,
      keyType,
      notBefore: date,
      notAfter: date,
    }),
    chain: texts,
    protocol: text,
    cipher: text,
    trust,
    nameCovered: orNull(flag),
    clientAuth,
    caNames: orNull(texts),
    millis: fc.double({ min: 0, max: 1e6, noNaN: true }).map(Math.abs),
  }),
);

const sight: Arbitrary<Sight> = fc.oneof(
  record({ kind: fc.constant('failed'), reason }),
  record({
    kind: fc.constant('served'),
    fingerprint256: text,
    trust,
    nameCovered: orNull(flag),
    clientAuth,
  }),
);

export const matrix: Arbitrary<Matrix> = fc.array(
  record({
    cell: record({
      endpoint,
      serverName: orNull(text),
      keyType: fc.constantFrom('any', 'rsa', 'ecdsa'),
    }),
    sight,
  }),
  { maxLength: 2 },
);

export const verification: Arbitrary<Verification> = fc.oneof(
  record({ verdict: fc.constant('proven'), cells: number, rounds: number }),
  record({
    verdict: fc.constant('disproven'),
    mismatches: fc.array(
      record({
        kind: fc.constantFrom('stale', 'wrong-leaf', 'not-answering'),
        zone: text,
        address: text,
        serverName: orNull(text),
        expected: orNull(text),
        served: orNull(text),
        detail: orNull(text),
        worse: flag,
      }),
      { maxLength: 2 },
    ),
    rounds: number,
  }),
);

export const slots: Arbitrary<RecordedSlots> = record({
  default: texts,
  additional: texts,
  ca: texts,
  clientAuth: flag,
});

const additional = { slot: fc.constant('additional'), ids: texts };
const step: Arbitrary<Step> = fc.oneof(
  record({
    kind: fc.constant('replace'),
    slot: fc.constantFrom('default', 'ca'),
    from: text,
    to: text,
  }),
  record({ kind: fc.constant('bind'), ...additional }),
  record({ kind: fc.constant('unbind'), ...additional }),
);

const trigger: Arbitrary<Trigger> = fc.oneof(
  record({ kind: fc.constant('schedule'), emergency: flag }),
  record({
    kind: fc.constant('manual'),
    requestId: text,
    requestedBy: text,
    reason: text,
    ignoreWindow: flag,
  }),
);

export const rotationRecord: Arbitrary<RotationRecord> = record({
  id: text,
  plan: record({
    hash: text,
    ref,
    recorded: slots,
    steps: fc.array(step, { maxLength: 2 }),
    from: certificate,
    to: certificate,
  }),
  trigger,
  policy: text,
  canary: flag,
  admittedAt: date,
  listener: record({ loadBalancerName: text, description: text, port: number }),
});

const missing: Arbitrary<Missing> = fc.record(
  {
    account: text,
    region: text,
    action: text,
    code: text,
    listener: orNull(ref),
    part: fc.constantFrom('listeners', 'certificates'),
  },
  { requiredKeys: ['account', 'region', 'action', 'code', 'listener'], noNullPrototype: true },
);

const servedAt: Arbitrary<ServedAt> = record({
  zone: text,
  address: text,
  port: number,
  serverName: orNull(text),
  keyType: fc.constantFrom('any', 'rsa', 'ecdsa'),
  observation,
  lastServedAt: orNull(date),
  confirmed: flag,
});

/** What could be known after any number of scans; listeners and certificates each once. */
export const inventory: Arbitrary<Inventory> = record({
  takenAt: orNull(date),
  listeners: fc.uniqueArray(
    record({
      state: listener,
      seenAt: date,
      absences: number,
      served: fc.array(servedAt, { maxLength: 2 }),
    }),
    { maxLength: 4, selector: ({ state }) => listenerKey(state.ref) },
  ),
  certificates: fc.uniqueArray(
    record({
      account: fc.constantFrom('main', 'other'),
      certificate,
      seenAt: date,
      absences: number,
    }),
    { maxLength: 4, selector: (each) => `${each.account}/${each.certificate.id}` },
  ),
  missing: fc.array(missing, { maxLength: 2 }),
});
