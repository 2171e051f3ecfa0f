import { dirname, relative } from 'node:path';

/** The file by which each room of the house is imported. */
const rooms = {
  domain: 'src/domain/thing.ts',
  ports: 'src/ports/thing.ts',
  usecases: 'src/usecases/thing.ts',
  api: 'src/api/thing.ts',
  messages: 'src/messages/thing.ts',
  config: 'src/config/thing.ts',
  adapters: 'src/adapters/redis/thing.ts',
  siblings: 'src/adapters/tls/thing.ts',
  sinks: 'src/adapters/sinks/thing.ts',
  web: 'src/web/thing.ts',
  cli: 'src/cli/thing.ts',
  sandbox: 'src/sandbox/thing.ts',
  jobs: 'jobs/thing.ts',
  compose: 'src/compose.ts',
  daemon: 'src/daemon.ts',
} as const;

type Room = keyof typeof rooms;
type Importer = Exclude<Room, 'siblings'>;

/** The arrows of the design. */
const allowed: Readonly<Record<Importer, readonly Room[]>> = {
  domain: [],
  ports: ['domain'],
  usecases: ['domain', 'ports'],
  api: ['domain'],
  messages: ['domain'],
  config: ['domain'],
  adapters: ['domain', 'ports'],
  sinks: ['domain', 'ports', 'messages'],
  jobs: ['domain', 'ports', 'usecases'],
  sandbox: [],
  web: ['api', 'messages', 'usecases', 'domain'],
  cli: ['api', 'messages', 'daemon', 'config', 'compose'],
  compose: ['adapters', 'siblings', 'usecases', 'ports', 'domain', 'config'],
  daemon: ['jobs', 'web', 'compose', 'config', 'usecases'],
};

/** The arrows that must not be. */
const forbidden: Readonly<Record<Importer, readonly Room[]>> = {
  domain: others('domain'),
  ports: others('ports', 'domain'),
  usecases: others('usecases', 'ports', 'domain'),
  api: others('api', 'messages', 'domain'),
  messages: others('messages', 'api', 'domain'),
  config: others('config', 'domain'),
  adapters: others('adapters', 'ports', 'domain'),
  sinks: others('sinks', 'ports', 'domain', 'messages'),
  jobs: others('jobs', 'messages', 'usecases', 'ports', 'domain'),
  sandbox: others('sandbox'),
  web: ['adapters', 'siblings', 'jobs'],
  cli: ['adapters', 'siblings', 'jobs'],
  compose: ['cli', 'web', 'sandbox', 'jobs', 'daemon'],
  daemon: ['adapters', 'siblings', 'sandbox', 'cli'],
};

function others(...but: readonly Room[]): readonly Room[] {
  return Object.keys(rooms)
    .filter(isRoom)
    .filter((room) => !but.includes(room));
}

function isRoom(name: string): name is Room {
  return name in rooms;
}

function isImporter(name: string): name is Importer {
  return name in allowed;
}

/** A tree of files: paths and texts. */
export type Tree = Readonly<Record<string, string>>;

/** Every room, importing what it may. */
export function cleanTree(): Tree {
  return tree((room) => allowed[room]);
}

/** Every room, importing what it must not, one import a line; `arrows` are those lines as `PATH:LINE`, by arrow. */
export function arrowTree(): { tree: Tree; arrows: Readonly<Record<string, string>> } {
  const arrows = Object.entries(forbidden).flatMap(([from, list]) =>
    list.map(
      (to, index) =>
        [`${from} → ${to}`, `${isImporter(from) ? pathOf(from) : ''}:${index + 1}`] as const,
    ),
  );
  return { tree: tree((room) => forbidden[room]), arrows: Object.fromEntries(arrows) };
}

function tree(imports: (room: Importer) => readonly Room[]): Tree {
  const things = Object.values(rooms).map((path) => [path, 'export const thing = 1;\n'] as const);
  const importers = Object.keys(allowed)
    .filter(isImporter)
    .map((room) => [pathOf(room), importing(pathOf(room), imports(room))] as const);
  return Object.fromEntries([...things, ...importers]);
}

