import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digest } from '../../src/messages/digest.ts';
import { render } from '../../src/messages/render.ts';
import { aBinding, expiryFacts } from '../helpers/alerts.ts';
import { after, days, hours, today } from '../helpers/facts.ts';
import { goldenText } from './golden.ts';
import { announcing, reading, samples } from './samples.ts';

const inChinese = { ...reading, language: 'zh' } as const;

test('what is left is said in days, below two days in hours, and afterwards as what has passed', () => {
  const said: readonly (readonly [number, string])[] = [
    [days(29) + hours(23), '将在 29 天后过期'],
    [days(2), '将在 2 天后过期'],
    [days(2) - 1, '将在 47 小时后过期'],
    [hours(23), '将在 23 小时后过期'],
    [hours(1) - 1, '将在 1 小时内过期'],
    [0, '已过期（不到 1 小时）'],
    [-hours(5), '已过期 5 小时'],
    [-days(3), '已过期 3 天'],
  ];

  for (const [left, words] of said) {
    const facts = expiryFacts({ notAfter: after(today, left) });
    const { title } = render(announcing(facts, 'warning'), inChinese);
    assert.equal(title, `[警告] 证书 shop.example.com ${words}`);
  }
});

test('a certificate is called by its first name and the number of all, a CA by its label', () => {
  const { certificate } = expiryFacts();
  const called = (names: readonly string[], label: string): string =>
    render(
      announcing(expiryFacts({ certificate: { ...certificate, names, label } }), 'warning'),
      inChinese,
    ).title;

  assert.match(called(['a.test', 'b.test', 'c.test'], ''), /证书 a\.test 等 3 个域名将在/);
  assert.match(called([], 'Partner CA'), /证书 Partner CA（101-cn-hangzhou）将在/);
  assert.match(called([], ''), /证书 101-cn-hangzhou 将在/);
});

test('a digest counts by severity and names what is affected more than once', () => {
  const bindings = [aBinding(), aBinding({ port: 8443 })];
  const [expired] = samples.expired;
  const announcements = [
    announcing(expiryFacts({ bindings }), 'warning'),
    announcing(expired, 'expired'),
    announcing(expiryFacts(), 'info', { status: 'resolved', resolvedAt: today }),
  ];

  const { title, lines } = digest({ announcements, reason: 'first' }, { ...inChinese, most: 2 });

  assert.equal(title, 'newleaf 启动时的现状：3 条告警（已过期 1，警告 1，已恢复 1）');
  assert.deepEqual(lines, [
    '[已过期] 证书 shop.example.com 已过期 5 小时',
    '[警告] 证书 shop.example.com 将在 6 天后过期（2 处绑定）',
    '另有 1 项未列出',
  ]);
});

test('no English is left where a reader of Chinese would not expect it', () => {
  const english = goldenText('zh')
    .split('\n')
    .filter((line) => !/^(##|可执行|处理手册)/.test(line))
    // What only its source can word is quoted: a receiver's answer, a setting of the store, a person's note.
    .filter((line) => !/^(原因：|自 .* 起失败|已由 )/.test(line))
    .flatMap((line) => line.match(/[a-z]+ [a-z]+ [a-z]+/g) ?? []);

  assert.deepEqual(english, []);
});
