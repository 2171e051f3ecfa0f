import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { siteOfRegion } from '../../../src/sandbox/cas/site.ts';
import { largeSeed } from '../../../src/sandbox/seeds/large.ts';
import { day, type PlannedCertificate, type SeedPlan } from '../../../src/sandbox/seeds/plan.ts';
import { seeds } from '../../../src/sandbox/seeds/seeds.ts';

let plan: SeedPlan;

type PlannedListener = SeedPlan['loadBalancers'][number]['listeners'][number];

function tlsListeners(): readonly PlannedListener[] {
  return plan.loadBalancers.flatMap(({ listeners }) =>
    listeners.filter(({ protocol }) => protocol === 'TCPSSL'),
  );
}

function additionalOf(listener: PlannedListener): readonly string[] {
  return listener.protocol === 'TCPSSL' ? listener.additional : [];
}

function boundTo(listener: PlannedListener): readonly string[] {
  return listener.protocol === 'TCPSSL' ? [listener.certificate, ...listener.additional] : [];
}

/** Whether a younger certificate of the site is for the same first name. */
function isRenewed({ site, names, startsIn }: PlannedCertificate): boolean {
  return plan.certificates.some(
    (other) => other.site === site && other.names[0] === names[0] && other.startsIn > startsIn,
  );
}

function share(is: (certificate: PlannedCertificate) => boolean): number {
  return plan.certificates.filter(is).length / plan.certificates.length;
}

export function largeCases(): void {
  before(() => {
    plan = largeSeed();
  });

  test('the large seed is 5,000 TLS listeners on 200 load balancers in 3 regions, and 1,200 certificates', () => {
    assert.deepEqual(plan.regions, ['cn-hangzhou', 'cn-shanghai', 'ap-southeast-1']);
    assert.equal(plan.loadBalancers.length, 200);
    assert.equal(plan.certificates.length, 1200);
    assert.equal(tlsListeners().length, 5000);
    const others = plan.loadBalancers.flatMap(({ listeners }) =>
      listeners.flatMap(({ protocol }) => (protocol === 'TCPSSL' ? [] : [protocol])),
    );
    assert.deepEqual(new Set(others), new Set(['TCP', 'UDP']));
    assert.ok(others.length < 50);
  });

  test('it is the same every time', () => {
    assert.deepEqual(largeSeed(), plan);
  });

  test('ids are told apart, and names of certificates in their site, as the service wants them', () => {
    const ids = plan.loadBalancers.flatMap(({ id, listeners }) => [
      id,
      ...listeners.map((each) => each.id),
    ]);
    const names = plan.certificates.map(({ site, name }) => `${site} ${name}`);

    assert.equal(new Set(ids).size, ids.length);
    assert.equal(new Set(names).size, names.length);
    assert.ok(plan.certificates.every(({ name }) => name.length <= 63));
  });

  test('no seed is beyond the limits of an instance, or binds what is not there', () => {
    for (const [name, seed] of Object.entries(seeds)) {
      const sites = new Map(seed.certificates.map(({ key, site }) => [key, site]));
      for (const { id, region, zones, listeners } of seed.loadBalancers) {
        const tls = listeners.filter(({ protocol }) => protocol === 'TCPSSL');
        const extra = listeners.flatMap(additionalOf);
        const ports = listeners.map(
          ({ protocol, port }) => `${protocol === 'UDP' ? 'UDP' : 'TCP'} ${port}`,
        );

        assert.ok(listeners.length <= 50, `${name} ${id} has ${listeners.length} listeners`);
        assert.ok(extra.length <= 25, `${name} ${id} has ${extra.length} additional certificates`);
        assert.equal(new Set(ports).size, ports.length, `${name} ${id} uses a port twice`);
        assert.equal(new Set(zones).size, 2);
        assert.ok(zones.every((zone) => zone.startsWith(region)));
        for (const listener of tls) {
          const bound = boundTo(listener);
          assert.equal(new Set(bound).size, bound.length, `${listener.id} holds one twice`);
          assert.ok(
            bound.every((key) => sites.get(key) === siteOfRegion(region)),
            listener.id,
          );
        }
      }
    }
  });

  test('it has full instances, many listeners without additional certificates, and much shared ones', () => {
    const extras = plan.loadBalancers.map(
      ({ listeners }) => listeners.flatMap(additionalOf).length,
    );
    const without = tlsListeners().filter((listener) => additionalOf(listener).length === 0);
    const uses = new Map<string, number>();
    for (const key of tlsListeners().flatMap(boundTo)) uses.set(key, (uses.get(key) ?? 0) + 1);

    assert.ok(extras.filter((count) => count === 25).length >= 5);
    assert.ok(without.length > 2500);
    assert.equal(uses.size, 1000);
    assert.ok(Math.max(...uses.values()) > 50);
  });

  test('its certificates are of every age, and half of those about to end have a renewal', () => {
    const bound = new Set(tlsListeners().flatMap(boundTo));
    const held = plan.certificates.filter(({ key }) => bound.has(key));
    const ending = held.filter(({ endsIn }) => endsIn > 0 && endsIn < 31 * day);

    const days = new Set(ending.map(({ endsIn }) => Math.floor(endsIn / day)));
    assert.deepEqual(
      [...days].toSorted((one, other) => one - other),
      Array.from({ length: 30 }, (_, index) => index + 1),
    );
    assert.ok(held.filter(({ endsIn }) => endsIn <= 0).length >= 20);
    assert.ok(plan.certificates.every(({ startsIn, endsIn }) => startsIn < 0 && startsIn < endsIn));
    assert.equal(ending.filter(isRenewed).length * 2, ending.length);
    assert.ok(held.filter((each) => !ending.includes(each)).every((each) => !isRenewed(each)));
  });

  test('its certificates are of every kind', () => {
    const shares = {
      rsa: share(({ keyType }) => keyType === 'rsa'),
      uploaded: share(({ origin }) => origin === 'uploaded'),
      wildcard: share(({ names }) => names.some((name) => name.startsWith('*.'))),
      'with many names': share(({ names }) => names.length > 20),
      'with several names': share(({ names }) => names.length > 1),
      'of the second issuer': share(({ issuer }) => issuer === 'other'),
    };

    for (const [kind, found] of Object.entries(shares)) {
      assert.ok(found > 0.01 && found < 0.6, `${found} of all are ${kind}`);
    }
    assert.ok(plan.certificates.some(({ chain }) => chain === 'leaf-only'));
  });

  test('its load balancers belong to several teams and are inside VPCs or outside, and clusters manage some', () => {
    const values = (wanted: string) =>
      plan.loadBalancers.flatMap(({ tags }) =>
        tags.flatMap(({ key, value }) => (key === wanted ? [value] : [])),
      );
    const inside = plan.loadBalancers.filter(({ addressType }) => addressType === 'Intranet');
    const mutual = tlsListeners().filter((each) => each.protocol === 'TCPSSL' && each.clientAuth);

    assert.equal(new Set(values('team')).size, 12);
    assert.ok(inside.length > 20 && inside.length < 80);
    assert.ok(mutual.length > 50 && mutual.length < 300);
    assert.ok(values('ack.aliyun.com').length > 5);
    assert.ok(values('kubernetes.reused.by.user').length > 2);
    assert.ok(values('kubernetes.do.not.delete').length > 2);
  });
}
