import { inspect } from 'node:util';

const mask = '[secret]';

/** A value that must not be seen: printing, logging or serialising it shows `[secret]`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. Call it where it is used, and keep the result in no field. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return mask;
  }

  toJSON(): string {
    return mask;
  }

  [inspect.custom](): string {
    return mask;
  }
}

/** Where `${NAME}` and `file:` get their values from. */
export interface SecretSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of a file; relative paths are relative to the configuration file. Throws when it cannot be read. */
  readonly readFile: (path: string) => string;
}

export type Resolved =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'problem'; readonly problem: string };

/**
 * Fills in `file:PATH` (the whole value; one trailing line break is dropped) and each `${NAME}`. What is wrong is said without
 * showing any part of the value.
 */
export function resolveReference(text: string, sources: SecretSources): Resolved {
  if (text.startsWith('file:')) return fromFile(text.slice('file:'.length), sources);
  const missing: string[] = [];
  const value = text.replaceAll(/\$\{([^}]*)\}/g, (_, name: string) => {
    const found = sources.env[name];
    if (found === undefined || found === '') missing.push(name);
    return found ?? '';
  });
  const first = missing[0];
  if (first === undefined) return { kind: 'value', value };
  return { kind: 'problem', problem: `needs the environment variable ${first}, which is not set` };
}

function fromFile(path: string, sources: SecretSources): Resolved {
  try {
    const value = sources.readFile(path).replace(/\r?\n$/, '');
    if (value === '') return { kind: 'problem', problem: `names the file ${path}, which is empty` };
    return { kind: 'value', value };
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return { kind: 'problem', problem: `names the file ${path}, which cannot be read (${reason})` };
  }
}
