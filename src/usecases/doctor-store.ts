import type { Clock } from '../ports/clock.ts';
import type { Durability, Store } from '../ports/store.ts';
import { type Check, failed, ok, told, warning } from './doctor-check.ts';
import { judgeSkew } from './doctor-clock.ts';

/** The store as `doctor` sees it: the data folder of an embedded one is left alone, a daemon may hold it. */
export type StoreLook =
  | { readonly kind: 'server'; readonly store: Pick<Store, 'now' | 'durability'> }
  | {
      readonly kind: 'embedded';
      readonly dataDir: string;
      readonly durability: Durability;
      /** Who holds the folder, in words; null when nobody does. */
      readonly holder: string | null;
    };

/** Whether the store answers, its clock, and what it promises about what it was given. */
export async function checkStore(
  clock: Pick<Clock, 'now'>,
  look: StoreLook,
): Promise<readonly Check[]> {
  if (look.kind === 'embedded') {
    const who = look.holder === null ? 'nobody holds it now' : `held by ${look.holder}`;
    return [
      ok('store', `embedded in ${look.dataDir}, ${who}`),
      ok('clock of the store', 'the embedded store goes by the clock of this machine'),
      judgeDurability(look.durability),
    ];
  }
  try {
    return await checkServer(clock, look.store);
  } catch (error) {
    const advice = 'start it, or correct store.url; rotations and alerts wait for it';
    return [failed('store', told(error), advice)];
  }
}

async function checkServer(
  clock: Pick<Clock, 'now'>,
  store: Pick<Store, 'now' | 'durability'>,
): Promise<readonly Check[]> {
  const before = clock.now().getTime();
  const theirs = (await store.now()).getTime();
  const skewMs = Math.round(theirs - (before + clock.now().getTime()) / 2);
  const durability = await store.durability();
  return [
    ok('store', `${durability.backend} answers`),
    judgeSkew('clock of the store', "the store's clock", skewMs),
    judgeDurability(durability),
  ];
}

function judgeDurability({ survivesMachine, survivesProcess, detail }: Durability): Check {
  const name = 'durability';
  if (survivesMachine && survivesProcess)
    return ok(name, 'what is written survives losing the process and the machine');
  const lost = survivesProcess ? 'the machine' : 'the process';
  return warning(name, `what is written may be lost with ${lost}`, detail);
}
