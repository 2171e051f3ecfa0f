import type { Assessment } from './assessment.ts';
import type { Certificate, CertificateId } from './certificate.ts';
import type { Inventory, KnownCertificate } from './inventory.ts';
import type { PlannedRotation, Planning, Rejection } from './planning.ts';

/** Everything known about one certificate in one account. */
export interface CertificateView {
  readonly account: string;
  readonly id: CertificateId;
  /** Null when neither a store nor a handshake told anything about it. */
  readonly certificate: Certificate | null;
  /** What the store told; null when no listing has shown it. */
  readonly known: KnownCertificate | null;
  readonly bindings: readonly Assessment[];
  /** Plans that replace it by another one. */
  readonly replacements: readonly PlannedRotation[];
  /** Plans that bind it in the place of another one. */
  readonly replaces: readonly PlannedRotation[];
  /** Why other certificates may not replace it, where it has no plan. Equal answers once. */
  readonly rejections: readonly Rejection[];
}

/** A prefix shorter than this names too many. */
const shortestPrefix = 8;

/**
 * The certificates that a person may mean: by id with or without the store site, else by the beginning of the SHA-256. More
 * than one when an id is in several accounts or sites, or a leaf in the store several times; none when nobody knows it.
 */
export function viewCertificates(
  wanted: string,
  given: {
    readonly inventory: Pick<Inventory, 'certificates'>;
    readonly assessments: readonly Assessment[];
    readonly planning: Planning;
  },
): readonly CertificateView[] {
  const views = [...collect(given.inventory, given.assessments).values()];
  const byId = views.filter(({ id }) => isCalled(id, wanted));
  const chosen = byId.length > 0 ? byId : views.filter((view) => hasPrefix(view, wanted));
  return chosen
    .toSorted((a, b) => (keyOf(a.account, a.id) < keyOf(b.account, b.id) ? -1 : 1))
    .map((view) => ({ ...view, ...prospectsOf(view, given.planning) }));
}

type Found = Pick<CertificateView, 'account' | 'id' | 'certificate' | 'known' | 'bindings'>;

function collect(
  { certificates }: Pick<Inventory, 'certificates'>,
  assessments: readonly Assessment[],
): ReadonlyMap<string, Found> {
  const found = new Map<string, Found>(
    certificates.map((known) => {
      const { account, certificate } = known;
      const { id } = certificate;
      return [keyOf(account, id), { account, id, certificate, known, bindings: [] }];
    }),
  );
  const bindings = new Map<string, Assessment[]>();
  for (const assessment of assessments) {
    const { account } = assessment.listener.ref;
    const { certificateId: id, certificate } = assessment;
    const key = keyOf(account, id);
    const rows = bindings.get(key) ?? [];
    rows.push(assessment);
    bindings.set(key, rows);
    // What a handshake showed is more exact than a listing.
    const known = found.get(key)?.known ?? null;
    found.set(key, { account, id, certificate, known, bindings: rows });
  }
  return found;
}

function prospectsOf(
  { account, id }: Found,
  { plans, refused }: Planning,
): Pick<CertificateView, 'replacements' | 'replaces' | 'rejections'> {
  const own = plans.filter(({ plan }) => plan.ref.account === account);
  const rejections = refused
    .filter(({ ref, certificateId }) => ref.account === account && certificateId === id)
    .flatMap((entry) => entry.rejections);
  return {
    replacements: own.filter(({ plan }) => plan.from.id === id),
    replaces: own.filter(({ plan }) => plan.to.id === id),
    rejections: [...new Map(rejections.map((each) => [JSON.stringify(each), each])).values()],
  };
}

/** Ids end in their store site, which people leave out. */
function isCalled(id: CertificateId, wanted: string): boolean {
  return (
    id === wanted || ['cn-hangzhou', 'ap-southeast-1'].some((site) => id === `${wanted}-${site}`)
  );
}

/** Consoles and openssl print fingerprints in capitals and with colons. */
function hasPrefix({ certificate }: Found, wanted: string): boolean {
  const prefix = wanted.replaceAll(':', '').toLowerCase();
  const isHex = prefix.length >= shortestPrefix && /^[\da-f]+$/.test(prefix);
  return isHex && certificate?.fingerprint256?.startsWith(prefix) === true;
}

function keyOf(account: string, id: CertificateId): string {
  return `${account}/${id}`;
}
