import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Sink } from '../../ports/sink.ts';
import { type LogOptions, openLogSink } from './log.ts';
import { openWebhook, type WebhookOptions } from './webhook.ts';

/** One configured sink, secrets filled in. */
export type SinkOptions =
  | ({ readonly kind: 'log' } & LogOptions)
  | ({ readonly kind: 'webhook' } & WebhookOptions);

/** Opens every configured sink. Nothing is connected before the first delivery. */
export function openSinks(
  options: readonly SinkOptions[],
  deps: { readonly log: Log; readonly clock: Clock },
): readonly Sink[] {
  return options.map((sink) => openSink(sink, deps));
}

function openSink(
  options: SinkOptions,
  { log, clock }: { readonly log: Log; readonly clock: Clock },
): Sink {
  switch (options.kind) {
    case 'log':
      return openLogSink(options, log);
    case 'webhook':
      return openWebhook(options, clock);
  }
}
