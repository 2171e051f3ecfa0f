import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { openEmbedded } from '../../src/adapters/postgres/open.ts';
import type { OpenedStore } from '../../src/ports/queue.ts';
import { type Bench, openBench, testJobs } from './suite.ts';

let dataDir: string;
let infra: OpenedStore;
let bench: Bench;

before(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'newleaf-data-'));
  infra = await openEmbedded({ dataDir });
  bench = await openBench(infra.queue);
});
after(async () => {
  await bench.close();
  await infra.close();
  await rm(dataDir, { recursive: true, force: true });
});

testJobs('embedded', () => bench);
