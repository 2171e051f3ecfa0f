import type { Language } from '../domain/language.ts';
import { en } from './en.ts';
import type { Messages } from './messages.ts';
import { zh } from './zh.ts';

/** Every language there is: a new one is one file, its line here and its name in src/domain/language.ts. */
const inLanguage: Readonly<Record<Language, Messages>> = { en, zh };

export function messagesIn(language: Language): Messages {
  return inLanguage[language];
}
