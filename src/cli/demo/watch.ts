import { RotationDocument, RotationsDocument } from '../../api/rotation.ts';
import { ScanDocument } from '../../api/scan.ts';
import type { DaemonClient } from '../client.ts';
import type { Paint } from '../io.ts';
import { nameOf } from './cast.ts';
import { opensslFingerprint, opensslLines } from './commands.ts';
import type { Control } from './control.ts';
import type { Seen } from './handshake.ts';
import { listenerIn, lookAt, serverNameOf } from './look.ts';
import type { Alert } from './receiver.ts';
import type { SandboxReady } from './sandbox-shapes.ts';
import { bindingSentence, entrySentence } from './sentences.ts';
import type { Story } from './story.ts';
import type { Teller } from './teller.ts';

export interface WatchDeps {
  readonly teller: Teller;
  readonly daemon: DaemonClient;
  readonly control: Control;
  readonly ready: SandboxReady;
  readonly signal: AbortSignal;
}

/** Asks what is new, and tells it. */
export interface Watch {
  step(): Promise<void>;
  /** Every rotation so far, oldest first, as last seen. */
  readonly rotations: readonly RotationDocument[];
}

const severityTints: Readonly<Record<Alert['data']['severity'], Paint | undefined>> = {
  ok: undefined,
  info: undefined,
  warning: 'yellow',
  critical: 'red',
  expired: 'red',
};

/** Follows the daemon over its API, and the alerts at the receiver. `start.alerts` grows while this watches. */
export function openWatch(deps: WatchDeps, start: Pick<Story, 'before' | 'alerts'>): Watch {
  const { teller } = deps;
  const rotations = new Map<string, RotationDocument>();
  let alertsTold = 0;
  let scanTold = false;
  return {
    get rotations() {
      return [...rotations.values()];
    },
    step: async () => {
      scanTold = scanTold || (await tellScan(deps));
      for (const { data } of start.alerts.slice(alertsTold)) {
        alertsTold += 1;
        teller.say('alert', data.title, tintOf(data));
        for (const sentence of alertSentences(data)) teller.say(...sentence);
      }
      const { rotations: known } = await deps.daemon.get('/rotations', RotationsDocument);
      for (const { rotationId } of known.toReversed()) {
        const before = rotations.get(rotationId) ?? null;
        if (before?.phase === 'closed') continue;
        const path = `/rotations/${encodeURIComponent(rotationId)}`;
        const now = await deps.daemon.get(path, RotationDocument);
        rotations.set(rotationId, now);
        await tellRotation(deps, start.before, before, now);
      }
    },
  };
}

function tintOf({ severity, status }: Alert['data']): Paint | undefined {
  return status === 'resolved' ? 'green' : severityTints[severity];
}

/** What an alert means for the listeners it names, where its title alone leaves that open. */
function alertSentences({ kind, status, bindings, details }: Alert['data']): [string, string][] {
  if (kind !== 'no-replacement' || status !== 'firing') return [];
  const bad = details.rejections?.find(({ reason }) => reason === 'quarantined');
  const text =
    bad === undefined
      ? 'Nothing in the store can replace its certificate: a person has to renew it.'
      : `The renewal ${bad.candidate} is quarantined: a person has to provide a good one.`;
  return bindings.map(({ listenerId }) => [nameOf(listenerId), text]);
}

async function tellScan({ teller, daemon }: WatchDeps): Promise<boolean> {
  const { takenAt, bindings } = await daemon.get('/status', ScanDocument);
  if (takenAt === null) return false;
  teller.say('newleaf', `The first scan is done. It found ${bindings.length} certificates:`);
  teller.add(bindings.map((binding) => bindingSentence(binding, new Date())));
  return true;
}

async function tellRotation(
  deps: WatchDeps,
  before: Story['before'],
  last: RotationDocument | null,
  now: RotationDocument,
): Promise<void> {
  const name = nameOf(now.listenerId);
  if (last === null)
    deps.teller.say(
      name,
      `Rotation ${now.rotationId} starts: ${now.to} is to replace ${now.from}.`,
    );
  for (const entry of now.journal.slice(last?.journal.length ?? 0)) {
    const sentence = entrySentence(now, entry);
    if (sentence !== null) deps.teller.say(name, sentence.text, sentence.how);
  }
  if (now.phase === 'closed') await tellProof(deps, before, now.listenerId);
}

/** The demo's own handshakes, and how everybody can make them. */
async function tellProof(
  { teller, control, ready, signal }: WatchDeps,
  before: Story['before'],
  listenerId: string,
): Promise<void> {
  const state = await control.state();
  const listener = listenerIn(state, listenerId);
  const seen = await lookAt(listenerId, state, ready, signal);
  const [first] = seen;
  if (listener === null || first === undefined) return;
  const now = zonesLine(seen);
  const then = zonesLine(before.seen.get(listenerId) ?? []);
  teller.add([
    `Handshakes of the demo's own:  before  ${then}`,
    `                               now     ${now}`,
    'See for yourself:',
  ]);
  teller.command(opensslLines(first.address, serverNameOf(listener, state)));
}

/** All zones on one line when they agree, as they should. */
function zonesLine(seen: readonly Seen[]): string {
  const leaves = [...new Set(seen.map((each) => each.fingerprint256))];
  return leaves
    .map((leaf) => {
      const zones = seen.filter((each) => each.fingerprint256 === leaf).map(({ zone }) => zone);
      return `${opensslFingerprint(leaf)} ${zones.length === seen.length ? 'in every zone' : `in ${zones.join(', ')}`}`;
    })
    .join('; ');
}
