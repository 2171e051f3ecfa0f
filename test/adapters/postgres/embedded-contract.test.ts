import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { openEmbedded } from '../../../src/adapters/postgres/open.ts';
import type { OpenedStore } from '../../../src/ports/queue.ts';
import { testStreams, testValues } from '../../contract/store.ts';

let dataDir: string;
let opened: OpenedStore;

before(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'newleaf-data-'));
  opened = await openEmbedded({ dataDir });
});
after(async () => {
  await opened.close();
  await rm(dataDir, { recursive: true, force: true });
});

testStreams('embedded', () => opened.store);
testValues('embedded', () => opened.store);
