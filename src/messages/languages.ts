import { en } from './en.ts';
import type { Messages } from './messages.ts';

/** Every language there is: a new one is one file and one line here. */
const languages = { en } as const satisfies Record<string, Messages>;

export type Language = keyof typeof languages;

export function messagesIn(language: Language): Messages {
  return languages[language];
}
