import type { AlertDocument, AlertsDocument } from '../api/alert.ts';
import type { CertificateDocument } from '../api/certificate.ts';
import type { ErrorDocument, RequestDocument, RollbackBody, RotateBody } from '../api/requests.ts';
import type { PlanDocument } from '../api/plan.ts';
import type { RotationDocument, RotationsDocument } from '../api/rotation.ts';
import type { ScanDocument } from '../api/scan.ts';
import type { HealthDocument, LifeDocument } from '../api/health.ts';
import type { AuditDesk } from './audit.ts';
import type { FreezeDesk } from './freezes.ts';
import type { QuarantineDesk } from './quarantine.ts';
import type { SinkTestDesk } from './sink-test.ts';

/** Who is asking, for the audit. */
export interface Caller {
  readonly name: string;
  readonly role: 'reader' | 'operator';
}

/** An answer that may be a refusal with a reason the caller can read. */
export type Answer<T> =
  | { readonly kind: 'done'; readonly document: T }
  | { readonly kind: 'refused'; readonly error: ErrorDocument['error'] };

/** Everything the HTTP API can ask of the daemon. Rejects only with what stopped it. */
export interface Desk extends FreezeDesk, QuarantineDesk, AuditDesk, SinkTestDesk {
  /** Whether the process does anything at all: if not, a restart helps. */
  life(): LifeDocument;
  health(): Promise<HealthDocument>;
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
  status(): Promise<ScanDocument>;
  /** Every certificate that may be meant; null when nobody knows one. */
  certificate(id: string): Promise<CertificateDocument | null>;
  plan(): Promise<PlanDocument>;
  rotations(limit: number): Promise<RotationsDocument>;
  rotation(rotationId: string): Promise<RotationDocument | null>;
  rotate(caller: Caller, body: RotateBody): Promise<RequestDocument>;
  /** Null: no rotation of that name. */
  rollback(caller: Caller, rotationId: string, body: RollbackBody): Promise<RequestDocument | null>;
  request(requestId: string): Promise<RequestDocument | null>;
  approve(caller: Caller, hash: string): Promise<Answer<PlanDocument>>;
  resolve(
    caller: Caller,
    rotationId: string,
    body: { readonly as: 'old' | 'new' | 'other'; readonly note: string },
    signal: AbortSignal,
  ): Promise<Answer<RotationDocument>>;
  /** What fires, or everything that is remembered. */
  alerts(which: 'firing' | 'all'): Promise<AlertsDocument>;
  acknowledge(
    caller: Caller,
    body: { readonly alert: string; readonly note?: string | undefined },
  ): Promise<Answer<AlertDocument>>;
  /** Asks for a scan soon; several requests may become one. */
  scanSoon(caller: Caller): Promise<void>;
}
