import { openAccount } from '../../src/adapters/alibaba/account.ts';
import { systemClock, systemEntropy } from '../../src/adapters/clock.ts';
import { emptyInventory, type Inventory } from '../../src/domain/inventory.ts';
import type { SandboxDescription } from '../../src/sandbox/start.ts';
import type { ScanDeps } from '../../src/usecases/scan/deps.ts';
import { scan, type ScanResult } from '../../src/usecases/scan/scan.ts';
import { ScanWorld } from './scan-world.ts';

interface SandboxScanOptions {
  readonly regions: readonly string[];
  /** Whether certificates may be asked for their details. */
  readonly useDetail?: boolean;
}

function quiet(): void {}

/** Scans one account of a sandbox, without probes, at the full documented rates; the Inventory is kept between scans. */
export function scannerOf(
  description: SandboxDescription,
  { regions, useDetail = false }: SandboxScanOptions,
): () => Promise<ScanResult> {
  const { endpoints, accessKeyId, accessKeySecret } = description;
  const account = openAccount(
    {
      name: 'main',
      credentials: { kind: 'keys', accessKeyId, accessKeySecret, securityToken: null },
      regions,
      endpoints,
      timeouts: { attemptMs: 5_000, totalMs: 15_000 },
      rateShare: 1,
      ownerTags: [],
      useDetail,
    },
    {
      clock: systemClock,
      entropy: systemEntropy,
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      onCall: quiet,
    },
  );
  let inventory: Inventory = emptyInventory;
  const deps: ScanDeps = {
    ...new ScanWorld({}).deps(),
    clock: systemClock,
    accounts: [account],
    book: {
      read: async () => inventory,
      save: async (next) => {
        inventory = next;
      },
    },
  };
  const { signal } = new AbortController();
  return () => scan(deps, { probe: false }, signal);
}
