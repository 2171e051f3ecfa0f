import { openAccount } from '../../src/adapters/alibaba/account.ts';
import type { CallRecord } from '../../src/adapters/alibaba/call.ts';
import { systemClock, systemEntropy } from '../../src/adapters/clock.ts';
import { emptyInventory, type Inventory } from '../../src/domain/inventory.ts';
import type { SandboxDescription } from '../../src/sandbox/start.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { ScanDeps } from '../../src/usecases/scan/deps.ts';
import { scan, type ScanResult } from '../../src/usecases/scan/scan.ts';
import { ScanWorld } from './scan-world.ts';

interface SandboxScanOptions {
  readonly regions: readonly string[];
  /** Whether certificates may be asked for their details. */
  readonly useDetail?: boolean;
  /** Share of the documented rates; left out: all of it, null: no rate is kept. */
  readonly rateShare?: number | null;
  readonly clock?: Clock;
  readonly onCall?: (record: CallRecord) => void;
  readonly signal?: AbortSignal;
}

function quiet(): void {}

/** Scans one account of a sandbox, named `main`, without probes; the Inventory is kept between scans. */
export function scannerOf(
  description: SandboxDescription,
  options: SandboxScanOptions,
): () => Promise<ScanResult> {
  const { endpoints, accessKeyId, accessKeySecret } = description;
  const { regions, useDetail = false, rateShare = 1, clock = systemClock } = options;
  const account = openAccount(
    {
      name: 'main',
      credentials: { kind: 'keys', accessKeyId, accessKeySecret, securityToken: null },
      regions,
      endpoints,
      timeouts: { attemptMs: 5_000, totalMs: 15_000 },
      rateShare,
      ownerTags: [],
      useDetail,
    },
    {
      clock,
      entropy: systemEntropy,
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      onCall: options.onCall ?? quiet,
    },
  );
  let inventory: Inventory = emptyInventory;
  const deps: ScanDeps = {
    ...new ScanWorld({}).deps(),
    clock,
    accounts: [account],
    book: {
      read: async () => inventory,
      save: async (next) => {
        inventory = next;
      },
    },
  };
  const { signal = new AbortController().signal } = options;
  return () => scan(deps, { probe: false }, signal);
}