/** Rooms of one file hold their imports themselves. */
function pathOf(room: Importer): string {
  return room === 'compose' || room === 'daemon'
    ? rooms[room]
    : rooms[room].replace('thing.ts', 'plant.ts');
}

function importing(path: string, list: readonly Room[]): string {
  const lines = list.map(
    (room, index) => `import { thing as t${index} } from '${wayTo(path, rooms[room])}';`,
  );
  const used = `export const thing = [${list.map((_, index) => `t${index}`).join(', ')}].length;`;
  return `${[...lines, '', used].join('\n')}\n`;
}

function wayTo(path: string, target: string): string {
  const way = relative(dirname(path), target);
  return way.startsWith('.') ? way : `./${way}`;
}

export interface Plant {
  readonly path: string;
  readonly text: string;
  /** The rule that must object. */
  readonly rule: string;
}

const union = "type Light = 'red' | 'green';\n";

/** One file for each other thing that must not be. */
export const plants: readonly Plant[] = [
  ...['src/domain', 'src/usecases', 'src/ports'].flatMap((room) => [
    planted(
      room,
      'package',
      "import { z } from 'zod';\n\nexport const a = z;",
      'no-restricted-imports',
    ),
    planted(
      room,
      'node',
      "import { join } from 'node:path';\n\nexport const a = join;",
      'no-restricted-imports',
    ),
  ]),
  ...['src/domain', 'src/usecases'].flatMap((room) => [
    planted(room, 'now', 'export const a = Date.now();', 'no-restricted-properties'),
    planted(room, 'random', 'export const a = Math.random();', 'no-restricted-properties'),
    planted(room, 'timer', 'export const a = setTimeout;', 'no-restricted-globals'),
    planted(room, 'fetch', 'export const a = fetch;', 'no-restricted-globals'),
    planted(room, 'process', 'export const a = process;', 'no-restricted-globals'),
  ]),
  planted('src/web', 'env', "export const a = process.env['HOME'];", 'no-process-env'),
  planted('jobs', 'env', "export const a = process.env['HOME'];", 'no-process-env'),
  planted('src/config', 'env', "export const a = process.env['HOME'];", 'no-process-env'),
  planted('src/adapters', 'console', "console.log('a');", 'no-console'),
  ...['src/web', 'jobs', 'test'].map((room) =>
    planted(
      room,
      'floating',
      'async function work(): Promise<void> {}\n\nwork();',
      'no-floating-promises',
    ),
  ),
  ...['src/domain', 'src/cli'].map((room) =>
    planted(
      room,
      'switch',
      `${union}\nexport function go(light: Light): boolean {\n  switch (light) {\n    case 'red':\n      return false;\n  }\n  return true;\n}`,
      'switch-exhaustiveness-check',
    ),
  ),
  planted(
    'src/domain',
    'default',
    `${union}\nexport function go(light: Light): boolean {\n  switch (light) {\n    case 'red':\n      return false;\n    default:\n      return true;\n  }\n}`,
    'switch-exhaustiveness-check',
  ),
  planted(
    'src/web',
    'as',
    'export const a = JSON.parse("1") as number;',
    'consistent-type-assertions',
  ),
  planted('src/web', 'any', 'export const a = (b: any): number => b;', 'no-explicit-any'),
  planted('src/web', 'bang', 'export const a = [1].at(0)!;', 'no-non-null-assertion'),
  planted('src/web', 'export', 'export default 1;', 'no-default-export'),
  planted(
    'src/web',
    'long',
    `export function a(): number {\n${'  Math.abs(1);\n'.repeat(41)}  return 1;\n}`,
    'max-lines-per-function',
  ),
  planted('src/web', 'tall', `export const a = [\n${'  1,\n'.repeat(251)}];`, 'max-lines'),
];

function planted(room: string, name: string, text: string, rule: string): Plant {
  return { path: `${room}/planted-${name}.ts`, text: `${text}\n`, rule };
}
