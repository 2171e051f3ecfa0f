import cms from '@alicloud/cms20190101';
import { z } from 'zod';
import { NewleafError } from '../../domain/errors.ts';
import type { Clock, Entropy } from '../../ports/clock.ts';
import type { Monitor, MonitorEvent, MonitorValue } from '../../ports/monitor.ts';
import { Caller, type CallRecord, type CallTimeouts } from './call.ts';
import { Clients, type Endpoints } from './clients.ts';
import { meaningOf } from './codes.ts';
import type { CredentialSource } from './credentials.ts';
import type { CallName } from './errors.ts';
import { RateLimits } from './rates.ts';
import { maybeText, reader, type Reply } from './replies.ts';

export interface MonitorOptions {
  readonly account: string;
  readonly region: string;
  readonly credentials: CredentialSource;
  readonly endpoints: Endpoints;
  readonly timeouts: CallTimeouts;
  readonly rateShare: number | null;
}

export interface MonitorDeps {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly onCall: (record: CallRecord) => void;
}

/** The metadata allows 50 events and 100 values; the pages say 21 values. */
const limits = { eventsPerCall: 50, valuesPerCall: 20, period: 300_000 } as const;

/** No application group. */
const noGroup = '0';
/** Reported as an aggregate: raw values are billed. */
const aggregated = '1';

/** CloudMonitor (CMS 2019-01-01) of one account and region. Nothing is called before the first use. */
export function openMonitor(options: MonitorOptions, deps: MonitorDeps): Monitor {
  const { account, region, timeouts } = options;
  const rates = new RateLimits(deps.clock, options.rateShare);
  const caller = new Caller({ account, rates, timeouts, ...deps });
  const client = new Clients({ ...options, attemptMs: timeouts.attemptMs }).cms(region);
  const call = { kind: 'write', region, read: accepted } as const;
  return {
    limits,
    putEvents: (events, signal) => {
      const request = new cms.PutCustomEventRequest({ eventInfo: events.map(eventOf) });
      const send = (): Promise<Reply> => client.putCustomEvent(request);
      return caller.call({ ...call, action: 'PutCustomEvent', send }, signal);
    },
    putValues: (values, signal) => {
      const request = new cms.PutCustomMetricRequest({ metricList: values.map(valueOf) });
      const send = (): Promise<Reply> => client.putCustomMetric(request);
      return caller.call({ ...call, action: 'PutCustomMetric', send }, signal);
    },
  };
}

function eventOf({ name, content, at }: MonitorEvent) {
  return new cms.PutCustomEventRequestEventInfo({
    eventName: name,
    content,
    groupId: noGroup,
    time: String(at.getTime()),
  });
}

function valueOf({ name, dimensions, value, at }: MonitorValue) {
  return new cms.PutCustomMetricRequestMetricList({
    metricName: name,
    groupId: noGroup,
    dimensions: JSON.stringify(dimensions),
    type: aggregated,
    period: String(limits.period / 1000),
    values: JSON.stringify({ value, Average: value, Minimum: value, Maximum: value }),
    time: String(at.getTime()),
  });
}

const readReply = reader(z.object({ code: maybeText, requestId: maybeText.catch(null) }));

/** A failure may come inside HTTP 200: `Code` decides. */
function accepted(body: unknown, call: CallName): void {
  const { code: cloudCode, requestId } = readReply(body, call);
  if (cloudCode === '200') return;
  const status = cloudCode !== null && /^[45]\d\d$/.test(cloudCode) ? Number(cloudCode) : 400;
  const { code, definite } = meaningOf(cloudCode, status);
  throw new NewleafError(code, `calling ${call.action} in ${call.region} failed inside HTTP 200`, {
    fields: { ...call, cloudCode, requestId, status: 200, definite },
  });
}
