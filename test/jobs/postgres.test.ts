import { after, before } from 'node:test';
import { openPostgres } from '../../src/adapters/postgres/open.ts';
import type { OpenedStore } from '../../src/ports/queue.ts';
import { postgresBin, startPostgres, type TestPostgres } from '../helpers/postgres.ts';
import { quietLog } from '../helpers/store.ts';
import { type Bench, openBench, testJobs } from './suite.ts';

// Not registered at all where there is no server to test with.
if (postgresBin !== null) {
  const bin = postgresBin;
  let server: TestPostgres;
  let infra: OpenedStore;
  let bench: Bench;

  before(async () => {
    server = await startPostgres(bin);
    infra = await openPostgres({ url: server.url, log: quietLog });
    bench = await openBench(infra.queue);
  });
  after(async () => {
    await bench.close();
    await infra.close();
    await server.dispose();
  });

  testJobs('postgres', () => bench);
}
