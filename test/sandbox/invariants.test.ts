import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import type { RunningSandbox } from '../../src/sandbox/start.ts';
import { type Move, nextMove, pick, randomFrom } from './invariants-moves.ts';
import {
  codeOf,
  type Nlb,
  nlbCaller,
  post,
  type Reply,
  shake,
  smallSandbox,
  type State,
  stateOfSandbox,
  until,
} from './support.ts';

const rounds = 70;
const seeds = [1, 20_261_122, Date.now() % 1_000_000_000];

let sandbox: RunningSandbox;
let clients: readonly Nlb[];
let certificates: readonly string[];
before(async () => {
  // Long enough for the next write to meet it, short enough for the one after that to find it over.
  sandbox = await smallSandbox({ jobMillis: 12, propagationMillis: 5 });
  clients = [nlbCaller(sandbox), nlbCaller(sandbox), nlbCaller(sandbox)];
});
after(() => sandbox.close());

for (const seed of seeds) {
  test(`whatever three clients write, no limit is passed and served becomes what is bound (seed ${seed})`, async () => {
    await post(sandbox, '/reset', {});
    await crowdPartner();
    await remakeCertificates();
    const play = new Play(randomFrom(seed));

    for (let round = 0; round < rounds; round += 1) {
      const state = await stateOfSandbox(sandbox);
      assertSound(state);
      await Promise.all(clients.map((client) => play.turn(client, state)));
      await assertListed(state);
    }

    const settled = await until(async () => {
      const state = await stateOfSandbox(sandbox);
      return state.listeners.every(isAtRest) ? state : null;
    });
    assertSound(settled);
    assert.ok(play.accepted > rounds / 2, `only ${play.accepted} writes went through`);
    await assertServesWhatIsBound(settled);
  });
}

/** The limit of listeners is out of reach otherwise. */
async function crowdPartner(): Promise<void> {
  const nlb = nlbCaller(sandbox);
  const made = Array.from({ length: 44 }, (_, index) =>
    nlb('CreateListener', {
      LoadBalancerId: 'nlb-smallpartner001',
      ListenerProtocol: 'TCP',
      ListenerPort: 6000 + index,
      ServerGroupId: 'sgp-smallpartner001',
    }),
  );
  await Promise.all(made);
}

async function remakeCertificates(): Promise<void> {
  const made = Array.from({ length: 32 }, (_, index) =>
    post(sandbox, '/certificates', { names: [`n${index}.example.com`], name: `n${index}` }),
  );
  certificates = (await Promise.all(made)).map((reply) => String(reply.body['id']));
}

interface Done {
  readonly move: Move;
  readonly token: string;
  readonly reply: Reply;
}

/** What the clients know of each other's writes. */
class Play {
  accepted = 0;
  readonly #random: () => number;
  readonly #done: Done[] = [];
  /** The last job each listener is known to have taken. */
  readonly #jobs = new Map<unknown, unknown>();
  #tokens = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  async turn(client: Nlb, state: State): Promise<void> {
    const luck = this.#random();
    const known = this.#done.length === 0 ? null : pick(this.#done, this.#random);
    if (known !== null && luck < 0.1) return this.#repeat(client, known);
    if (known !== null && luck < 0.15) return this.#reuse(client, known);
    const move = nextMove({ random: this.#random, state, certificates });
    if (luck < 0.25) return this.#rehearse(client, move);
    if (luck < 0.6) {
      await this.#write(client, move, {});
      return;
    }
    this.#tokens += 1;
    await this.#twice(client, move, `token-${this.#tokens}`);
  }

  /** The same request under the same token gets the first reply, its job long over or not. */
  async #repeat(client: Nlb, { move, token, reply }: Done): Promise<void> {
    const again = await client(move.action, { ...move.fields, ClientToken: token });
    assert.equal(again['JobId'], reply['JobId']);
  }

  async #reuse(client: Nlb, { move, token }: Done): Promise<void> {
    const other = { ...move.fields, DryRun: true, ClientToken: token };
    assert.equal(await codeOf(client(move.action, other)), 'IdempotenceSignatureMismatch');
  }

  async #rehearse(client: Nlb, move: Move): Promise<void> {
    const code = await codeOf(client(move.action, { ...move.fields, DryRun: true }));
    assert.ok(code === 'DryRunOperation' || isRefusal(code), code);
  }

  /** Two clients with one token: whatever goes through is the same job. */
  async #twice(client: Nlb, move: Move, token: string): Promise<void> {
    const fields = { ClientToken: token };
    const other = pick(clients, this.#random);
    const [first, second] = await Promise.all([
      this.#write(client, move, fields),
      this.#write(other, move, fields),
    ]);
    const reply = first ?? second;
    if (first !== null && second !== null) assert.equal(first['JobId'], second['JobId']);
    if (reply !== null) this.#done.push({ move, token, reply });
  }

  async #write(client: Nlb, move: Move, extra: Move['fields']): Promise<Reply | null> {
    const listener = move.fields['ListenerId'];
    const earlier = this.#jobs.get(listener);
    const ids = move.fields['AdditionalCertificateIds'];
    let reply: Reply;
    try {
      reply = await client(move.action, { ...move.fields, ...extra });
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      assert.ok(isRefusal(code), `${move.action} ${code}`);
      return null;
    }
    this.accepted += 1;
    assert.ok(!Array.isArray(ids) || ids.length <= 15, 'sixteen certificates in one call');
    if (earlier !== undefined && earlier !== reply['JobId']) {
      // The listener took this write, so what it took before must be over.
      const { Status } = await client('GetJobStatus', { JobId: earlier });
      assert.equal(Status, 'Succeeded', `${move.action} was taken too early`);
    }
    this.#jobs.set(reply['ListenerId'] ?? listener, reply['JobId']);
    return reply;
  }
}

