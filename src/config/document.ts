import { isNode, LineCounter, parseDocument } from 'yaml';

/** One thing that is wrong with the file. `line` counts from 1; null when no line holds it. */
export interface Problem {
  readonly line: number | null;
  readonly text: string;
}

export type KeyPath = readonly (string | number)[];

/** A parsed file that still knows on which line each key is. */
export interface ConfigDocument {
  readonly value: unknown;
  /** The line of the deepest part of the path that is in the file. */
  readonly lineOf: (path: KeyPath) => number | null;
}

/** Parses YAML 1.2; an empty file is an empty mapping. Bad syntax, repeated keys and unknown tags are problems. */
export function parseYaml(
  source: string,
):
  | { kind: 'document'; document: ConfigDocument }
  | { kind: 'problems'; problems: readonly Problem[] } {
  const lines = new LineCounter();
  const parsed = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  const faults = [...parsed.errors, ...parsed.warnings];
  if (faults.length > 0) {
    const problems = faults.map(({ message, pos }) => ({
      line: lines.linePos(pos[0]).line,
      text: lowerFirst(message.split('\n')[0] ?? message),
    }));
    return { kind: 'problems', problems };
  }
  const lineOf = (path: KeyPath): number | null => {
    for (let length = path.length; length > 0; length -= 1) {
      const node: unknown = parsed.getIn(path.slice(0, length), true);
      const start = isNode(node) ? node.range?.[0] : undefined;
      if (start !== undefined) return lines.linePos(start).line;
    }
    return null;
  };
  return plainValue(parsed, lineOf);
}

function plainValue(
  parsed: ReturnType<typeof parseDocument>,
  lineOf: ConfigDocument['lineOf'],
): ReturnType<typeof parseYaml> {
  try {
    const value: unknown = parsed.toJS();
    return { kind: 'document', document: { value: value ?? {}, lineOf } };
  } catch (error) {
    // An alias without its anchor, or a bomb of aliases, shows only when the values are made.
    const text = error instanceof Error ? lowerFirst(error.message) : 'cannot be read';
    return { kind: 'problems', problems: [{ line: null, text }] };
  }
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
