import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The program as it is shipped: `npm test` builds it first. Starting it from its sources takes three times as long. */
export const main = `${root}dist/src/cli/main.js`;

if (!existsSync(main)) throw new Error('the tests run what is shipped: npm run build first');
