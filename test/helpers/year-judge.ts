import assert from 'node:assert/strict';
import { days, hours } from './facts.ts';
import type { Heard, YearSink } from './year-installation.ts';
import { type Expected, isNight, nextMorning, type Oracle } from './year-oracle.ts';

const prefix = 'expiring/main/cn-hangzhou/';
const patience = 60_000;

/** Judges what a sink has heard since the last time: nothing twice, nothing false, nothing at the wrong hour. */
export function assertTold(sink: YearSink, oracle: Oracle): void {
  for (const heard of sink.fresh.splice(0)) {
    const { key, id } = heard.said;
    const where = `${sink.name} heard ${id} at ${new Date(heard.at).toISOString()}`;
    const before = sink.last.get(key);
    if (heard.reason !== 'refresh') assertOnce(sink, heard, before, where);
    if (key.startsWith(prefix)) assertTrue(sink, heard, before, { oracle, where });
    sink.last.set(key, heard);
  }
}

function assertOnce(
  sink: YearSink,
  { said }: Heard,
  before: Heard | undefined,
  where: string,
): void {
  const times = sink.news.get(said.id) ?? 0;
  sink.news.set(said.id, times + 1);
  assert.ok(times === 0 || sink.unrecorded.has(said.id), `${where}, for the second time`);
  if (said.status !== 'resolved' || times > 0) return;
  // What was sent and not confirmed may have arrived: then its end is told, so that nobody waits for it in vain.
  const isUncertain = sink.tried.has(said.key) || sink.lastDeath >= (before?.at ?? 0);
  const mayKnow = before?.said.status === 'firing' || isUncertain;
  assert.ok(mayKnow, `${where}, which it did not know to fire`);
}

function assertTrue(
  sink: YearSink,
  heard: Heard,
  before: Heard | undefined,
  { oracle, where }: { readonly oracle: Oracle; readonly where: string },
): void {
  const { said, at } = heard;
  const id = said.key.slice(prefix.length);
  const expected = oracle.expected.get(id) ?? assert.fail(`${where}: nobody expected that`);
  if (said.status === 'resolved') {
    const seen = oracle.overAt.get(id);
    assert.ok(seen?.has(said.resolvedAt?.getTime() ?? 0), `${where}, but it was not over`);
  }
  const isUrgent = said.severity === 'critical' || said.severity === 'expired';
  if (sink.name === 'team' && !isUrgent) assert.ok(!isNight(at), `${where}, at night`);
  assertOccasion(sink, heard, before, { expected, where });
}

function assertOccasion(
  sink: YearSink,
  heard: Heard,
  before: Heard | undefined,
  { expected, where }: { readonly expected: Expected; readonly where: string },
): void {
  const { said, at } = heard;
  const kind = said.occasion?.kind ?? 'news';
  if (said.status === 'resolved') return;
  if (kind !== 'news') assert.ok(!expected.acknowledged, `${where} although somebody has answered`);
  if (kind === 'repeat') return assertRepeat(heard, before, where);
  assert.equal(kind === 'escalation', sink.name === 'boss', `${where}, which was not for it`);
  if (kind === 'escalation') assert.ok(at - expected.earliest >= hours(6), `${where}, too soon`);
}

function assertRepeat({ said, at }: Heard, before: Heard | undefined, where: string): void {
  const last = before?.at ?? assert.fail(`${where} without a beginning`);
  assert.ok(said.severity === 'critical' || said.severity === 'expired', where);
  assert.ok(at - last >= days(1) || before?.said.id === said.id, `${where}, too soon`);
}

/** Judges that a sink with which all is well knows all it must. */
export function assertSettled(sink: YearSink, oracle: Oracle, now: number): void {
  for (const [id, expected] of oracle.expected) {
    const heard = sink.last.get(`${prefix}${id}`);
    const where = `${sink.name} at ${new Date(now).toISOString()} about ${id}`;
    if (!mustKnow(sink, expected, now)) continue;
    if (!expected.firing) {
      assert.notEqual(heard?.said.status, 'firing', `${where}: it is over`);
      continue;
    }
    if (sink.name === 'boss' && !isEscalated(expected, now)) continue;
    assert.equal(heard?.said.status, 'firing', `${where}: ${expected.level} is unannounced`);
    assert.equal(heard?.said.severity, expected.level, `${where}: another threshold`);
    assertKept(sink, heard, expected, { now, where });
  }
}

/** What fires is told again: to a pager so that it does not forget, to people while nobody answers. */
function assertKept(
  sink: YearSink,
  heard: Heard | undefined,
  { level, acknowledged }: Expected,
  { now, where }: { readonly now: number; readonly where: string },
): void {
  const since = now - (heard?.at ?? 0);
  if (sink.style === 'state') return assert.ok(since <= hours(2) + patience, `${where}: forgotten`);
  const isUrgent = level === 'critical' || level === 'expired';
  if (isUrgent && !acknowledged) assert.ok(since <= days(1) + patience, `${where}: not repeated`);
}

/** Whether neither the night nor the digest is a reason for not having heard. */
function mustKnow({ name, style }: YearSink, { level, latest }: Expected, now: number): boolean {
  if (now < latest) return false;
  if (style === 'state' || name === 'boss') return true;
  const isPatient = level === 'info' && now < nextMorning(latest);
  const sleeps = name === 'team' && (level === 'info' || level === 'warning') && isNight(now);
  return !isPatient && !sleeps;
}

function isEscalated({ level, latest, acknowledged }: Expected, now: number): boolean {
  const heardAt = level === 'info' ? nextMorning(latest) : latest;
  return !acknowledged && now >= heardAt + hours(6);
}
