import type { RecordedSlots } from '../../../src/domain/plan.ts';
import type { Deed } from './cloud.ts';
import type { Shape } from './shapes.ts';

const foreign = '303';

function without(slots: RecordedSlots, id: string): RecordedSlots {
  return { ...slots, additional: slots.additional.filter((each) => each !== id) };
}

function withMore(slots: RecordedSlots, id: string): RecordedSlots {
  return { ...slots, additional: [...new Set([...slots.additional, id])].toSorted() };
}

/** What somebody else may do to a listener of this shape, at any moment. */
export function deedsOn({ steps, slots }: Shape): readonly Deed[] {
  const touches = (slot: string): boolean => steps.some((step) => step.slot === slot);
  const onDefault: readonly Deed[] = [
    { name: 'binds another default', apply: (now) => ({ ...now, default: [foreign] }) },
    { name: 'puts the old default back', apply: (now) => ({ ...now, default: slots.default }) },
  ];
  const onCa: readonly Deed[] = [
    { name: 'binds another CA', apply: (now) => ({ ...now, ca: [foreign] }) },
    {
      name: 'lets every client in',
      apply: (now) => ({ ...now, ca: [], clientAuth: false }),
    },
  ];
  const onAdditional: readonly Deed[] = [
    { name: 'unbinds the old one', apply: (now) => without(now, '101') },
    { name: 'unbinds the new one', apply: (now) => without(now, '202') },
    { name: 'binds the new one', apply: (now) => withMore(now, '202') },
    { name: 'unbinds all', apply: (now) => ({ ...now, additional: [] }) },
  ];
  return [
    ...(touches('default') ? onDefault : []),
    ...(touches('additional') ? onAdditional : []),
    ...(slots.clientAuth ? onCa : []),
    { name: 'binds one more', apply: (now) => withMore(now, foreign) },
    { name: 'unbinds one that no plan names', apply: (now) => without(now, '901') },
  ];
}
