import { type Io, type Paint, paint } from '../io.ts';
import { table } from '../render/table.ts';
import { cast, type Role } from './cast.ts';
import type { Result } from './expectations.ts';
import { seenOf } from './look.ts';
import { leavesOf } from './sentences.ts';
import { alertsOf, type Rotated, rotationOf, type Story } from './story.ts';

interface Row {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly outcome: string;
  readonly how: Paint;
}

/** What became of each listener, and whether everything was as it had to be. */
export function renderReport(io: Io, story: Story, results: readonly Result[]): string {
  const rows = cast.map((role) => rowOf(role, story));
  const listeners = table<Row>(
    [
      { title: 'LISTENER', text: ({ name }) => name },
      { title: 'LEAF BEFORE', text: ({ before }) => before },
      { title: 'LEAF NOW', text: ({ after }) => after },
      {
        title: 'OUTCOME',
        text: ({ outcome }) => outcome,
        tint: ({ how }, text) => paint(io, how, text),
      },
    ],
    rows,
  );
  const failed = results.filter(({ held }) => !held).length;
  const verdict =
    failed === 0
      ? paint(io, 'green', `All ${results.length} expectations held.`)
      : paint(io, 'red', `${failed} of ${results.length} expectations did not hold.`);
  return [
    '',
    listeners,
    'What the demo checked for itself, with handshakes and a receiver of its own:',
    '',
    ...results.map((result) => resultLine(io, result)),
    '',
    verdict,
  ].join('\n');
}

function resultLine(io: Io, { name, held, why }: Result): string {
  if (held) return `  ${paint(io, 'green', 'ok')}      ${name}`;
  return `  ${paint(io, 'red', 'FAILED')}  ${name}\n          ${why ?? ''}`;
}

function rowOf(role: Role, story: Story): Row {
  const { before, after } = story;
  const rotation = rotationOf(story, role);
  return {
    name: role.name,
    before: leavesOf(seenOf(before, role)),
    after: after === null ? '?' : leavesOf(seenOf(after, role)),
    ...outcomeOf(role, story, rotation),
  };
}

function outcomeOf(
  role: Role,
  story: Story,
  rotation: Rotated | null,
): Pick<Row, 'outcome' | 'how'> {
  switch (rotation?.outcome) {
    case 'committed':
      return { outcome: 'rotated', how: 'green' };
    case 'rolled-back':
      return {
        outcome: `rolled back: the new leaf was ${causeOf(rotation)}`,
        how: 'yellow',
      };
    case 'refused':
      return { outcome: 'refused, nothing touched', how: 'yellow' };
    case 'needs-operator':
      return { outcome: 'needs an operator', how: 'red' };
    case null:
      return { outcome: 'not finished', how: 'red' };
    case undefined: {
      const none = alertsOf(story, role).some(({ data }) => data.kind === 'no-replacement');
      return { outcome: none ? 'no replacement, people were told' : 'untouched', how: 'yellow' };
    }
  }
}

function causeOf({ mismatches }: Rotated): string {
  const [first] = mismatches;
  if (first === undefined) return 'not proven';
  return first.kind === 'stale' ? `not served in ${first.zone}` : first.kind.replaceAll('-', ' ');
}

/** The report as one document. */
export function reportDocument(
  story: Story,
  results: readonly Result[],
  daemon: { readonly url: string },
) {
  return {
    ok: results.every(({ held }) => held),
    seconds: Math.round(performance.now() / 100) / 10,
    statusPage: `${daemon.url}/`,
    listeners: cast.map((role) => {
      const rotation = rotationOf(story, role);
      return {
        listenerId: role.listenerId,
        rotationId: rotation?.rotationId ?? null,
        outcome: rotation?.outcome ?? null,
        before: seenOf(story.before, role),
        after: story.after === null ? [] : seenOf(story.after, role),
      };
    }),
    alerts: story.alerts.map(({ id, data }) => ({
      id,
      kind: data.kind,
      status: data.status,
      severity: data.severity,
      title: data.title,
    })),
    expectations: results,
  };
}
