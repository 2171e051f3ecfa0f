import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { connect, createSecureContext } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { systemClock } from '../../src/adapters/clock.ts';
import { openProber } from '../../src/adapters/tls/prober.ts';
import { anEndpoint } from '../helpers/facts.ts';
import type { Bench, Report } from './bench.ts';
import {
  cpuTimed,
  figure,
  inParallel,
  median,
  type Millis,
  perSecond,
  ratio,
  rounds,
  timed,
} from './measure.ts';

const run = promisify(execFile);

const openssl = 'openssl';
const program = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const listenerId = 'lsn-smallweb0000001@8443';
const serverName = 'www.example.com';
const atOnce = 16;
const repeats = 5;

/** How many handshakes make a round; a process each is dear. */
const perRound = { prober: 300, node: 300, openssl: 60 } as const;

/** What it costs to look at an endpoint, beside the tools people would write a script with. */
export const probes: Bench = {
  name: 'probes',
  about:
    'handshakes with one listener of the sandbox (ECDSA, one intermediate, TLS 1.3), by CPU time of the client',
  run: async (): Promise<Report> => {
    await using server = await openServer();
    const ways = [
      { name: 'newleaf prober', look: proberRound(server) },
      { name: 'node:tls, handshake only', look: nodeRound(server) },
      ...(hasOpenssl() ? [{ name: 'openssl s_client', look: opensslRound(server) }] : []),
    ];
    // In turns, so that a machine that is busy for a while is busy for all of them.
    const results = await rounds(repeats, async () => {
      const costs: Cost[] = [];
      for (const { look } of ways) costs.push(await look());
      return costs;
    });
    const middle = (at: number, of: (cost: Cost) => number): number =>
      median(results.map((costs) => of(costs[at] ?? nothing)));
    const ours = middle(0, ({ perCpu }) => perCpu);
    return {
      titles: ['', 'per CPU-second', 'per second', 'CPU each', 'newleaf beside it'],
      rows: ways.map(({ name }, at) => {
        const perCpu = middle(at, (cost) => cost.perCpu);
        return [
          name,
          figure(perCpu),
          figure(middle(at, (cost) => cost.perWall)),
          `${figure(1000 / perCpu)} ms`,
          ratio(ours / perCpu),
        ];
      }),
      notes: [
        `${atOnce} at once; medians of ${repeats} rounds; openssl includes starting a process, as in a script`,
        ...(hasOpenssl() ? [] : ['openssl is not measured: it is not here']),
      ],
    };
  },
};

interface Cost {
  readonly perCpu: number;
  readonly perWall: number;
}

const nothing: Cost = { perCpu: Number.NaN, perWall: Number.NaN };

type Round = () => Promise<Cost>;

interface Server extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  readonly rootFile: string;
  /** The same in PEM. */
  readonly root: string;
}

const Ready = z.looseObject({
  control: z.string(),
  rootCaFile: z.string(),
  dial: z.record(z.string(), z.string()),
});

const State = z.looseObject({
  listeners: z.array(
    z.looseObject({
      id: z.string(),
      serving: z.array(z.looseObject({ address: z.string(), port: z.int() })),
    }),
  ),
});

/** A listener of a sandbox in a process of its own, so that its CPU time is nobody else's. */
async function openServer(): Promise<Server> {
  const args = ['--import', 'tsx', program, 'sandbox', '--seed', 'small', '--json'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const { control, rootCaFile, dial } = Ready.parse(JSON.parse(String(line)));
  const { listeners } = State.parse(await (await fetch(`${control}/state`)).json());
  const [point] = listeners.find(({ id }) => id === listenerId)?.serving ?? [];
  if (point === undefined) throw new Error('the sandbox serves nothing');
  const here = `${point.address}:${point.port}`;
  const [address = '', port] = (dial[here] ?? here).split(':');
  return {
    address,
    port: Number(port),
    rootFile: rootCaFile,
    root: await readFile(rootCaFile, 'utf8'),
    [Symbol.asyncDispose]: async () => {
      const gone = once(child, 'exit');
      child.kill();
      await gone;
    },
  };
}

function proberRound({ address, port, root }: Server): Round {
  const prober = openProber({
    vantage: { networks: ['public'], vpcs: [] },
    dial: {},
    roots: [root],
    identities: new Map(),
    timeoutMs: 5000,
    concurrency: atOnce,
    clock: systemClock,
  });
  const endpoint = anEndpoint({ address, port });
  const loadBalancerId = 'nlb-1';
  const probe = {
    endpoint,
    loadBalancerId,
    serverName,
    keyType: 'any',
    client: null,
    alpn: [],
  } as const;
  const { signal } = new AbortController();
  return inProcess(perRound.prober, async () => {
    const seen = await prober.observe(probe, signal);
    const trusted = seen.kind === 'served' && seen.trust.verdict === 'trusted';
    if (!trusted) throw new Error(`the probe saw ${JSON.stringify(seen)}`);
  });
}

/** The least any client in this runtime can do: connect, verify the chain, hang up. */
function nodeRound({ address, port, root }: Server): Round {
  const secureContext = createSecureContext({ ca: root });
  return inProcess(perRound.node, async () => {
    const socket = connect({ host: address, port, servername: serverName, secureContext });
    await once(socket, 'secureConnect');
    socket.end().resume();
    await once(socket, 'close');
  });
}

function inProcess(count: number, look: () => Promise<void>): Round {
  return async () => {
    let wall = 0;
    const cpu = await cpuTimed(async () => {
      wall = await timed(() => inParallel(count, atOnce, look));
    });
    return { perCpu: perSecond(count, cpu), perWall: perSecond(count, wall) };
  };
}

/** `times` tells what a shell's children used; the shell itself only starts them. */
function opensslRound({ address, port, rootFile }: Server): Round {
  const count = perRound.openssl;
  const look = `${openssl} s_client -connect ${address}:${port} -servername ${serverName} -CAfile "$ROOT" -verify_return_error`;
  const script = [
    `i=0; while [ $i -lt ${count} ]; do`,
    `  n=0; pids=; while [ $n -lt ${atOnce} ] && [ $i -lt ${count} ]; do`,
    `    ${look} </dev/null >/dev/null 2>&1 & pids="$pids $!"; n=$((n+1)); i=$((i+1)); done`,
    '  for pid in $pids; do wait $pid || exit 1; done',
    'done; times',
  ].join('\n');
  return async () => {
    let out = '';
    const wall = await timed(async () => {
      out = (await run('sh', ['-c', script], { env: { ...process.env, ROOT: rootFile } })).stdout;
    });
    return { perCpu: perSecond(count, cpuOf(out)), perWall: perSecond(count, wall) };
  };
}

/** Reads `0m1.23s 0m0.45s`: user and system time, of the shell and then of its children. */
function cpuOf(times: string): Millis {
  const [, , user, system] = [...times.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60_000 + Number(seconds) * 1000,
  );
  return (user ?? Number.NaN) + (system ?? Number.NaN);
}

function hasOpenssl(): boolean {
  try {
    execFileSync(openssl, ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
