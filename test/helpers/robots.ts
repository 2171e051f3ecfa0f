import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { systemClock } from '../../src/adapters/clock.ts';
import { openSinks, type SinkOptions } from '../../src/adapters/sinks/open.ts';
import type { Language } from '../../src/domain/language.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Sink } from '../../src/ports/sink.ts';
import type { Received } from './receiver.ts';
import { quietLog } from './store.ts';

export const robotSecret = 'SEC-hush';

export type RobotKind = 'slack' | 'dingtalk' | 'feishu' | 'wecom';

export const robotKinds = ['slack', 'dingtalk', 'feishu', 'wecom'] as const satisfies RobotKind[];

/** A robot's sink as the daemon opens it; of those that sign, with a secret. */
export function robot(kind: RobotKind, url: string, clock: Clock = systemClock): Sink {
  return openOne(optionsOf(kind, url, 'en'), clock);
}

/** The same with texts in Chinese. */
export function chineseRobot(kind: RobotKind, url: string): Sink {
  return openOne(optionsOf(kind, url, 'zh'));
}

function optionsOf(kind: RobotKind, url: string, language: Language): SinkOptions {
  const options = {
    name: 'team',
    url,
    timeout: 5_000,
    reach: { loopback: true, linkLocal: false },
    wording: { language, timezone: 'Asia/Shanghai', runbook: 'docs/alerts.md' },
    secret: robotSecret,
  } as const;
  return { kind, ...options };
}

export function openOne(options: SinkOptions, clock: Clock = systemClock): Sink {
  const [sink] = openSinks([options], { log: quietLog, clock });
  return sink ?? assert.fail();
}

/** What a robot says when it took a message. */
export const success: Readonly<Record<RobotKind, string>> = {
  slack: 'ok',
  dingtalk: '{"errcode":0,"errmsg":"ok"}',
  feishu: '{"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"}',
  wecom: '{"errcode":0,"errmsg":"ok"}',
};

/** All that a reader of the message sees, as one text. */
export const shown: Readonly<Record<RobotKind, (request: Received) => string>> = {
  slack: ({ body }) => {
    const [{ blocks }] = JSON.parse(body).attachments;
    const texts = blocks.map((block: SlackBlock) => block.text ?? block.elements?.[0]);
    return texts.map(({ text }: { text: string }) => text).join('\n');
  },
  dingtalk: ({ body }) => JSON.parse(body).text.content,
  feishu: ({ body }) => {
    const { header, elements } = JSON.parse(body).card;
    const [div, note] = elements;
    return [header.title.content, div.text.content, note.elements[0].content].join('\n');
  },
  wecom: ({ body }) => JSON.parse(body).markdown.content.replace(/\*\*<.*?>(.*)<\/font>\*\*/, '$1'),
};

interface SlackBlock {
  readonly text?: { readonly text: string };
  readonly elements?: readonly { readonly text: string }[];
}

/** As DingTalk documents it: milliseconds in the query, key and message both hold the secret. */
export function isSignedForDingTalk({ path }: Received, secret: string, now: Date): boolean {
  const query = new URL(path, 'http://robot').searchParams;
  const timestamp = query.get('timestamp') ?? '';
  const expected = createHmac('sha256', secret).update(`${timestamp}\n${secret}`).digest('base64');
  return query.get('sign') === expected && isWithinAnHour(Number(timestamp), now);
}

/** As Feishu documents it: seconds in the body, time and secret are the key of an empty message. */
export function isSignedForFeishu({ body }: Received, secret: string, now: Date): boolean {
  const { timestamp, sign } = JSON.parse(body);
  const expected = createHmac('sha256', `${timestamp}\n${secret}`).digest('base64');
  return sign === expected && isWithinAnHour(Number(timestamp) * 1_000, now);
}

function isWithinAnHour(timestamp: number, now: Date): boolean {
  return Math.abs(now.getTime() - timestamp) < 3_600_000;
}
