import type { Language } from '../../domain/language.ts';

/** How the texts of a sink are written. */
export interface Wording {
  readonly language: Language;
  /** IANA zone of the reader. */
  readonly timezone: string;
  /** Where docs/alerts.md can be read. */
  readonly runbook: string;
}
