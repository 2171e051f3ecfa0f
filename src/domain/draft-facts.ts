import { additionalCounts } from './additional.ts';
import type { Admission } from './admission.ts';
import type { Certificate, CertificateId } from './certificate.ts';
import type { Choice } from './choose.ts';
import { compareIds } from './choose.ts';
import type { Inventory, KnownCertificate } from './inventory.ts';
import type { BoundCertificate, ListenerRef, ListenerState } from './listener.ts';
import type { Pin } from './pins.ts';
import type { Digest } from './plan.ts';
import type { Policy } from './policy.ts';
import type { ManualRequest } from './request.ts';
import type { CaReplacement } from './rules.ts';
import { listenerOf } from './trial.ts';

/** What every listener's draft is made from. */
export interface DraftFacts {
  readonly inventory: Inventory;
  readonly policies: readonly Policy[];
  readonly admission: Admission;
  readonly sha256: Digest;
  readonly now: Date;
  /** By account, what the last complete listing still showed, the highest id first. */
  readonly listed: ReadonlyMap<string, readonly Certificate[]>;
  /** By account and id. */
  readonly known: ReadonlyMap<string, KnownCertificate>;
  /** By listener, the candidates left alone there, as the Admission names them. */
  readonly resting: ReadonlyMap<string, readonly string[]>;
  /** Answers that listeners with the same question share; starts empty for each planning. */
  readonly choices: Map<string, Choice>;
  readonly caReplacements: readonly CaReplacement[];
  readonly pins: readonly Pin[];
  /** By load balancer, how many additional certificates its listeners hold. */
  readonly additional: ReadonlyMap<string, number>;
  readonly additionalLimit: (ref: ListenerRef) => number | null;
}

/** What all drafts of one planning share, put in order once. */
export function draftFacts(
  facts: Omit<DraftFacts, 'listed' | 'known' | 'resting' | 'choices' | 'additional'>,
): DraftFacts {
  const { certificates } = facts.inventory;
  const accounts = new Set(certificates.map(({ account }) => account));
  const listedIn = (name: string): readonly Certificate[] =>
    certificates
      .filter(({ account, absences }) => account === name && absences === 0)
      .map(({ certificate }) => certificate)
      .toSorted((a, b) => compareIds(b.id, a.id));
  const listed = new Map([...accounts].map((name) => [name, listedIn(name)] as const));
  const known = new Map(
    certificates.map((entry) => [`${entry.account}/${entry.certificate.id}`, entry] as const),
  );
  return {
    ...facts,
    listed,
    known,
    resting: restingIn(facts.admission),
    choices: new Map(),
    additional: additionalCounts(facts.inventory.listeners),
  };
}

function restingIn({ candidates }: Admission): ReadonlyMap<string, readonly string[]> {
  const resting = new Map<string, string[]>();
  for (const [key, { kind }] of Object.entries(candidates)) {
    const listener = listenerOf(key);
    if (kind !== 'quarantined' || listener === null) continue;
    resting.set(listener, [...(resting.get(listener) ?? []), key]);
  }
  return resting;
}

/** One binding, and everything its draft is made from. */
export interface Binding extends DraftFacts {
  readonly state: ListenerState;
  readonly policy: Policy;
  readonly row: BoundCertificate;
  /** The request for this slot, if somebody asked. */
  readonly request: ManualRequest | null;
}

/** The certificate by its id, as it is known in this account; null when nobody has told of it. */
export function knownCertificate(
  { known }: Pick<DraftFacts, 'known'>,
  account: string,
  id: CertificateId,
): KnownCertificate | null {
  return known.get(`${account}/${id}`) ?? null;
}
