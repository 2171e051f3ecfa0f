import { ApiError } from './api-error.ts';
import { gatewayError } from './refusals.ts';
import type { ProductApi } from './operation.ts';
import type { Rate } from './rate.ts';

/**
 * Counts the calls of one account. The window slides, which is the strictest reading of a documented rate: a client that
 * keeps it here keeps it whichever way the cloud counts. It goes by the machine's time, which no fault makes jump.
 */
export class RateLimits {
  readonly #recent = new Map<string, number[]>();
  readonly #now: () => number;

  /** `now` tells milliseconds that only grow. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Counts a call, or throws the refusal and does not count it, when the action was called too often in this region. */
  admit(action: string, region: string, api: ProductApi): void {
    const rate = api.rates[action] ?? null;
    if (rate !== null && !this.#counts(`${api.product} ${region} ${action}`, rate)) {
      throw throttled(action, api);
    }
  }

  #counts(key: string, rate: Rate): boolean {
    const now = this.#now();
    const recent = (this.#recent.get(key) ?? []).filter((at) => at > now - rate.millis);
    const admitted = recent.length < rate.calls;
    this.#recent.set(key, admitted ? [...recent, now] : recent);
    return admitted;
  }
}

/** CloudMonitor has a code and a status of its own for some actions; everything else answers as the gateway does. */
function throttled(action: string, api: ProductApi): ApiError {
  const own = api.errors[action]?.find(({ code }) => code.startsWith('Throttling'));
  return own === undefined
    ? gatewayError('Throttling.User')
    : new ApiError(own.code, own.message, { status: own.status });
}