const refusals =
  /^(IncorrectStatus|ResourceNotFound|ResourceAlreadyAssociated|ResourceNotAssociated|QuotaExceeded|OperationDenied|Conflict\.Port|IllegalParam|IllegalParamSize)(\.|$)/;

function isRefusal(code: string): boolean {
  return refusals.test(code) || code === 'Conflict.Port';
}

function isAtRest({ status }: { status: string }): boolean {
  return status === 'Running' || status === 'Stopped';
}

function assertSound(state: State): void {
  for (const { id } of state.loadBalancers) {
    const own = state.listeners.filter((each) => each.loadBalancerId === id);
    const additional = own.reduce((sum, each) => sum + each.slots.additional.length, 0);
    assert.ok(own.length <= 50, `${own.length} listeners on ${id}`);
    assert.ok(additional <= 25, `${additional} additional certificates on ${id}`);
  }
  for (const { id, protocol, status, slots } of state.listeners) {
    const rows = slots.additional;
    const ids = [slots.default, ...rows.map((row) => row.certificateId)];
    assert.equal(new Set(ids).size, ids.length, `${id} has a certificate twice`);
    assert.equal(typeof slots.default === 'string', protocol === 'TCPSSL', id);
    const moving = rows.filter((row) => row.status !== 'Associated');
    assert.ok(
      moving.length === 0 || status === 'Configuring',
      `${id} is ${status} and a row moves`,
    );
    assert.ok(new Set(moving.map((row) => row.status)).size <= 1, `${id} moves both ways`);
  }
}

const Rows = z.array(
  z.object({ CertificateType: z.enum(['Server', 'Ca']), IsDefault: z.boolean() }),
);

/** As a client sees it: one default, at most one CA. */
async function assertListed(state: State): Promise<void> {
  const [client] = clients;
  for (const { id } of state.listeners.filter((each) => each.protocol === 'TCPSSL')) {
    const ask = client?.('ListListenerCertificates', { ListenerId: id, MaxResults: 50 });
    const reply = await ask?.catch(() => null);
    if (reply === null || reply === undefined) continue;
    const rows = Rows.parse(reply['Certificates']);
    const servers = rows.filter((row) => row.CertificateType === 'Server');
    assert.equal(servers.filter((row) => row.IsDefault).length, 1, id);
    assert.ok(rows.length - servers.length <= 1, id);
  }
}

/** Asks every zone of every running listener for each name bound there, and for none. */
async function assertServesWhatIsBound(state: State): Promise<void> {
  const byId = new Map(state.certificates.map((each) => [each.id, each]));
  // Who must bring a certificate shows what it serves to those who bring one.
  const { clientCertificateFile, clientKeyFile } = sandbox.description;
  const identity = { cert: readFileSync(clientCertificateFile), key: readFileSync(clientKeyFile) };
  for (const { id } of state.listeners.filter(isServing)) {
    await until(async () => {
      const now = (await stateOfSandbox(sandbox)).listeners.find((each) => each.id === id);
      const rows = now?.slots.additional ?? [];
      const bound = [now?.slots.default ?? '', ...rows.map((row) => row.certificateId)];
      const asked = (now?.serving ?? []).flatMap((point) => [
        { point, servername: '', wanted: byId.get(bound[0] ?? '')?.fingerprint256 },
        ...bound.slice(0, 6).map((each) => ({
          point,
          servername: byId.get(each)?.names[0] ?? '',
          wanted: byId.get(each)?.fingerprint256,
        })),
      ]);
      const seen = await Promise.all(
        asked.map(({ point, servername }) =>
          shake(point, { ...identity, ...(servername === '' ? {} : { servername }) }),
        ),
      );
      const right = seen.every((each, index) => each.fingerprint === asked[index]?.wanted);
      return asked.length > 0 && right ? true : null;
    });
  }
}

function isServing(listener: State['listeners'][number]): boolean {
  return listener.protocol === 'TCPSSL' && listener.status === 'Running';
}
