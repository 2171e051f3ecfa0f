import { z } from 'zod';
import { post } from '../support.ts';
import type { ScenarioStage, Scenarios } from './scenario.ts';

const Orders = z.object({ CertificateOrderList: z.array(z.object({ OrderId: z.number() })) });
const Certificates = z.object({
  CertificateOrderList: z.array(z.object({ CertificateId: z.number() })),
});
const Placed = z.object({ orderId: z.number() });

async function orderIn(stage: ScenarioStage, status: string): Promise<number> {
  const reply = await stage.call('cas', 'ListUserCertificateOrder', { Status: status });
  return Orders.parse(reply).CertificateOrderList[0]?.OrderId ?? 0;
}

async function certificateId(stage: ScenarioStage): Promise<number> {
  const reply = await stage.call('cas', 'ListUserCertificateOrder', { OrderType: 'CERT' });
  return Certificates.parse(reply).CertificateOrderList[0]?.CertificateId ?? 0;
}

/** How each error that the certificate service answers by itself is met. */
export const casScenarios: Scenarios = {
  'GetUserCertificateDetail NotFound': (stage) =>
    stage.call('cas', 'GetUserCertificateDetail', { CertId: 1 }),
  'UploadUserCertificate NameRepeat': async (stage) => {
    const CertId = await certificateId(stage);
    const { Name, Cert, Key } = await stage.call('cas', 'GetUserCertificateDetail', { CertId });
    return stage.call('cas', 'UploadUserCertificate', { Name, Cert, Key });
  },
  'UploadUserCertificate InvalidParameter': (stage) =>
    stage.call('cas', 'UploadUserCertificate', { Name: 'broken', Cert: 'no PEM', Key: 'none' }),
  'DeleteUserCertificate NotFound': (stage) =>
    stage.call('cas', 'DeleteUserCertificate', { CertId: 1 }),
  'DeleteUserCertificate OperationDenied.StatusNotSupport': async (stage) =>
    stage.call('cas', 'DeleteUserCertificate', { CertId: await certificateId(stage) }),
  'DescribeCertificateState NotFound': (stage) =>
    stage.call('cas', 'DescribeCertificateState', { OrderId: 1 }),
  'RenewCertificateOrderForPackageRequest NotFound': (stage) =>
    stage.call('cas', 'RenewCertificateOrderForPackageRequest', { OrderId: 1 }),
  'RenewCertificateOrderForPackageRequest OperationDenied.StatusNotSupport': async (stage) =>
    stage.call('cas', 'RenewCertificateOrderForPackageRequest', {
      OrderId: await orderIn(stage, 'ISSUED'),
    }),
  'RenewCertificateOrderForPackageRequest NotApplicable': async (stage) => {
    const order = { type: 'BUY', state: 'certificate', notAfterDays: 5 };
    const { orderId } = Placed.parse((await post(stage.sandbox, '/orders', order)).body);
    return stage.call('cas', 'RenewCertificateOrderForPackageRequest', { OrderId: orderId });
  },
  'RenewCertificateOrderForPackageRequest InvalidParameter': async (stage) =>
    stage.call('cas', 'RenewCertificateOrderForPackageRequest', {
      OrderId: await orderIn(stage, 'WILLEXPIRED'),
      Csr: 'no request',
    }),
};
