import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { cast } from '../../src/cli/demo/cast.ts';
import { isDecided, resultsOf } from '../../src/cli/demo/expectations.ts';
import type { Seen } from '../../src/cli/demo/handshake.ts';
import { type Alert, openReceiver, type Receiver } from '../../src/cli/demo/receiver.ts';
import type { Story } from '../../src/cli/demo/story.ts';
import { wrap } from '../../src/cli/demo/teller.ts';
import { alertAbout, goodStory } from './demo-story.ts';

test('a story in which everything goes as it has to holds every expectation', () => {
  const story = goodStory();

  assert.ok(isDecided(story));
  assert.deepEqual(failedIn(story), []);
});

test('before anything happened nothing is decided, and nothing holds', () => {
  const story: Story = { ...goodStory(), alerts: [], rotations: [], after: null };

  assert.equal(isDecided(story), false);
  assert.ok(resultsOf(story).every(({ held, why }) => !held && why !== null));
});

const [shop, api, pay, legacy] = cast.map(({ listenerId }) => listenerId);

const spoiled: readonly {
  readonly what: string;
  readonly failed: readonly string[];
  readonly spoil: (story: Story) => Story;
}[] = [
  {
    what: 'one zone of pay serves the old leaf',
    failed: ['pay: every zone serves the new leaf'],
    spoil: (story) => seenAfter(story, pay, { zone: 'b', fingerprint256: 'pay-old' }),
  },
  {
    what: 'clients do not trust what pay serves',
    failed: ['pay: every zone serves the new leaf'],
    spoil: (story) => seenAfter(story, pay, { zone: 'a', trusted: false }),
  },
  {
    what: 'the bad renewal of the API stays in one zone',
    failed: ['api: every zone serves the old leaf'],
    spoil: (story) => seenAfter(story, api, { zone: 'a', fingerprint256: 'api-new' }),
  },
  {
    what: 'the API was rolled back for another reason',
    failed: ['api: the bad renewal is caught by handshakes and rolled back'],
    spoil: (story) => ({
      ...story,
      rotations: story.rotations.map((each) => ({ ...each, mismatches: [] })),
    }),
  },
  {
    what: 'nobody says that the renewal of the API is quarantined',
    failed: ['api: alerts tell the rollback and name the bad renewal as quarantined'],
    spoil: (story) => without(story, api, 'no-replacement'),
  },
  {
    what: 'nobody says that the expired certificate has no replacement',
    failed: ['legacy: an alert tells that nothing in the store can replace it'],
    spoil: (story) => without(story, legacy, 'no-replacement'),
  },
  {
    what: 'an alert is less severe than it has to be',
    failed: ['shop: its certificate is announced as info'],
    spoil: (story) => ({
      ...story,
      alerts: story.alerts.map((each) =>
        isAbout(each, shop, 'expiring')
          ? { ...each, data: { ...each.data, severity: 'ok' } }
          : each,
      ),
    }),
  },
  {
    what: 'an alert comes twice',
    failed: ['alerts: each one is signed and arrives exactly once'],
    spoil: (story) => ({ ...story, alerts: [...story.alerts, ...story.alerts.slice(0, 1)] }),
  },
  {
    what: 'somebody sends what is not signed',
    failed: ['alerts: each one is signed and arrives exactly once'],
    spoil: (story) => ({ ...story, refused: ['a request with a wrong signature'] }),
  },
  {
    what: 'a certificate is deleted',
    failed: ['sandbox: nothing but these rotations changed anything'],
    spoil: (story) => called(story, { action: 'DeleteUserCertificate', params: {} }),
  },
  {
    what: 'the listener that has no replacement is written to',
    failed: ['sandbox: nothing but these rotations changed anything'],
    spoil: (story) =>
      called(story, { action: 'UpdateListenerAttribute', params: { ListenerId: legacy } }),
  },
  {
    what: 'a setting that no rotation is about changes',
    failed: ['sandbox: nothing but these rotations changed anything'],
    spoil: (story) => settings(story, { idleTimeout: 10 }),
  },
];

for (const { what, failed, spoil } of spoiled) {
  test(`${what}: the demo fails and names it`, () => {
    assert.deepEqual(failedIn(spoil(goodStory())), failed);
  });
}

test('the receiver takes what is signed, and nothing that is forged, stale or empty', async (context) => {
  const receiver = await receiverFor(context);
  const body = JSON.stringify([alertAbout(cast[0], 'expiring')]);
  const now = Math.floor(Date.now() / 1000);

  assert.equal(await post(receiver, body, { at: now }), 202);
  assert.equal(await post(receiver, body, { at: now, secret: 'guessed' }), 401);
  assert.equal(await post(receiver, body, { at: now - 3600 }), 401);
  assert.equal(await post(receiver, '{}', { at: now }), 400);
  assert.equal((await fetch(receiver.url, { method: 'POST', body })).status, 401);

  assert.equal(receiver.alerts.length, 1);
  assert.equal(receiver.refused.length, 4);
});

test('sentences are broken between words, and words never', () => {
  assert.deepEqual(wrap('one two three', 7), ['one two', 'three']);
  assert.deepEqual(wrap('incomprehensibilities a', 7), ['incomprehensibilities', 'a']);
});

function failedIn(story: Story): readonly string[] {
  return resultsOf(story).flatMap(({ held, name }) => (held ? [] : [name]));
}

function isAbout({ data }: Alert, listenerId: string | undefined, kind: string): boolean {
  return data.kind === kind && data.bindings.some((each) => each.listenerId === listenerId);
}

function without(story: Story, listenerId: string | undefined, kind: string): Story {
  return { ...story, alerts: story.alerts.filter((each) => !isAbout(each, listenerId, kind)) };
}

function afterOf({ after }: Story): NonNullable<Story['after']> {
  return after ?? assert.fail('there is no last look');
}

function seenAfter(story: Story, listenerId = '', change: Partial<Seen> = {}): Story {
  const after = afterOf(story);
  const now = (after.seen.get(listenerId) ?? []).map((each) =>
    each.zone === change.zone ? { ...each, ...change } : each,
  );
  return { ...story, after: { ...after, seen: new Map([...after.seen, [listenerId, now]]) } };
}

function called(story: Story, call: NonNullable<Story['after']>['calls'][number]): Story {
  const after = afterOf(story);
  return { ...story, after: { ...after, calls: [...after.calls, call] } };
}

function settings(story: Story, changed: Readonly<Record<string, unknown>>): Story {
  const after = afterOf(story);
  const listeners = after.state.listeners.map((each) => ({ ...each, ...changed }));
  return { ...story, after: { ...after, state: { ...after.state, listeners } } };
}

async function receiverFor(context: TestContext): Promise<Receiver> {
  const receiver = await openReceiver();
  context.after(() => receiver.close());
  return receiver;
}

async function post(
  receiver: Receiver,
  body: string,
  { at, secret = receiver.secret }: { readonly at: number; readonly secret?: string },
): Promise<number> {
  const mac = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
  const headers = { 'x-newleaf-timestamp': `${at}`, 'x-newleaf-signature': `sha256=${mac}` };
  return (await fetch(receiver.url, { method: 'POST', headers, body })).status;
}
