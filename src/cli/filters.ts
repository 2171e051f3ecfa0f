import { type Command, InvalidArgumentError } from 'commander';
import type { ScanFilter } from '../api/filter.ts';
import { parseDuration } from '../config/duration.ts';
import type { Millis } from '../domain/certificate.ts';
import { findingKinds } from '../domain/findings.ts';

/** The filters as commander hands them over. */
export interface FilterOptions {
  readonly region?: readonly string[];
  readonly account?: readonly string[];
  readonly listener?: readonly string[];
  readonly expiringWithin?: Millis;
  readonly findings?: readonly string[];
}

/** Adds the filters that every listing of bindings takes. Values are repeated or separated by commas. */
export function addFilters(command: Command, about: { readonly region: string }): Command {
  return command
    .option('--region <region...>', about.region, listed)
    .option('--account <name...>', 'only these accounts', listed)
    .option('--listener <listener...>', 'only these listeners, by id or key', listed)
    .option('--expiring-within <duration>', 'only what ends within 30d, 12h …', lengthOf)
    .option(
      '--findings <kind...>',
      'only bindings with one of these findings, or any',
      listedFrom(['any', ...findingKinds]),
    );
}

export function filterFrom(options: FilterOptions): ScanFilter {
  return {
    regions: options.region ?? null,
    accounts: options.account ?? null,
    listeners: options.listener ?? null,
    expiringWithin: options.expiringWithin ?? null,
    findings: options.findings ?? null,
  };
}

/** A duration of the command line in milliseconds. */
export function lengthOf(text: string): Millis {
  const length = parseDuration(text);
  if (length === null) throw new InvalidArgumentError('write a length of time such as 30d or 12h.');
  return length;
}

/** Values that are repeated or separated by commas. */
export function listed(text: string, before: readonly string[] | undefined): readonly string[] {
  const values = text.split(',').map((value) => value.trim());
  return [...(before ?? []), ...values.filter((value) => value !== '')];
}

/** As `listed`, of these words only. */
export function listedFrom(words: readonly string[]): typeof listed {
  return (text, before) => {
    const values = listed(text, undefined);
    const unknown = values.find((value) => !words.includes(value));
    if (unknown !== undefined)
      throw new InvalidArgumentError(`there is no ${unknown}; use ${words.join(', ')}.`);
    return [...(before ?? []), ...values];
  };
}
