/**
 * The X.509 package resolves its parts through a container that wants the metadata functions of a decorator polyfill on
 * `Reflect`, and does not bring one. These few lines are all the container uses; a full polyfill loaded earlier is left alone.
 */
const metadata = new WeakMap<object, Map<unknown, unknown>>();

function define(key: unknown, value: unknown, target: object): void {
  const known = metadata.get(target) ?? new Map<unknown, unknown>();
  metadata.set(target, known.set(key, value));
}

function getOwn(key: unknown, target: object): unknown {
  return metadata.get(target)?.get(key);
}

function get(key: unknown, target: object): unknown {
  for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at)) {
    const found = getOwn(key, at);
    if (found !== undefined) return found;
  }
  return undefined;
}

const shims: readonly (readonly [string, unknown])[] = [
  ['defineMetadata', define],
  ['getMetadata', get],
  ['getOwnMetadata', getOwn],
  ['hasMetadata', (key: unknown, target: object) => get(key, target) !== undefined],
  ['hasOwnMetadata', (key: unknown, target: object) => getOwn(key, target) !== undefined],
];

function installShims(): void {
  if (Reflect.has(Reflect, 'getMetadata')) return;
  for (const [name, value] of shims) {
    Object.defineProperty(Reflect, name, { value, configurable: true, writable: true });
  }
}

installShims();

/** The package, loaded after what it expects to find. */
export const x509 = await import('@peculiar/x509');
