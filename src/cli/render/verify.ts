import type { VerifyDocument } from '../../api/verify.ts';
import { paint, type Io, type Paint } from '../io.ts';
import { outcome } from './attention.ts';
import { table } from './table.ts';

type Bound = VerifyDocument['bound'][number];
type Cell = VerifyDocument['cells'][number];

const tints: Readonly<Record<Cell['state'], Paint>> = {
  'as-bound': 'green',
  differs: 'red',
  unreachable: 'red',
  unjudged: 'yellow',
  'not-in-vantage': 'dim',
};

const shortFingerprint = 16;

/** What is bound, what every cell serves, the commands that show the same, and the verdict. */
export function renderVerify(io: Pick<Io, 'color'>, document: VerifyDocument): string {
  const { listenerId, loadBalancerId, region, bound, cells, missing } = document;
  const parts = [
    `${listenerId} on ${loadBalancerId} in ${region}, ${document.status}\n`,
    boundTable(bound),
    ...(cells.length === 0 ? [] : [cellTable(io, cells)]),
    ...(missing.length === 0 ? [] : [missing.map(missingLine).join('')]),
    ...commands(cells),
    `${verdict(io, document)}\n`,
  ];
  return parts.join('\n');
}

function boundTable(bound: readonly Bound[]): string {
  return table<Bound>(
    [
      { title: 'SLOT', text: ({ slot }) => slot },
      { title: 'CERTIFICATE', text: ({ certificateId }) => certificateId },
      { title: 'SHA-256', text: ({ fingerprint256 }) => short(fingerprint256) },
      { title: 'UNTIL', text: ({ notAfter }) => notAfter ?? 'unknown' },
      { title: 'NAMES', text: ({ names }) => names.join(', ') },
      { title: 'STATE', text: ({ state }) => state },
    ],
    bound,
  );
}

function cellTable(io: Pick<Io, 'color'>, cells: readonly Cell[]): string {
  return table<Cell>(
    [
      { title: 'ZONE', text: ({ zone, active }) => (active ? zone : `${zone} (left DNS)`) },
      { title: 'ADDRESS', text: ({ address }) => address },
      { title: 'NAME', text: ({ serverName }) => serverName ?? '-' },
      { title: 'SERVES', text: served },
      { title: 'UNTIL', text: ({ notAfter }) => notAfter ?? '-' },
      {
        title: 'VERDICT',
        text: ({ state }) => state.replaceAll('-', ' '),
        tint: ({ state }, text) => paint(io, tints[state], text),
      },
    ],
    cells,
  );
}

function served({ certificateId, fingerprint256, error }: Cell): string {
  if (fingerprint256 === null) return error ?? '-';
  const known = short(fingerprint256);
  return certificateId === null ? `${known} (not bound here)` : `${known} ${certificateId}`;
}

function short(fingerprint256: string | null): string {
  return fingerprint256?.slice(0, shortFingerprint) ?? 'unknown';
}

function missingLine({ action, region, code }: VerifyDocument['missing'][number]): string {
  return `missing: ${action} in ${region} ${outcome(code)}\n`;
}

/** One for each cell that is not as bound; when all are, one to try. */
function commands(cells: readonly Cell[]): readonly string[] {
  const seen = cells.filter(({ state }) => state !== 'not-in-vantage');
  const wrong = seen.filter(({ state }) => state !== 'as-bound');
  const shown = wrong.length > 0 ? wrong : seen.slice(0, 1);
  if (shown.length === 0) return [];
  return [`openssl shows the same:\n${shown.map(({ openssl }) => `  ${openssl}\n`).join('')}`];
}

function verdict(io: Pick<Io, 'color'>, { cells, asBound, status }: VerifyDocument): string {
  const count = (state: Cell['state']): number =>
    cells.filter((cell) => cell.state === state).length;
  const outside = count('not-in-vantage');
  const seen = cells.length - outside;
  const unseen = outside === 0 ? '' : `; ${outside} endpoints not in vantage`;
  if (asBound)
    return paint(io, 'green', `as bound: ${count('as-bound')} of ${seen} looks${unseen}`);
  if (seen === 0) return paint(io, 'red', `nothing was looked at: ${whyNot(status)}${unseen}`);
  const others = (['differs', 'unreachable', 'unjudged'] as const)
    .filter((state) => count(state) > 0)
    .map((state) => `${count(state)} ${state}`);
  return paint(io, 'red', `not as bound: ${others.join(', ')} of ${seen} looks${unseen}`);
}

function whyNot(status: VerifyDocument['status']): string {
  const isIdle = status === 'stopped' || status === 'gone';
  return isIdle ? `the listener is ${status}` : 'extend probe.vantage to what this machine reaches';
}
