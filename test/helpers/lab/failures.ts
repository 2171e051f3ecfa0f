import type { CallFault } from './cloud.ts';
import type { End } from './judge.ts';
import type { Shape } from './shapes.ts';
import type { Faults } from './world.ts';

/** One thing that goes wrong by itself on one shape of plan, and how the rotation has to end then. */
export interface Failure {
  readonly name: string;
  readonly faults: Faults;
  readonly ends: End;
  /** How else it may end where a process was killed or paused: what went wrong once may be over before it is tried again. */
  readonly orEnds?: readonly End[];
}

/** Everything that can go wrong by itself with a plan of this shape, one thing at a time. */
export function failuresOf(shape: Shape): readonly Failure[] {
  return [
    { name: 'nothing', faults: {}, ends: 'committed' },
    ...endpointFailures(shape),
    ...shape.steps.flatMap((_step, index) => callFailures(index + 1)),
    ...lastingSwaps,
    ...lastingRestores(shape),
    ...inPlace(shape),
    ...expired(shape),
    { name: 'readings that lag', faults: { lag: 400 }, ends: 'committed' },
    {
      name: 'a cloud that is away for a while',
      faults: { reading: { from: 7, to: 12 } },
      ends: 'committed',
    },
  ];
}

/** What condemns the new certificate of this shape. */
export function badCertificate({ pair }: Shape): Faults {
  return pair === 'ca' ? { strangeCa: true } : { untrusted: true };
}

const stuckZone: Faults = { zoneLag: Number.POSITIVE_INFINITY };

function endpointFailures({ pair, slots }: Shape): readonly Failure[] {
  const leaf: readonly Failure[] = [
    {
      name: 'a new leaf without its intermediate',
      faults: { untrusted: true },
      ends: 'rolled-back',
    },
    { name: 'a new leaf without the name', faults: { misnamed: true }, ends: 'rolled-back' },
  ];
  const authority: readonly Failure[] = [
    { name: 'a new CA that refuses the client', faults: { strangeCa: true }, ends: 'rolled-back' },
  ];
  return [
    ...(pair === 'server' ? leaf : []),
    ...(slots.clientAuth ? authority : []),
    { name: 'a zone that follows late', faults: { zoneLag: 12_000 }, ends: 'committed' },
    { name: 'a zone that never follows', faults: stuckZone, ends: 'rolled-back' },
  ];
}

const passing: readonly CallFault[] = [
  'lost-before',
  'lost-after',
  'late',
  'busy',
  'throttled',
  'already-associated',
  'not-associated',
  'job-fails',
];

function callFailures(call: number): readonly Failure[] {
  const named = (fault: CallFault): Pick<Failure, 'name' | 'faults'> => ({
    name: `call ${call}: ${fault}`,
    faults: { calls: { [call]: fault } },
  });
  const refused = call === 1 ? 'refused' : 'rolled-back';
  return [
    ...passing.map((fault) => ({ ...named(fault), ends: 'committed' as const })),
    { ...named('refused'), ends: refused, orEnds: ['committed', 'rolled-back'] },
    { ...named('quota'), ends: refused, orEnds: ['committed', 'rolled-back'] },
    { ...named('job-hangs'), ends: 'needs-operator' },
    {
      name: `call ${call}: late, and none comes through after it`,
      faults: { calls: { [call]: 'late', ...silence(call) } },
      ends: 'rolled-back',
      orEnds: ['committed'],
    },
    {
      name: `call ${call}: very late, and none comes through after it`,
      faults: { calls: { [call]: 'very-late', ...silence(call) } },
      ends: 'rolled-back',
      orEnds: ['needs-operator', 'committed'],
    },
  ];
}

/** The calls that follow under the same token are lost. */
function silence(call: number): Readonly<Record<number, CallFault>> {
  return { [call + 1]: 'lost-before', [call + 2]: 'lost-before', [call + 3]: 'lost-before' };
}

const lastingSwaps: readonly Failure[] = [
  { name: 'all swaps: lost-before', faults: { swaps: 'lost-before' }, ends: 'rolled-back' },
  { name: 'all swaps: lost-after', faults: { swaps: 'lost-after' }, ends: 'committed' },
  { name: 'all swaps: late', faults: { swaps: 'late' }, ends: 'committed' },
  {
    name: 'all swaps: refused',
    faults: { swaps: 'refused' },
    ends: 'refused',
    orEnds: ['rolled-back'],
  },
  { name: 'all swaps: busy', faults: { swaps: 'busy' }, ends: 'refused', orEnds: ['rolled-back'] },
  { name: 'all swaps: job-fails', faults: { swaps: 'job-fails' }, ends: 'rolled-back' },
  { name: 'all swaps: job-hangs', faults: { swaps: 'job-hangs' }, ends: 'needs-operator' },
];

function lastingRestores(shape: Shape): readonly Failure[] {
  const failing: readonly CallFault[] = [
    'lost-before',
    'refused',
    'busy',
    'job-fails',
    'job-hangs',
  ];
  const passes: readonly CallFault[] = ['lost-after', 'late'];
  return [...failing, ...passes].map((fault) => ({
    name: `a bad certificate, all restores: ${fault}`,
    faults: { restores: fault, ...badCertificate(shape) },
    ends: failing.includes(fault) ? 'needs-operator' : 'rolled-back',
  }));
}

function inPlace(shape: Shape): readonly Failure[] {
  return [
    { name: 'the target in place', faults: { landed: true }, ends: 'committed' },
    {
      name: 'a bad target in place',
      faults: { landed: true, ...badCertificate(shape) },
      ends: 'needs-operator',
    },
  ];
}

/** An expired certificate is not put back where a new one is proven; where none is, everything goes back to how it was. */
function expired({ steps }: Shape): readonly Failure[] {
  const last = steps.length;
  const untouched = last === 1 ? 'refused' : 'rolled-back';
  const isProvenBefore = last > 1 && steps[last - 1]?.kind !== 'bind';
  return [
    { name: 'an expired certificate', faults: { oldExpired: true }, ends: 'committed' },
    {
      name: 'an expired certificate and a zone that never follows',
      faults: { ...stuckZone, oldExpired: true },
      ends: 'needs-operator',
    },
    {
      name: 'an expired certificate and a last step that is refused',
      faults: { oldExpired: true, calls: { [last]: 'refused' } },
      ends: isProvenBefore ? 'needs-operator' : untouched,
      orEnds: ['committed', 'rolled-back'],
    },
    {
      name: 'an expired certificate and a last step that is lost',
      faults: { oldExpired: true, calls: { [last]: 'lost-before', ...silence(last) } },
      ends: isProvenBefore ? 'needs-operator' : 'rolled-back',
      orEnds: ['committed'],
    },
  ];
}
