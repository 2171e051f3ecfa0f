import { z } from 'zod';

const CheckDocument = z.strictObject({
  name: z.string(),
  state: z.enum(['ok', 'warning', 'failed', 'skipped']),
  detail: z.string(),
  /** What to do about it. */
  advice: z.string().optional(),
});

/** What `doctor --json` prints. `ok` is false when any check failed; warnings do not count. */
export const DoctorDocument = z.strictObject({
  ok: z.boolean(),
  checks: z.array(CheckDocument),
});
export type DoctorDocument = z.infer<typeof DoctorDocument>;

interface Check extends Omit<z.infer<typeof CheckDocument>, 'advice'> {
  readonly advice: string | null;
}

export function doctorDocument(checks: readonly Check[]): DoctorDocument {
  return {
    ok: checks.every(({ state }) => state !== 'failed'),
    checks: checks.map(({ advice, ...check }) => (advice === null ? check : { ...check, advice })),
  };
}
