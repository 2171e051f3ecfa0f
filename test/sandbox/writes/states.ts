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
  post,
  reset,
  shake,
  smallSandbox,
  until,
} from '../support.ts';

const web = 'nlb-smallweb0000001';

let sandbox: RunningSandbox;

let nlb: Nlb;

const idOf = async (name: string) => (await certificate(sandbox, name)).id;

const update = (fields: Record<string, unknown>) =>
  nlb('UpdateListenerAttribute', { ListenerId: front, ...fields }, 'body');

const additional = (ListenerId: string, id: unknown) => ({
  ListenerId,
  AdditionalCertificateIds: [id],
});

/** What is the matter with a call, in the words of the reply. */
async function messageOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => new Error('the call went through'),
    (reason: unknown) => reason,
  );
  return error instanceof Error ? error.message : String(error);
}

export function statesCases(): void {
  before(async () => {
    sandbox = await smallSandbox();
    nlb = nlbCaller(sandbox);
  });

  beforeEach(() => reset(sandbox));

  after(() => sandbox.close());

  test('a load balancer that is not at rest takes no writes, and its listeners still answer reads', async () => {
    for (const change of [{ status: 'Configuring' }, { businessStatus: 'Abnormal' }]) {
      await post(sandbox, '/load-balancers', { id: web, ...change });
      assert.equal(await codeOf(update({ IdleTimeout: 60 })), 'IncorrectStatus.loadbalancer');
      assert.equal((await nlb('GetListenerAttribute', { ListenerId: front }))['ListenerId'], front);
      await post(sandbox, '/load-balancers', {
        id: web,
        status: 'Active',
        businessStatus: 'Normal',
      });
    }

    assert.equal(await jobEnd(nlb, await update({ IdleTimeout: 60 })), 'Succeeded');
  });

  test('states, protections and locks of a load balancer are told as they are set', async () => {
    const earlier = await nlb('GetLoadBalancerAttribute', { LoadBalancerId: web });

    const { status } = await post(sandbox, '/load-balancers', {
      id: web,
      status: 'Inactive',
      businessStatus: 'Abnormal',
      deletionProtection: null,
      modificationProtection: { reason: 'frozen' },
      locks: [{ type: 'SecurityLocked', reason: 'under attack' }],
    });

    assert.equal(status, 200);
    const told = await nlb('GetLoadBalancerAttribute', { LoadBalancerId: web });
    assert.equal(earlier['LoadBalancerStatus'], 'Active');
    assert.equal(told['LoadBalancerStatus'], 'Inactive');
    assert.equal(told['LoadBalancerBusinessStatus'], 'Abnormal');
    assert.deepEqual(told['DeletionProtectionConfig'], { Enabled: false });
    assert.deepEqual(told['OperationLocks'], [
      { LockType: 'SecurityLocked', LockReason: 'under attack' },
      { LockType: 'FinancialLocked', LockReason: 'overdue' },
    ]);
    const inactive = await nlb('ListLoadBalancers', {
      LoadBalancerStatus: 'Inactive',
      LoadBalancerBusinessStatus: 'Abnormal',
    });
    assert.equal(inactive['TotalCount'], 1);
  });

  test('the control endpoint refuses a load balancer or a state that does not exist', async () => {
    assert.equal((await post(sandbox, '/load-balancers', { id: 'nlb-none' })).status, 404);
    assert.equal((await post(sandbox, '/load-balancers', { id: web, status: 'Odd' })).status, 400);
  });

  test('a deletion may be repeated under its token when the listener is long gone', async () => {
    const request = { ListenerId: apps, ClientToken: 'gone-once' };

    const first = await nlb('DeleteListener', request, 'body');
    await jobEnd(nlb, first);
    const again = await nlb('DeleteListener', request, 'body');

    assert.equal(again['JobId'], first['JobId']);
  });

  test('a token stands for a request, whatever the order and the place of its parameters', async () => {
    const first = await nlb(
      'UpdateListenerAttribute',
      { ListenerId: front, IdleTimeout: 60, Cps: 5, ClientToken: 't' },
      'body',
    );
    const again = await nlb('UpdateListenerAttribute', {
      ClientToken: 't',
      Cps: 5,
      ListenerId: front,
      IdleTimeout: 60,
    });

    assert.equal(again['JobId'], first['JobId']);
  });

  test('a token of one region is free in another', async () => {
    await update({ IdleTimeout: 60, ClientToken: 't' });

    const abroad = nlbCaller(sandbox, 'ap-southeast-1');
    const request = { ListenerId: front, IdleTimeout: 61, ClientToken: 't' };

    assert.equal(
      await codeOf(abroad('UpdateListenerAttribute', request)),
      'ResourceNotFound.listener',
    );
  });

  test('a refused write or a dry run leaves its token free', async () => {
    const CertificateIds = ['9-cn-hangzhou'];

    await codeOf(update({ CertificateIds, ClientToken: 't' }));
    await codeOf(update({ IdleTimeout: 60, DryRun: true, ClientToken: 't' }));

    assert.equal(
      await jobEnd(nlb, await update({ IdleTimeout: 61, ClientToken: 't' })),
      'Succeeded',
    );
  });

  test('a certificate that is still on its way names itself, the busy listener comes second', async () => {
    const made = await post(sandbox, '/certificates', { names: ['new.example.com'] });
    const take = (id: unknown) =>
      nlb('DisassociateAdditionalCertificatesWithListener', additional(apps, id), 'body');
    const action = 'AssociateAdditionalCertificatesWithListener';
    await post(sandbox, '/faults', { kind: 'stuck-job', action });

    await nlb(action, additional(apps, made.body['id']), 'body');

    assert.match(
      await messageOf(take(made.body['id'])),
      new RegExp(`The status of certificate \\[${String(made.body['id'])}\\] is incorrect\\.`),
    );
    assert.match(
      await messageOf(take(await idOf('static'))),
      new RegExp(`The status of listener \\[${apps}\\] is incorrect\\.`),
    );
  });

  test('an additional certificate is made the default in two steps', async () => {
    const CertificateIds = [await idOf('static')];
    const promote = () => update({ ListenerId: apps, CertificateIds });

    assert.equal(await codeOf(promote()), 'ResourceAlreadyAssociated.Certificate');
    const taken = await nlb(
      'DisassociateAdditionalCertificatesWithListener',
      { ListenerId: apps, AdditionalCertificateIds: CertificateIds },
      'body',
    );
    await jobEnd(nlb, taken);

    assert.equal(await jobEnd(nlb, await promote()), 'Succeeded');
  });

  test('an id named twice in a call counts once', async () => {
    const { body } = await post(sandbox, '/certificates', { names: ['new.example.com'] });
    const ids = [body['id'], body['id']];

    const reply = await nlb(
      'AssociateAdditionalCertificatesWithListener',
      { ListenerId: front, AdditionalCertificateIds: ids },
      'body',
    );

    await jobEnd(nlb, reply);
    assert.equal((await listenerState(sandbox, front)).slots.additional.length, 1);
  });

  test('a failed job puts rows and status back', async () => {
    const earlier = (await listenerState(sandbox, apps)).slots;
    const action = 'DisassociateAdditionalCertificatesWithListener';
    await post(sandbox, '/faults', { kind: 'fail-job', action });

    const fields = { ListenerId: apps, AdditionalCertificateIds: [await idOf('static')] };
    const reply = await nlb(action, fields, 'body');

    assert.equal(await jobEnd(nlb, reply), 'Failed');
    const afterwards = await listenerState(sandbox, apps);
    assert.deepEqual(afterwards.slots, earlier);
    assert.equal(afterwards.status, 'Running');
  });

  test('a custom policy decides which versions are spoken', async () => {
    await jobEnd(nlb, await update({ SecurityPolicyId: 'tls-sandbox13only0001' }));

    const protocols = await until(async () => {
      const [point] = (await listenerState(sandbox, front)).serving;
      assert.ok(point);
      const old = await shake(point, { maxVersion: 'TLSv1.2' });
      return old.protocol === null ? [old.protocol, (await shake(point)).protocol] : null;
    });
    assert.deepEqual(protocols, [null, 'TLSv1.3']);
  });

  test('of a listener with client authentication only the flag goes when it is switched off', async () => {
    await jobEnd(nlb, await update({ ListenerId: mutual, CaEnabled: false }));

    const told = await nlb('GetListenerAttribute', { ListenerId: mutual });

    assert.equal(told['CaEnabled'], false);
    assert.deepEqual(told['CaCertificateIds'], ['139a00604ad5f2-cn-hangzhou']);
  });

  test('GetJobStatus alone spells processing in lower case when told to', async () => {
    const other = await smallSandbox({ jobStatusCase: 'lower' });
    try {
      const client = nlbCaller(other);
      await post(other, '/faults', { kind: 'stuck-job', action: 'StopListener' });
      const { JobId } = await client('StopListener', { ListenerId: front });

      const { Status } = await client('GetJobStatus', { JobId });
      const { Jobs } = await client('ListAsynJobs', { JobIds: [JobId] });

      assert.equal(Status, 'processing');
      assert.deepEqual(Jobs, [{ Id: JobId, Status: 'Processing' }]);
    } finally {
      await other.close();
    }
  });
}
