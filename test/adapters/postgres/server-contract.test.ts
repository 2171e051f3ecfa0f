import { after, before } from 'node:test';
import { openPostgres } from '../../../src/adapters/postgres/open.ts';
import type { OpenedStore } from '../../../src/ports/queue.ts';
import { testStreams, testValues } from '../../contract/store.ts';
import { postgresBin, startPostgres, type TestPostgres } from '../../helpers/postgres.ts';
import { quietLog } from '../../helpers/store.ts';

// Not registered at all where there is no server to test with.
if (postgresBin !== null) {
  const bin = postgresBin;
  let server: TestPostgres;
  let opened: OpenedStore;

  before(async () => {
    server = await startPostgres(bin);
    opened = await openPostgres({ url: server.url, log: quietLog });
  });
  after(async () => {
    await opened.close();
    await server.dispose();
  });

  testStreams('postgres', () => opened.store);
  testValues('postgres', () => opened.store);
}
