import { apps, front, jobEnd, mutual, plainTcp } from '../../support.ts';
import type { Scenario, Scenarios, ScenarioStage } from '../scenario.ts';
import { certificateId, type Fields, holdJobs, newCertificates, nlb } from './stage.ts';

const updates: Readonly<Record<string, (stage: ScenarioStage) => Promise<Fields>>> = {
  'ResourceNotFound.Certificate': async () => ({ CertificateIds: ['9-cn-hangzhou'] }),
  'ResourceAlreadyAssociated.Certificate': async (stage) => ({
    CertificateIds: [await certificateId(stage, 'web-2026a')],
  }),
  'IllegalParamSize.certificateIds': async (stage) => ({
    CertificateIds: await newCertificates(stage, 2),
  }),
  'IllegalParam.IdleTimeout': async () => ({ IdleTimeout: 901 }),
  IllegalParam: async () => ({ AlpnEnabled: true }),
  'IllegalParam.PreserveClientIpSwitch': async () => ({
    ServerGroupId: 'sgp-smallweb0000001-clientip',
  }),
  'Mismatch.VpcId': async () => ({ ServerGroupId: 'sgp-smallweb0000001-elsewhere' }),
  'Mismatch.Protocol': async () => ({ ServerGroupId: 'sgp-smallweb0000001-udp' }),
  'ResourceNotFound.CaCertificate': async () => ({ CaCertificateIds: ['none-cn-hangzhou'] }),
  'ResourceNotFound.securitypolicy': async () => ({ SecurityPolicyId: 'tls-none' }),
  'ResourceNotFound.serverGroup': async () => ({ ServerGroupId: 'sgp-none' }),
};

const updateScenarios = Object.entries(updates).map(([code, fields]): [string, Scenario] => [
  `UpdateListenerAttribute ${code}`,
  async (stage) =>
    nlb(stage, 'UpdateListenerAttribute', { ListenerId: front, ...(await fields(stage)) }),
]);

const associate = 'AssociateAdditionalCertificatesWithListener';
const disassociate = 'DisassociateAdditionalCertificatesWithListener';

function withIds(
  action: string,
  ListenerId: string,
  ids: (stage: ScenarioStage) => Promise<readonly string[]>,
): Scenario {
  return async (stage) =>
    nlb(stage, action, { ListenerId, AdditionalCertificateIds: await ids(stage) });
}

const sixteen = Array.from({ length: 16 }, (_, index) => `${index}-cn-hangzhou`);
const one = async (stage: ScenarioStage) => [await certificateId(stage)];

/** What writes answer about the certificates they name. */
export const certificateScenarios: Scenarios = {
  ...Object.fromEntries(updateScenarios),
  [`${associate} OperationDenied.Protocol`]: withIds(associate, plainTcp, one),
  [`${associate} ResourceNotFound.Certificate`]: withIds(associate, front, async () => [
    '9-ap-southeast-1',
  ]),
  [`${associate} ResourceAlreadyAssociated.Certificate`]: withIds(
    associate,
    apps,
    async (stage) => [await certificateId(stage, 'portal')],
  ),
  [`${associate} IllegalParam.AdditionalCertificateIds`]: withIds(
    associate,
    front,
    async () => sixteen,
  ),
  [`${associate} QuotaExceeded.nlb_quota_loadbalancer_certificates_num`]: async (stage) => {
    // Two are there from the beginning.
    const made = await newCertificates(stage, 24);
    const ask = (ids: readonly string[]) =>
      nlb(stage, associate, { ListenerId: front, AdditionalCertificateIds: ids });
    const first = await ask(made.slice(0, 15));
    await jobEnd((action, fields) => stage.call('nlb', action, fields), first);
    return ask(made.slice(15));
  },
  [`${disassociate} IncorrectStatus.certificate`]: async (stage) => {
    const fields = { ListenerId: front, AdditionalCertificateIds: await one(stage) };
    await holdJobs(stage, associate);
    await nlb(stage, associate, fields);
    return nlb(stage, disassociate, fields);
  },
  [`${disassociate} OperationDenied.Protocol`]: withIds(disassociate, plainTcp, one),
  [`${disassociate} OperationDenied.DefaultCertificateUsed`]: withIds(
    disassociate,
    apps,
    async (stage) => [await certificateId(stage, 'portal')],
  ),
  [`${disassociate} OperationDenied.CaCertificateUsed`]: withIds(disassociate, mutual, async () => [
    '139a00604ad5f2-cn-hangzhou',
  ]),
  [`${disassociate} ResourceNotAssociated.Certificate`]: withIds(disassociate, apps, one),
  [`${disassociate} IllegalParam.AdditionalCertificateIds`]: withIds(
    disassociate,
    apps,
    async () => sixteen,
  ),
};
