import { performance } from 'node:perf_hooks';
import { offsetClock } from '../../src/sandbox/clock.ts';
import { newCredentials } from '../../src/sandbox/credentials.ts';
import { claimBlock } from '../../src/sandbox/data-plane/addresses.ts';
import { DataPlane } from '../../src/sandbox/data-plane/plane.ts';
import { settingsFrom } from '../../src/sandbox/options.ts';
import { storeCertificates } from '../../src/sandbox/seeds/certificates.ts';
import { seeds } from '../../src/sandbox/seeds/seeds.ts';
import { addLoadBalancers } from '../../src/sandbox/seeds/sow.ts';
import { emptyWorld } from '../../src/sandbox/world.ts';
import { createTrust } from '../../src/sandbox/x509/trust.ts';
import type { Millis } from './measure.ts';

/** One step of a large sandbox's start, and the resident memory (bytes) after it. */
export interface Phase {
  readonly name: string;
  readonly millis: Millis;
  readonly resident: number;
}

const phases: Phase[] = [
  { name: 'load the program', millis: performance.now(), resident: process.memoryUsage.rss() },
];

async function phase<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  const started = performance.now();
  const result = await work();
  const millis = performance.now() - started;
  phases.push({ name, millis, resident: process.memoryUsage.rss() });
  return result;
}

const clock = offsetClock(0);
const settings = settingsFrom({ seed: 'large' });
const plan = await phase('plan', () => seeds.large);
const trust = await phase('make authorities', () => createTrust(clock.now()));
const { regions } = plan;
const world = emptyWorld({ clock, settings, trust, credentials: newCredentials(), regions });
const ids = await phase('issue certificates', () => storeCertificates(plan.certificates, world));
const block = await claimBlock(false);
await phase('sow load balancers and listeners', () =>
  addLoadBalancers(plan.loadBalancers, ids, { world, block }),
);
const plane = new DataPlane(world, block, new Map());
await phase('open the data plane', () => plane.start());
process.stdout.write(`${JSON.stringify(phases)}\n`);
await plane.close();
await block.release();
world.jobs.close();
