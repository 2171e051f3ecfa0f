import type { ScanDocument } from '../api/scan.ts';

type Binding = ScanDocument['bindings'][number];

/** An address that clients are sent to and that showed no certificate to any question. */
export interface SilentAddress {
  readonly listenerId: string;
  /** `address:port` */
  readonly address: string;
  readonly zone: string;
  /** Why the last look failed, e.g. `refused`. */
  readonly reason: string;
}

/** Of every running listener; what is outside the vantage was not asked and is not silent. */
export function silentAddresses(bindings: readonly Binding[]): readonly SilentAddress[] {
  const looks = new Map<string, SilentAddress & { readonly answered: boolean }>();
  for (const binding of bindings) {
    if (binding.status !== 'running') continue;
    const { account, region, loadBalancerId, listenerId } = binding;
    for (const { active, address, zone, error } of binding.served) {
      if (!active || error === 'outside-vantage') continue;
      const key = [account, region, loadBalancerId, listenerId, address].join('/');
      const answered = error === undefined || looks.get(key)?.answered === true;
      looks.set(key, { listenerId, address, zone, reason: error ?? '', answered });
    }
  }
  return [...looks.values()].flatMap(({ answered, ...address }) => (answered ? [] : [address]));
}

/** What is known of it, as one clause. */
export function silence({ listenerId, address, zone, reason }: SilentAddress): string {
  return `${listenerId} gives no certificate at ${address} in ${zone}: ${reason}`;
}
