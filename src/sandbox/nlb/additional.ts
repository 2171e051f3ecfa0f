import { z } from 'zod';
import { ApiError } from '../http/api-error.ts';
import { type Call, operation } from '../http/operation.ts';
import { list } from '../http/parameters.ts';
import type { AdditionalRow, Listener } from './model.ts';
import { requireCertificates, requireTls } from './require.ts';
import { type ListenerEdit, writeListener, writeParameters } from './write.ts';

const idsPerCall = 15;
const perLoadBalancer = 25;
const quota = 'nlb_quota_loadbalancer_certificates_num';

const parameters = z.object({ ...writeParameters, AdditionalCertificateIds: list(idsPerCall, 1) });

export const associateAdditional = operation(
  'AssociateAdditionalCertificatesWithListener',
  parameters,
  (params, call) =>
    writeListener(params, call, (listener) => {
      const ids = [...new Set(params.AdditionalCertificateIds)];
      checkAssociate(ids, listener, call);
      return associate(ids, listener);
    }),
);

export const disassociateAdditional = operation(
  'DisassociateAdditionalCertificatesWithListener',
  parameters,
  (params, call) =>
    writeListener(params, call, (listener) => {
      const ids = [...new Set(params.AdditionalCertificateIds)];
      checkDisassociate(ids, listener);
      return disassociate(ids, listener);
    }),
);

function associate(ids: readonly string[], listener: Listener): ListenerEdit {
  return {
    during: (now) => ({
      ...now,
      additional: [
        ...now.additional,
        ...ids.map((certificateId) => ({ certificateId, status: 'Associating' }) as const),
      ],
    }),
    done: (now) => ({ ...now, additional: withStatus(now.additional, ids, 'Associated') }),
    undo: (now) => ({ ...now, additional: without(now.additional, ids) }),
    meanwhile: 'Configuring',
    afterwards: listener.status,
  };
}

function disassociate(ids: readonly string[], listener: Listener): ListenerEdit {
  return {
    during: (now) => ({ ...now, additional: withStatus(now.additional, ids, 'Diassociating') }),
    done: (now) => ({ ...now, additional: without(now.additional, ids) }),
    undo: (now) => ({ ...now, additional: withStatus(now.additional, ids, 'Associated') }),
    meanwhile: 'Configuring',
    afterwards: listener.status,
  };
}

function checkAssociate(ids: readonly string[], listener: Listener, call: Call): void {
  requireTls(listener);
  requireCertificates(ids, call);
  const taken = [listener.certificateId, ...listener.additional.map((row) => row.certificateId)];
  if (ids.some((id) => taken.includes(id))) {
    throw new ApiError(
      'ResourceAlreadyAssociated.Certificate',
      'The specified resource of certificate is already associated.',
    );
  }
  const used = call.world.balancing
    .listenersOf(listener.loadBalancerId)
    .reduce((sum, each) => sum + each.additional.length, 0);
  if (used + ids.length > perLoadBalancer) {
    throw new ApiError(
      `QuotaExceeded.${quota}`,
      `The quota of ${quota} is exceeded, usage ${used}/${perLoadBalancer}.`,
    );
  }
}

function checkDisassociate(ids: readonly string[], listener: Listener): void {
  requireTls(listener);
  if (listener.certificateId !== null && ids.includes(listener.certificateId)) {
    throw new ApiError(
      'OperationDenied.DefaultCertificateUsed',
      'The operation is not allowed because the certificate is the default certificate.',
    );
  }
  if (listener.caCertificateId !== null && ids.includes(listener.caCertificateId)) {
    throw new ApiError(
      'OperationDenied.CaCertificateUsed',
      'The operation is not allowed because the certificate is a CA certificate.',
    );
  }
  const bound = listener.additional.map((row) => row.certificateId);
  if (!ids.every((id) => bound.includes(id))) {
    throw new ApiError(
      'ResourceNotAssociated.Certificate',
      'The specified resource of certificate is not associated.',
    );
  }
}

function withStatus(
  rows: readonly AdditionalRow[],
  ids: readonly string[],
  status: AdditionalRow['status'],
): readonly AdditionalRow[] {
  return rows.map((row) => (ids.includes(row.certificateId) ? { ...row, status } : row));
}

function without(rows: readonly AdditionalRow[], ids: readonly string[]): readonly AdditionalRow[] {
  return rows.filter((row) => !ids.includes(row.certificateId));
}
