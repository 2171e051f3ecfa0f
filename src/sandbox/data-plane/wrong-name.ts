import { X509Certificate } from 'node:crypto';
import type { World } from '../world.ts';
import { findCertificate, type ServedCertificate } from './served.ts';

const name = 'wrong.example.invalid';
const day = 24 * 3_600_000;

/** Certificates for names nobody asked for. */
export class WrongNames {
  readonly #world: World;
  #made: Promise<ServedCertificate> | null = null;

  constructor(world: World) {
    this.#world = world;
  }

  /** The certificate of that id, else one made for `wrong.example.invalid`: sound in every respect but the name. */
  async certificate(id: string | undefined): Promise<ServedCertificate> {
    const found = id === undefined ? null : findCertificate(id, this.#world.sites);
    if (found !== null) return found;
    this.#made ??= this.#make();
    return this.#made;
  }

  async #make(): Promise<ServedCertificate> {
    const { trust, clock } = this.#world;
    const { chain, keyPem } = await trust.issue({
      names: [name],
      notBefore: new Date(clock.now() - day),
      notAfter: new Date(clock.now() + 89 * day),
      keyType: 'ecdsa',
      issuer: 'main',
      chain: 'full',
    });
    const { fingerprint256 } = new X509Certificate(chain[0] ?? '');
    return {
      certificateId: name,
      fingerprint256: fingerprint256.replaceAll(':', '').toLowerCase(),
      names: [name],
      chain,
      keyPem,
    };
  }
}
