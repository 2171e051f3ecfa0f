import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { RunningSandbox } from '../../../src/sandbox/start.ts';
import {
  apps,
  certificate,
  codeOf,
  front,
  jobEnd,
  listenerState,
  mutual,
  type Nlb,
  nlbCaller,
  plainTcp,
  post,
  reset,
  smallSandbox,
} from '../support.ts';

let sandbox: RunningSandbox;

let nlb: Nlb;

const idOf = async (name: string) => (await certificate(sandbox, name)).id;

const update = (fields: Record<string, unknown>) =>
  nlb('UpdateListenerAttribute', { ListenerId: front, ...fields }, 'body');

const associate = (listener: string, ids: readonly string[]) =>
  nlb(
    'AssociateAdditionalCertificatesWithListener',
    { ListenerId: listener, AdditionalCertificateIds: [...ids] },
    'body',
  );

const disassociate = (listener: string, ids: readonly string[]) =>
  nlb(
    'DisassociateAdditionalCertificatesWithListener',
    { ListenerId: listener, AdditionalCertificateIds: [...ids] },
    'body',
  );

/** Jobs of an action stay under way until `goOn`, so that what is seen meanwhile does not depend on the machine's speed. */
async function holdJobs(action: string): Promise<void> {
  await post(sandbox, '/faults', { kind: 'stuck-job', action });
}

async function goOn(): Promise<void> {
  await fetch(`${sandbox.control}/faults`, { method: 'DELETE' });
}

async function newCertificates(count: number): Promise<readonly string[]> {
  const made = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      post(sandbox, '/certificates', { names: [`n${index}.example.com`], name: `made-${index}` }),
    ),
  );
  return made.map((reply) => String(reply.body['id']));
}

