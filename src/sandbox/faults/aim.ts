import { z } from 'zod';
import type { RawParameters } from '../http/operation.ts';

/** What a call or its job may be about, as a fault says it: one listener, one certificate; left out: any. */
export const aim = {
  listenerId: z.string().min(1).optional(),
  certificateId: z.string().min(1).optional(),
};

interface Aim {
  readonly listenerId?: string | undefined;
  readonly certificateId?: string | undefined;
}

/** What a call says it is about. */
export interface Named {
  readonly listenerId: string | null;
  readonly certificateIds: readonly string[];
}

const listener = 'ListenerId';
const certificates = ['CertificateIds', 'CaCertificateIds', 'AdditionalCertificateIds'];

/** Reads it from the parameters as they were received. */
export function namedIn(params: RawParameters): Named {
  const id = params[listener];
  return {
    listenerId: typeof id === 'string' ? id : null,
    certificateIds: certificates.flatMap((name) => textsIn(params[name])),
  };
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

export function isAimedAt(
  { listenerId, certificateId }: Aim,
  { listenerId: named, certificateIds }: Named,
): boolean {
  return (
    (listenerId === undefined || listenerId === named) &&
    (certificateId === undefined || certificateIds.includes(certificateId))
  );
}

/** What a fault is aimed by that an action with these parameters never names; null when there is nothing of the kind. */
export function neverNamed(
  { listenerId, certificateId }: Aim & { readonly kind: string },
  parameters: ReadonlySet<string>,
): 'listener' | 'certificate' | null {
  if (listenerId !== undefined && !parameters.has(listener)) return 'listener';
  const names = certificates.some((each) => parameters.has(each));
  return certificateId !== undefined && !names ? 'certificate' : null;
}
