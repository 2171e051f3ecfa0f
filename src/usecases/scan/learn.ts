import { type CertificateId, siteOfRegion } from '../../domain/certificate.ts';
import type { ListenerRef } from '../../domain/listener.ts';
import type { ScanDeps } from './deps.ts';
import { keep } from './scan.ts';
import { accountOf } from './second-look.ts';

/**
 * Looks up a CA certificate that a person has named for this listener, as scans look up only those that are bound or configured. One
 * that no list shows stays unknown. Rejects with `not-found` for an unknown account, or when aborted.
 */
export async function learnAuthority(
  deps: ScanDeps,
  { account, region }: Pick<ListenerRef, 'account' | 'region'>,
  id: CertificateId,
  signal: AbortSignal,
): Promise<void> {
  const store = accountOf(deps, { account }).stores(siteOfRegion(region));
  const found = await store.authorities([id], signal);
  if (found.certificates.length === 0) return;
  const certificates = found.certificates.map((certificate) => ({ account, certificate }));
  const takenAt = deps.clock.now();
  await keep(deps, { takenAt, scope: [], listeners: [], certificates, missing: [] }, signal);
}
