import assert from 'node:assert/strict';
import { test } from 'node:test';
import { certificateDocument } from '../../src/api/certificate.ts';
import type { ScanDocument } from '../../src/api/scan.ts';
import { assessInventory } from '../../src/domain/assessment.ts';
import { viewCertificates } from '../../src/domain/certificate-view.ts';
import { planRotations } from '../../src/domain/planner.ts';
import { against } from '../helpers/daemon-cli.ts';
import { aBindingDocument, healthy } from '../helpers/desk.ts';
import { after, days, hours } from '../helpers/facts.ts';
import { planningFacts } from '../helpers/plannings.ts';

const now = new Date();

const inDays = (n: number): string => after(now, days(n) + hours(1)).toISOString();

const bindings = [
  aBindingDocument({ listenerId: 'lsn-1@443', notAfter: inDays(3) }),
  aBindingDocument({ listenerId: 'lsn-2@443', notAfter: inDays(90), region: 'eu-central-1' }),
];

function stock(overrides: Partial<ScanDocument> = {}): ScanDocument {
  return { takenAt: now.toISOString(), bindings, missing: [], ...overrides };
}

/** Runs a command against a daemon that knows this. */
function knowing(line: string, document: ScanDocument, health = healthy) {
  return against({ status: async () => document, health: async () => health }, line);
}

test('status takes the filters of scan, in the table and in the document', async () => {
  const json = await knowing('status --region eu-central-1 --json', stock());
  const words = await knowing('status --expiring-within 30d', stock());

  assert.deepEqual(JSON.parse(json.out), stock({ bindings: bindings.slice(1) }));
  assert.match(words.out, /^3 d .* lsn-1@443 .*\n1 of 2 bindings shown\n$/m);
});

test('an empty status says what to do', async () => {
  const early = await knowing('status', stock({ takenAt: null, bindings: [] }));
  const empty = await knowing('status', stock({ bindings: [] }));

  assert.match(early.out, /^no scan has ended yet: /);
  assert.match(empty.out, /^the daemon knows no TLS listener: newleaf doctor /);
});

test('check --daemon judges what the daemon knows', async () => {
  const warning = await knowing('check --daemon', stock());
  const calm = await knowing('check --daemon --listener lsn-2@443', stock());

  assert.deepEqual([warning.code, calm.code], [1, 0]);
  assert.match(
    warning.out,
    /^CERTIFICATES WARNING - www\.example\.com .* lsn-1@443 default ends in 3 d; 2/,
  );
});

test('check --daemon is UNKNOWN where the inventory is old, missing parts or told by another clock', async () => {
  const old = stock({ takenAt: after(now, -hours(13)).toISOString(), bindings: bindings.slice(1) });
  const ahead = stock({ takenAt: after(now, hours(1)).toISOString() });

  const stale = await knowing('check --daemon', old);
  const fresh = await knowing('check --daemon', {
    ...old,
    takenAt: after(now, -hours(11)).toISOString(),
  });
  const early = await knowing('check --daemon', stock({ takenAt: null, bindings: [] }));
  const skewed = await knowing('check --daemon', stock(), { ...healthy, skewSeconds: -75 });
  const future = await knowing('check --daemon', ahead);
  const away = await against(
    { status: async () => Promise.reject(new Error('the store is away')) },
    'check --daemon',
  );

  assert.deepEqual(
    [stale, fresh, early, skewed, future, away].map(({ code }) => code),
    [3, 0, 3, 3, 3, 3],
  );
  assert.match(
    stale.out,
    /^CERTIFICATES UNKNOWN - the daemon's last scan ended at .*, more than 2 inter/,
  );
  assert.match(early.out, /^CERTIFICATES UNKNOWN - .*\n/);
  assert.match(skewed.out, /^CERTIFICATES UNKNOWN - the clocks differ by 75 s/);
});

test('certificate prints the facts, every binding, and what may replace it', async () => {
  const facts = planningFacts();
  const { inventory } = facts;
  const planning = planRotations(facts);
  const assessments = assessInventory(inventory, {
    now: facts.now,
    policies: facts.rules.policies,
    planning,
    admission: facts.admission,
    additionalLimit: () => null,
  });
  const views = viewCertificates('101', { inventory, assessments, planning });
  const document = certificateDocument({ takenAt: inventory.takenAt, now: facts.now, views });
  const asked: string[] = [];
  const desk = {
    certificate: async (id: string) => {
      asked.push(id);
      return id === 'nobody' ? null : document;
    },
  };

  const words = await against(desk, 'certificate 10:1');
  const json = await against(desk, 'certificate 101 --json');
  const nobody = await against(desk, 'certificate nobody');

  assert.deepEqual(asked, ['10:1', '101', 'nobody']);
  assert.deepEqual(JSON.parse(json.out), document);
  assert.equal(
    words.out.replace(/\(-?\d+ d( ago)?\)/, '(LEFT)'),
    `101-cn-hangzhou  cert-101-cn-hangzhou
  account     main, store cn-hangzhou
  names       www.example.com
  valid       2026-08-04T00:00:00.000Z to 2026-12-12T00:00:00.000Z (LEFT)
  severity    info
  SHA-256     3130312d636e2d68616e677a686f750000000000000000000000000000000000
  key         rsa 2048
  issuer      CN=Test CA

REGION       LOAD BALANCER  LISTENER         SLOT     OWNER  FINDINGS  CONSOLE
cn-hangzhou  nlb-1 (edge)   lsn-1@443 (web)  default  cloud            https://slb.console.aliyun.com/nlb/cn-hangzhou/nlbs/nlb-1/listeners/lsn-1%40443
may be replaced: 101-cn-hangzhou by 202-cn-hangzhou (cert-202-cn-hangzhou), until 2027-02-19T00:00:00.000Z on lsn-1@443; starts now
`,
  );
  assert.deepEqual([nobody.code, nobody.out], [1, '']);
  assert.match(
    nobody.err,
    /^newleaf: no certificate nobody is known: give its id, with or without/,
  );
});
