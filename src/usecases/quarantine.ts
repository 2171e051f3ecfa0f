import { auditNote } from '../domain/audit.ts';
import { type Quarantined, quarantines, withoutQuarantines } from '../domain/quarantine.ts';
import type { AuditTrail } from '../ports/audit.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { AdmissionBook, InventoryBook } from '../ports/state.ts';

export interface QuarantineDeps {
  readonly admission: AdmissionBook;
  readonly inventory: Pick<InventoryBook, 'read'>;
  readonly audit: Pick<AuditTrail, 'append'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/** What to lift: a certificate by its id, or the first eight or more digits of its SHA-256; on one listener only, or altogether. */
export interface Lift {
  readonly certificate: string;
  readonly listener?: string | undefined;
  readonly by: string;
  readonly reason: string;
}

export type Lifted =
  | { readonly kind: 'lifted'; readonly lifted: readonly Quarantined[] }
  | { readonly kind: 'refused'; readonly reason: string };

const shortestPrefix = 8;

/** Every quarantine that has not ended. */
export async function listQuarantines(
  deps: Pick<QuarantineDeps, 'admission' | 'inventory' | 'clock'>,
): Promise<readonly Quarantined[]> {
  const [admission, inventory] = await Promise.all([deps.admission.read(), deps.inventory.read()]);
  return quarantines(admission, inventory, deps.clock.now());
}

/** Ends quarantines before their time, because a person says that what failed is mended. Refused when there is none like that. */
export async function liftQuarantine(deps: QuarantineDeps, lift: Lift): Promise<Lifted> {
  const lifted = (await listQuarantines(deps)).filter((each) => isMeant(each, lift));
  if (lifted.length === 0) {
    const place = lift.listener === undefined ? '' : ` on ${lift.listener}`;
    const reason = `${lift.certificate} is not quarantined${place}: newleaf quarantine lists what is`;
    return { kind: 'refused', reason };
  }
  await deps.admission.update((current) => ({
    next: withoutQuarantines(current, lifted),
    result: null,
  }));
  await deps.audit.append(lifted.map((each) => noteOn(each, lift, deps.clock.now())));
  const { certificate, by, reason } = lift;
  deps.log.info({ certificate, by, reason, lifted: lifted.length }, 'quarantine lifted');
  return { kind: 'lifted', lifted };
}

function isMeant(
  { candidate, certificates, listener }: Quarantined,
  { certificate, listener: wanted }: Lift,
): boolean {
  const isPrefix = certificate.length >= shortestPrefix && candidate.startsWith(certificate);
  const isHere =
    wanted === undefined || listener === wanted || listener?.endsWith(`/${wanted}`) === true;
  return isHere && (isPrefix || candidate === certificate || certificates.includes(certificate));
}

function noteOn(
  { candidate, certificates, listener, rotationId, reason: why }: Quarantined,
  { by, reason }: Lift,
  at: Date,
) {
  return auditNote({
    at,
    actor: by,
    action: 'quarantine.lifted',
    listener,
    rotationId,
    facts: { candidate, certificates: certificates.join(', '), why, reason },
    source: `quarantine/${candidate}@${listener ?? ''}/${rotationId}`,
  });
}
