import { sha256 } from '../../src/adapters/clock.ts';
import { type Admission, emptyAdmission } from '../../src/domain/admission.ts';
import type { Certificate } from '../../src/domain/certificate.ts';
import type { ServedAt, Snapshot } from '../../src/domain/inventory.ts';
import { type ListenerState, listenerKey } from '../../src/domain/listener.ts';
import { onListener } from '../../src/domain/trial.ts';
import type { Policy } from '../../src/domain/policy.ts';
import {
  aCertificate,
  after,
  aListener,
  anEndpoint,
  aPolicy,
  days,
  hours,
  served,
  today,
} from '../helpers/facts.ts';

/** A large account: every listener has a default and one additional certificate; one certificate in six is a renewal. */
export const fleet = {
  listeners: 5000,
  bindings: 10_000,
  certificates: 1200,
  bound: 1000,
} as const;

const perLoadBalancer = 10;
const zones = ['cn-hangzhou-a', 'cn-hangzhou-b'];

/** What a scan brings: every object and text is made anew, as if parsed from the cloud's replies. */
export function fleetSnapshot({ probed }: { readonly probed: boolean }): Snapshot {
  const certificates = Array.from({ length: fleet.certificates }, (_, at) => fleetCertificate(at));
  return {
    takenAt: today,
    scope: [{ account: 'main', region: 'cn-hangzhou' }],
    listeners: Array.from({ length: fleet.listeners }, (_, at) => {
      const state = fleetListener(at);
      return { state, served: probed ? looksAt(state, certificates) : [] };
    }),
    certificates: certificates.map((certificate) => ({ account: 'main', certificate })),
    missing: [],
  };
}

/** What rules over it: a pilot by tag, an approved part, and the rest at night. */
export const fleetPolicies: readonly Policy[] = [
  aPolicy({ name: 'pilot', match: { tags: { env: 'stage' } } }),
  aPolicy({ name: 'watched', match: { tags: { env: 'legacy' } }, mode: 'observe' }),
  aPolicy({
    windows: [
      {
        name: 'nights',
        days: ['mon', 'tue', 'wed', 'thu'],
        start: '02:00',
        end: '05:00',
        timezone: 'Asia/Shanghai',
      },
    ],
  }),
];

/** The Admission after every listener has been rotated once, months ago. */
export function fleetAdmission(): Admission {
  const since = after(today, -days(100));
  const marks = Array.from({ length: fleet.listeners }, (_, at) => {
    const candidate = sha256(`leaf ${defaultOf(at)}`);
    return [
      onListener(candidate, listenerKey(fleetListener(at).ref)),
      { kind: 'proven', since },
    ] as const;
  });
  return { ...emptyAdmission, candidates: Object.fromEntries(marks) };
}

/** The first thousand are bound; each later one renews the bound one with the same names that ends soonest. */
function fleetCertificate(at: number): Certificate {
  const service = at % fleet.bound;
  const left = at < fleet.bound ? days((service / fleet.bound) * 200) - hours(30) : days(360);
  return aCertificate({
    id: certificateId(at),
    label: `service-${service}`,
    fingerprint256: sha256(`leaf ${at}`),
    names: [`service-${service}.example.com`, `www.service-${service}.example.com`],
    issuer: `CN=Issuing CA ${service % 4}`,
    notBefore: after(today, left - days(397)),
    notAfter: after(today, left),
  });
}

function certificateId(at: number): string {
  return `${15_230_000 + at}-cn-hangzhou`;
}

function defaultOf(listener: number): number {
  return listener % fleet.bound;
}

function additionalOf(listener: number): number {
  return (listener + 500) % fleet.bound;
}

function fleetListener(at: number): ListenerState {
  const loadBalancer = Math.floor(at / perLoadBalancer);
  const port = 8000 + (at % perLoadBalancer);
  const [a, b] = [(loadBalancer >> 8) & 255, loadBalancer & 255];
  return aListener({
    ref: {
      loadBalancerId: `nlb-${String(loadBalancer).padStart(18, '0')}`,
      listenerId: `lsn-${String(at).padStart(15, '0')}@${port}`,
    },
    version: sha256(`settings ${at}`).slice(0, 16),
    bound: [
      { slot: 'default', id: certificateId(defaultOf(at)), state: 'bound' },
      { slot: 'additional', id: certificateId(additionalOf(at)), state: 'bound' },
    ],
    endpoints: zones.map((zone, index) =>
      anEndpoint({ zone, address: `10.${index}.${a}.${b}`, port }),
    ),
    port,
    description: `service ${at}`,
    loadBalancerName: `edge-${loadBalancer}`,
    tags: { env: tagOf(at), team: `team-${loadBalancer % 40}` },
  });
}

function tagOf(at: number): string {
  if (at % 50 === 0) return 'stage';
  return at % 10 === 1 ? 'legacy' : 'prod';
}

/** Each zone without SNI and for the additional certificate's name. */
function looksAt(state: ListenerState, certificates: readonly Certificate[]): readonly ServedAt[] {
  const byId = new Map(certificates.map((certificate) => [certificate.id, certificate]));
  return state.endpoints.flatMap(({ zone, address, port }) =>
    state.bound.flatMap(({ id, slot }) => {
      const certificate = byId.get(id);
      if (certificate === undefined) return [];
      const serverName = slot === 'default' ? null : (certificate.names[0] ?? null);
      const observation = sight(certificate, serverName);
      return {
        zone,
        address,
        port,
        serverName,
        keyType: 'any' as const,
        observation,
        lastServedAt: today,
        confirmed: false,
      };
    }),
  );
}

function sight(certificate: Certificate, serverName: string | null): ServedAt['observation'] {
  const { fingerprint256, names, issuer, notBefore, notAfter } = certificate;
  const leaf = {
    fingerprint256: fingerprint256 ?? '',
    names: [...names],
    subject: `CN=${names[0] ?? ''}`,
    issuer: issuer ?? '',
    notBefore: notBefore ?? today,
    notAfter: notAfter ?? today,
  };
  return served({ leaf, nameCovered: serverName === null ? null : true });
}
