import { emptyInventory, type Inventory } from '../domain/inventory.ts';
import type { InventoryBook } from '../ports/state.ts';

/** An Inventory for one command: it begins empty and is gone afterwards. */
export function memoryBook(): Pick<InventoryBook, 'read' | 'save'> {
  let inventory: Inventory = emptyInventory;
  return {
    read: async () => inventory,
    save: async (next) => {
      inventory = next;
    },
  };
}