export function writesCases(): void {
  before(async () => {
    sandbox = await smallSandbox();
    nlb = nlbCaller(sandbox);
  });

  beforeEach(() => reset(sandbox));

  after(() => sandbox.close());

  test('an update takes a while and then the default certificate is the new one', async () => {
    const next = await idOf('web-2026b');
    const earlier = await listenerState(sandbox, front);

    await holdJobs('UpdateListenerAttribute');
    const reply = await update({ CertificateIds: [next] });

    const during = await listenerState(sandbox, front);
    assert.equal(during.status, 'Configuring');
    assert.equal(during.slots.default, earlier.slots.default);
    await goOn();
    assert.equal(await jobEnd(nlb, reply), 'Succeeded');
    const afterwards = await listenerState(sandbox, front);
    assert.equal(afterwards.status, 'Running');
    assert.equal(afterwards.slots.default, next);
    assert.equal(afterwards.idleTimeout, earlier.idleTimeout);
  });

  test('a listener that is being configured refuses the next write of any kind', async () => {
    await holdJobs('UpdateListenerAttribute');
    const reply = await update({ IdleTimeout: 100 });

    assert.equal(await codeOf(update({ IdleTimeout: 200 })), 'IncorrectStatus.listener');
    assert.equal(
      await codeOf(associate(front, await newCertificates(1))),
      'IncorrectStatus.listener',
    );
    await goOn();
    assert.equal(await jobEnd(nlb, reply), 'Succeeded');
    assert.equal((await listenerState(sandbox, front)).idleTimeout, 100);
  });

  test('the same request under the same token gets the first reply, another one a mismatch', async () => {
    const CertificateIds = [await idOf('web-2026b')];

    const first = await update({ CertificateIds, ClientToken: 't1' });
    const meanwhile = await update({ CertificateIds, ClientToken: 't1' });
    await jobEnd(nlb, first);
    const later = await update({ CertificateIds, ClientToken: 't1' });

    assert.equal(meanwhile['JobId'], first['JobId']);
    assert.equal(later['JobId'], first['JobId']);
    assert.equal(
      await codeOf(update({ IdleTimeout: 60, ClientToken: 't1' })),
      'IdempotenceSignatureMismatch',
    );
  });

  test('a dry run checks everything and does nothing', async () => {
    const CertificateIds = [await idOf('web-2026b')];

    assert.equal(await codeOf(update({ CertificateIds, DryRun: true })), 'DryRunOperation');
    assert.equal(
      await codeOf(update({ CertificateIds: ['1-cn-hangzhou'], DryRun: true })),
      'ResourceNotFound.Certificate',
    );
    assert.equal((await listenerState(sandbox, front)).status, 'Running');
  });

  test('the default slot takes exactly one certificate of the right site that is not there yet', async () => {
    const abroad = await post(sandbox, '/certificates', {
      site: 'ap-southeast-1',
      names: ['www.example.com'],
    });
    const current = await idOf('web-2026a');

    assert.equal(
      await codeOf(update({ CertificateIds: [current, current] })),
      'IllegalParamSize.certificateIds',
    );
    assert.equal(
      await codeOf(update({ CertificateIds: [current] })),
      'ResourceAlreadyAssociated.Certificate',
    );
    assert.equal(
      await codeOf(update({ CertificateIds: [abroad.body['id']] })),
      'ResourceNotFound.Certificate',
    );
    assert.equal(
      await codeOf(update({ CertificateIds: ['999-cn-hangzhou'] })),
      'ResourceNotFound.Certificate',
    );
    assert.equal(
      await codeOf(update({ CaCertificateIds: ['nobody-cn-hangzhou'] })),
      'ResourceNotFound.CaCertificate',
    );
  });

  test('client authentication left out of an update is kept, or reset where the sandbox is told so', async () => {
    const resetting = await smallSandbox({ caEnabledOmitted: 'resets' });
    try {
      for (const [where, expected] of [
        [sandbox, true],
        [resetting, false],
      ] as const) {
        const call = nlbCaller(where);
        const reply = await call(
          'UpdateListenerAttribute',
          { ListenerId: mutual, IdleTimeout: 99 },
          'body',
        );
        await jobEnd(call, reply);
        assert.equal((await listenerState(where, mutual)).caEnabled, expected);
      }
    } finally {
      await resetting.close();
    }
  });

  test('additional certificates pass through their row states', async () => {
    const [made = ''] = await newCertificates(1);
    const rowOf = async () =>
      (await listenerState(sandbox, front)).slots.additional.find(
        (row) => row.certificateId === made,
      )?.status;

    await holdJobs('AssociateAdditionalCertificatesWithListener');
    const added = await associate(front, [made]);
    assert.equal(await rowOf(), 'Associating');
    await goOn();
    await jobEnd(nlb, added);
    assert.equal(await rowOf(), 'Associated');

    await holdJobs('DisassociateAdditionalCertificatesWithListener');
    const removed = await disassociate(front, [made]);
    assert.equal(await rowOf(), 'Diassociating');
    await goOn();
    await jobEnd(nlb, removed);
    assert.equal(await rowOf(), undefined);
  });

  test('at most fifteen certificates go in one call and twenty-five beside the defaults of one load balancer', async () => {
    const made = await newCertificates(25);

    assert.equal(
      await codeOf(associate(front, made.slice(0, 16))),
      'IllegalParam.AdditionalCertificateIds',
    );
    await jobEnd(nlb, await associate(front, made.slice(0, 15)));
    await jobEnd(nlb, await associate(apps, made.slice(15, 23)));
    assert.equal(
      await codeOf(associate(front, made.slice(23, 24))),
      'QuotaExceeded.nlb_quota_loadbalancer_certificates_num',
    );
  });

  test('what is bound cannot be bound again, and what is not bound cannot be taken away', async () => {
    const [other = ''] = await newCertificates(1);
    const portal = await idOf('portal');

    assert.equal(
      await codeOf(associate(apps, [await idOf('static')])),
      'ResourceAlreadyAssociated.Certificate',
    );
    assert.equal(await codeOf(associate(apps, [portal])), 'ResourceAlreadyAssociated.Certificate');
    assert.equal(await codeOf(disassociate(apps, [other])), 'ResourceNotAssociated.Certificate');
    assert.equal(
      await codeOf(disassociate(apps, [portal])),
      'OperationDenied.DefaultCertificateUsed',
    );
    assert.equal(await codeOf(associate(plainTcp, [other])), 'OperationDenied.Protocol');
  });

  test('a listener is stopped, started and deleted by jobs', async () => {
    const ListenerId = apps;

    await jobEnd(nlb, await nlb('StopListener', { ListenerId }, 'body'));
    assert.equal((await listenerState(sandbox, apps)).status, 'Stopped');
    assert.equal(
      await codeOf(nlb('StopListener', { ListenerId }, 'body')),
      'IncorrectStatus.listener',
    );
    await jobEnd(nlb, await nlb('StartListener', { ListenerId }, 'body'));
    assert.equal((await listenerState(sandbox, apps)).status, 'Running');
    await jobEnd(nlb, await nlb('DeleteListener', { ListenerId }, 'body'));
    assert.equal(
      await codeOf(nlb('GetListenerAttribute', { ListenerId })),
      'ResourceNotFound.listener',
    );
  });
}
