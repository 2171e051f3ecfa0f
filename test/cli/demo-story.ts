import assert from 'node:assert/strict';
import { cast, type Role } from '../../src/cli/demo/cast.ts';
import type { Seen } from '../../src/cli/demo/handshake.ts';
import type { Alert } from '../../src/cli/demo/receiver.ts';
import type { SandboxState } from '../../src/cli/demo/sandbox-shapes.ts';
import type { Rotated, Story } from '../../src/cli/demo/story.ts';

const notAfter = '2026-12-21T20:07:50.000Z';

const untrusted: Rotated['mismatches'][number] = {
  kind: 'untrusted',
  zone: 'a',
  address: '127.0.0.2:443',
  serverName: null,
  expected: 'api-new',
  served: 'api-new',
  detail: 'only the leaf was sent',
  worse: true,
};

/** A demo that went as it has to, by the cast alone. */
export function goodStory(): Story {
  const rotating = cast.filter(({ ending }) => ending !== 'no-replacement');
  return {
    before: { state: stateWith('old'), seen: new Map(cast.map((role) => seen(role, 'old'))) },
    alerts: cast.flatMap(alertsAbout),
    refused: [],
    rotations: rotating.map(rotationOf),
    after: {
      state: stateWith('new'),
      seen: new Map(cast.map((role) => seen(role, role.ending === 'rotated' ? 'new' : 'old'))),
      calls: rotating.map(({ listenerId }) => ({
        action: 'UpdateListenerAttribute',
        params: { ListenerId: listenerId },
      })),
    },
  };
}

function stateWith(age: 'old' | 'new'): SandboxState {
  return {
    loadBalancers: [],
    caCertificates: [],
    certificates: cast.flatMap(({ name }) =>
      ['old', 'new'].map((each) => ({
        id: `${name}-${each}-id`,
        names: [`${name}.example.com`],
        fingerprint256: `${name}-${each}`,
      })),
    ),
    listeners: cast.map(({ name, listenerId, ending }) => ({
      id: listenerId,
      port: 443,
      slots: { default: `${name}-${ending === 'rotated' ? age : 'old'}-id` },
      serving: [],
    })),
  };
}

function seen({ name, listenerId }: Role, age: 'old' | 'new'): [string, readonly Seen[]] {
  const common = {
    fingerprint256: `${name}-${age}`,
    notAfter: new Date(notAfter),
    trusted: name !== 'legacy',
    problem: null,
  };
  return [listenerId, ['a', 'b'].map((zone) => ({ zone, address: '127.0.0.2:443', ...common }))];
}

function rotationOf({ name, listenerId, ending }: Role): Rotated {
  return {
    rotationId: `${name}-rotation`,
    listenerId,
    to: `${name}-new-id`,
    outcome: ending === 'rotated' ? 'committed' : 'rolled-back',
    phase: 'closed',
    mismatches: ending === 'rotated' ? [] : [untrusted],
  };
}

function alertsAbout(role: Role): readonly Alert[] {
  const expiry = alertAbout(role, role.severity === 'expired' ? 'expired' : 'expiring');
  const ended = { ...expiry, data: { ...expiry.data, status: 'resolved' }, id: `${role.name}/end` };
  switch (role.ending) {
    case 'rotated':
      return [expiry, alertAbout(role, 'rotation', { outcome: 'committed' }), ended];
    case 'rolled-back': {
      const rejections = [{ candidate: `${role.name}-new-id`, reason: 'quarantined' }];
      return [
        expiry,
        alertAbout(role, 'rotation', { outcome: 'rolled-back' }),
        alertAbout(role, 'no-replacement', { rejections }),
      ];
    }
    case 'no-replacement':
      return [expiry, alertAbout(role, 'no-replacement', { rejections: [] })];
  }
}

/** One alert about a listener of the cast. */
export function alertAbout(
  role: Role | undefined,
  kind: string,
  details: Alert['data']['details'] = {},
): Alert {
  const { name, listenerId, severity } = role ?? assert.fail('no such role');
  const certificate = { id: `${name}-old-id`, fingerprint256: `${name}-old` };
  return {
    id: `${name}/${kind}`,
    source: '/newleaf',
    data: {
      kind,
      status: 'firing',
      severity,
      title: `${kind} ${name}`,
      notAfter,
      bindings: [{ listenerId }],
      details: { certificate, ...details },
    },
  };
}
