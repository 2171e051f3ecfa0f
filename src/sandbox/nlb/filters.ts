import type { Tag } from './model.ts';

/** Whether a value is among those asked for; asking for none asks for all. */
export function within(wanted: readonly string[] | undefined, value: string): boolean {
  return wanted === undefined || wanted.length === 0 || wanted.includes(value);
}

/** Whether a value is the one asked for, if any. */
export function is(wanted: string | undefined, value: string | null): boolean {
  return wanted === undefined || wanted === value;
}

/** Every tag asked for must be there; a tag without a value asks for the key only. */
export function tagged(
  wanted: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined,
  tags: readonly Tag[],
): boolean {
  return (wanted ?? []).every(({ Key, Value }) =>
    tags.some((tag) => tag.key === Key && (Value === undefined || tag.value === Value)),
  );
}
