import type { Alerts } from '../ports/alerts.ts';
import type { InventoryBook } from '../ports/state.ts';
import type { Store } from '../ports/store.ts';

const key = 'store-not-durable';

/**
 * Tells people once what the store cannot promise, and takes it back when it can. Says nothing before the first scan has ended: the
 * first message to a sink is to be the summary of that. Rejects with the store's error.
 */
export async function tellDurability(deps: {
  readonly store: Pick<Store, 'durability'>;
  readonly alerts: Pick<Alerts, 'raise' | 'withdraw'>;
  readonly inventory: Pick<InventoryBook, 'read'>;
}): Promise<void> {
  if ((await deps.inventory.read()).takenAt === null) return;
  const { backend, survivesMachine, survivesProcess, detail } = await deps.store.durability();
  if (survivesMachine) return deps.alerts.withdraw(key);
  const severity = survivesProcess ? 'info' : 'warning';
  await deps.alerts.raise({ key, severity, facts: { kind: key, backend, detail } });
}
