import { z } from 'zod';
import { ownerName } from '../domain/refusal.ts';
import type { Inventory } from '../domain/inventory.ts';
import { type ListenerRef, listenerKey, type ListenerState } from '../domain/listener.ts';
import { consoleUrl } from './console-url.ts';

/** What people recognise a listener by, beside its ids. */
export const namingShape = {
  loadBalancerName: z.string(),
  listenerDescription: z.string(),
  tags: z.record(z.string(), z.string()),
  owner: z.string(),
  /** The owner as exactly as it is known; null when it is the cloud. */
  ownedBy: z.string().nullable(),
  consoleUrl: z.string(),
};

type NamingDocument = z.infer<z.ZodObject<typeof namingShape>>;

export function namingOf(
  listener: Pick<ListenerState, 'ref' | 'loadBalancerName' | 'description' | 'tags' | 'owner'>,
): NamingDocument {
  const { ref, loadBalancerName, description, tags, owner } = listener;
  return {
    loadBalancerName,
    listenerDescription: description,
    tags: { ...tags },
    owner: owner.kind,
    ownedBy: owner.kind === 'cloud' ? null : ownerName(owner),
    consoleUrl: consoleUrl(ref),
  };
}

/** Names listeners by what is known of them; one that is gone has its console link alone. */
export function namingIn({
  listeners,
}: Pick<Inventory, 'listeners'>): (ref: ListenerRef) => NamingDocument {
  const known = new Map(listeners.map(({ state }) => [listenerKey(state.ref), state]));
  const nothing = {
    loadBalancerName: '',
    description: '',
    tags: {},
    owner: { kind: 'cloud' },
  } as const;
  return (ref) => namingOf(known.get(listenerKey(ref)) ?? { ref, ...nothing });
}
