import { createRequire } from 'node:module';
import { z } from 'zod';

const Package = z.object({ version: z.string() });

/** The release, as package.json names it. Found from the sources and from dist alike. */
export const version: string = findVersion(['../package.json', '../../package.json']);

function findVersion(places: readonly string[]): string {
  const require = createRequire(import.meta.url);
  for (const place of places) {
    try {
      return Package.parse(require(place)).version;
    } catch {
      // Not there: we run from the other of the two.
    }
  }
  return 'unknown';
}
