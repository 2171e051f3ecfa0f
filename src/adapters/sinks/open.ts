import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Monitor } from '../../ports/monitor.ts';
import type { Sink } from '../../ports/sink.ts';
import { type AlertmanagerOptions, openAlertmanager } from './alertmanager.ts';
import { type CloudMonitorOptions, openCloudMonitor } from './cloudmonitor.ts';
import { type DingTalkOptions, openDingTalk } from './dingtalk.ts';
import { type EmailOptions, openEmail } from './email.ts';
import { type FeishuOptions, openFeishu } from './feishu.ts';
import { type LogOptions, openLogSink } from './log.ts';
import { openPagerDuty, type PagerDutyOptions } from './pagerduty.ts';
import type { RobotOptions } from './robot.ts';
import { openSlack } from './slack.ts';
import { openWebhook, type WebhookOptions } from './webhook.ts';
import { openWeCom } from './wecom.ts';

/** One configured sink, secrets filled in. */
export type SinkOptions =
  | ({ readonly kind: 'log' } & LogOptions)
  | ({ readonly kind: 'webhook' } & WebhookOptions)
  | ({ readonly kind: 'alertmanager' } & AlertmanagerOptions)
  | ({ readonly kind: 'pagerduty' } & PagerDutyOptions)
  | ({ readonly kind: 'email' } & EmailOptions)
  | ({ readonly kind: 'cloudmonitor'; readonly monitor: Monitor } & CloudMonitorOptions)
  | ({ readonly kind: 'slack' } & RobotOptions)
  | ({ readonly kind: 'dingtalk' } & DingTalkOptions)
  | ({ readonly kind: 'feishu' } & FeishuOptions)
  | ({ readonly kind: 'wecom' } & RobotOptions);

export interface SinkDeps {
  readonly log: Log;
  readonly clock: Clock;
}

/** Opens every configured sink. Nothing is connected before the first delivery. */
export function openSinks(options: readonly SinkOptions[], deps: SinkDeps): readonly Sink[] {
  return options.map((sink) => openSink(sink, deps));
}

function openSink(options: SinkOptions, { log, clock }: SinkDeps): Sink {
  switch (options.kind) {
    case 'log':
      return openLogSink(options, log);
    case 'webhook':
      return openWebhook(options, clock);
    case 'alertmanager':
      return openAlertmanager(options, clock);
    case 'pagerduty':
      return openPagerDuty(options, clock);
    case 'email':
      return openEmail(options, log);
    case 'cloudmonitor':
      return openCloudMonitor(options, options.monitor);
    case 'slack':
      return openSlack(options, clock);
    case 'dingtalk':
      return openDingTalk(options, clock);
    case 'feishu':
      return openFeishu(options, clock);
    case 'wecom':
      return openWeCom(options, clock);
  }
}
