import { z } from 'zod';
import { type Call, operation } from '../http/operation.ts';
import { list } from '../http/parameters.ts';
import { type AdditionalRow, holds, type Listener } from './model.ts';
import { refused } from './refusals.ts';
import { requireCertificates, requireTls } from './require.ts';
import { type ListenerEdit, writeListener, writeParameters } from './write.ts';

const idsPerCall = 15;
const perLoadBalancer = 25;
const quota = 'QuotaExceeded.nlb_quota_loadbalancer_certificates_num';

const parameters = z.object({ ...writeParameters, AdditionalCertificateIds: list(idsPerCall, 1) });

/** An id named twice in a call counts once; the documentation says nothing about it. */
export const associateAdditional = operation(
  'AssociateAdditionalCertificatesWithListener',
  parameters,
  (params, call) => {
    const ids = [...new Set(params.AdditionalCertificateIds)];
    return writeListener(params, call, {
      edit: (listener) => {
        checkAssociate(ids, listener, call);
        return associate(ids, listener);
      },
    });
  },
);

export const disassociateAdditional = operation(
  'DisassociateAdditionalCertificatesWithListener',
  parameters,
  (params, call) => {
    const ids = [...new Set(params.AdditionalCertificateIds)];
    return writeListener(params, call, {
      first: (listener) => checkSettled(ids, listener),
      edit: (listener) => {
        checkDisassociate(ids, listener);
        return disassociate(ids, listener);
      },
    });
  },
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
  if (ids.some((id) => holds(listener, id))) throw refused('ResourceAlreadyAssociated.Certificate');
  const used = call.world.balancing
    .listenersOf(listener.loadBalancerId)
    .reduce((sum, each) => sum + each.additional.length, 0);
  if (used + ids.length > perLoadBalancer) throw refused(quota, used, perLoadBalancer);
}

/** Told before the listener is: a row that is being associated or taken away names the certificate that is in the way. */
function checkSettled(ids: readonly string[], listener: Listener): void {
  const moving = listener.additional.find(
    (row) => row.status !== 'Associated' && ids.includes(row.certificateId),
  );
  if (moving !== undefined) throw refused('IncorrectStatus.certificate', moving.certificateId);
}

function checkDisassociate(ids: readonly string[], listener: Listener): void {
  requireTls(listener);
  if (listener.certificateId !== null && ids.includes(listener.certificateId)) {
    throw refused('OperationDenied.DefaultCertificateUsed');
  }
  if (listener.caCertificateId !== null && ids.includes(listener.caCertificateId)) {
    throw refused('OperationDenied.CaCertificateUsed');
  }
  const bound = new Set(listener.additional.map((row) => row.certificateId));
  if (!ids.every((id) => bound.has(id))) throw refused('ResourceNotAssociated.Certificate');
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
