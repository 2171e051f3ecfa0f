import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assessInventory } from '../../src/domain/assessment.ts';
import type { Planning } from '../../src/domain/planning.ts';
import { problemsOf } from '../../src/domain/problems.ts';
import { render } from '../../src/messages/render.ts';
import { measured, told } from '../adapters/meter/readings.ts';
import {
  aCertificate,
  after,
  aListener,
  anInventory,
  aPolicy,
  days,
  hours,
  today,
} from '../helpers/facts.ts';
import { announcing, reading } from './samples.ts';

interface Look {
  readonly at: string;
  readonly left: number;
  readonly severity: string;
  readonly en: string;
  readonly zh: string;
}

const name = 'www.example.com';

const looks: readonly Look[] = [
  {
    at: '23 h',
    left: hours(23),
    severity: 'critical',
    en: `[critical] Certificate ${name} expires in 23 h`,
    zh: `[严重] 证书 ${name} 将在 23 小时后过期`,
  },
  {
    at: '5 h',
    left: hours(5),
    severity: 'critical',
    en: `[critical] Certificate ${name} expires in 5 h`,
    zh: `[严重] 证书 ${name} 将在 5 小时后过期`,
  },
  {
    at: '0 h',
    left: 0,
    severity: 'expired',
    en: `[expired] Certificate ${name} expired less than 1 h ago`,
    zh: `[已过期] 证书 ${name} 已过期（不到 1 小时）`,
  },
  {
    at: '-5 h',
    left: -hours(5),
    severity: 'expired',
    en: `[expired] Certificate ${name} expired 5 h ago`,
    zh: `[已过期] 证书 ${name} 已过期 5 小时`,
  },
  {
    at: '-3 d',
    left: -days(3),
    severity: 'expired',
    en: `[expired] Certificate ${name} expired 3 days ago`,
    zh: `[已过期] 证书 ${name} 已过期 3 天`,
  },
];

const nothingPlanned: Planning = { plans: [], refused: [] };

for (const look of looks)
  test(`at ${look.at} severity, text and metric are right in both languages`, async () => {
    const notAfter = after(today, look.left);
    const inventory = anInventory({
      listeners: [aListener()],
      certificates: [aCertificate({ notAfter })],
    });
    const bindings = assessInventory(inventory, {
      now: today,
      policies: [aPolicy()],
      planning: nothingPlanned,
      admission: { inFlight: [] },
      additionalLimit: () => 25,
    });

    const problems = problemsOf({
      assessments: bindings,
      planning: nothingPlanned,
      missing: [],
      now: today,
    });
    const [problem] = problems.filter(({ key }) => key.startsWith('expiring/'));
    assert.ok(problem);
    const announcement = announcing(problem.facts, problem.severity);
    const [en, zh] = (['en', 'zh'] as const).map((language) =>
      render(announcement, { ...reading, language }),
    );
    const meter = measured({ stock: { takenAt: today, bindings, missing: [] } });
    const ends = await told(meter, 'cert_not_after_timestamp_seconds');

    assert.equal(problem.severity, look.severity);
    assert.deepEqual([en?.title, zh?.title], [look.en, look.zh]);
    const both = /2026-11-\d\d \d\d:00 Asia\/Shanghai \(2026-11-\d\d \d\d:00 UTC\)/;
    assert.match(en?.body ?? '', both);
    assert.match(zh?.body ?? '', both);
    assert.deepEqual(Object.values(ends), [notAfter.getTime() / 1000]);
    assert.equal((await told(meter, 'bindings'))[look.severity], 1);
  });
