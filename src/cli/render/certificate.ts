import type { CertificateDocument } from '../../api/certificate.ts';
import { timeLeft } from '../../messages/left.ts';
import { paint, type Io } from '../io.ts';
import { findingLines } from './attention.ts';
import { onOneLine, table } from './table.ts';

type One = CertificateDocument['certificates'][number];
type Binding = One['bindings'][number];
type Planned = One['replacements'][number];

/** Each certificate with its facts, where it is bound, and what may replace it. Time left is counted from `now`. */
export function renderCertificates(
  io: Pick<Io, 'color'>,
  { certificates }: CertificateDocument,
  now: Date,
): string {
  return certificates.map((one) => renderOne(io, one, now)).join('\n');
}

function renderOne(io: Pick<Io, 'color'>, one: One, now: Date): string {
  return [
    `${paint(io, 'bold', onOneLine(one.id))}  ${onOneLine(one.label)}\n`,
    ...facts(one, now).map(([name, text]) => `  ${name.padEnd(12)}${onOneLine(text)}\n`),
    '\n',
    one.bindings.length === 0 ? 'bound nowhere\n' : bindingTable(one.bindings),
    ...findingLines(one.bindings),
    ...one.replacements.map((plan) => `may be replaced: ${planned(plan)}\n`),
    ...one.replaces.map((plan) => `may replace: ${planned(plan)}\n`),
    ...one.rejections.map(({ candidate, detail }) => `not by ${candidate}: ${onOneLine(detail)}\n`),
  ].join('');
}

function facts(one: One, now: Date): readonly (readonly [string, string])[] {
  const { account, names, revoked, severity } = one;
  const unlisted = one.listed ? '' : ', not listed there';
  const until = `${known(one.notAfter)} (${timeLeft(one.notAfter, now)})`;
  return [
    ['account', `${account}, store ${known(one.site)}${unlisted}`],
    ['names', names.length === 0 ? 'unknown' : names.join(', ')],
    ['valid', `${known(one.notBefore)} to ${until}`],
    ['severity', revoked ? `${severity}, revoked` : severity],
    ['SHA-256', known(one.fingerprint256)],
    ['key', `${known(one.keyType)}${one.keyBits === null ? '' : ` ${one.keyBits}`}`],
    ['issuer', `${known(one.issuer)}${one.selfSigned === true ? ' (self-signed)' : ''}`],
  ];
}

function known(fact: string | number | null): string {
  return fact === null ? 'unknown' : String(fact);
}

function bindingTable(bindings: readonly Binding[]): string {
  return table<Binding>(
    [
      { title: 'REGION', text: (row) => row.region },
      { title: 'LOAD BALANCER', text: (row) => named(row.loadBalancerId, row.loadBalancerName) },
      { title: 'LISTENER', text: (row) => named(row.listenerId, row.listenerDescription) },
      { title: 'SLOT', text: (row) => row.slot },
      { title: 'OWNER', text: (row) => row.ownedBy ?? row.owner },
      { title: 'FINDINGS', text: ({ findings }) => findings.map(({ kind }) => kind).join(', ') },
      { title: 'CONSOLE', text: (row) => row.consoleUrl },
    ],
    bindings,
  );
}

function planned({ listenerId, from, to, toLabel, toNotAfter, waitsFor }: Planned): string {
  const until = toNotAfter === null ? '' : `, until ${toNotAfter}`;
  const wait = waitsFor === null ? 'starts now' : `waits: ${waitsFor}`;
  return onOneLine(`${from} by ${named(to, toLabel)}${until} on ${listenerId}; ${wait}`);
}

function named(id: string, name: string): string {
  return name === '' ? id : `${id} (${name})`;
}
