/** The languages in which people can be told. What each says is in src/messages, which the compiler compares with this list. */
export const languages = ['en', 'zh'] as const;

export type Language = (typeof languages)[number];
