/** A command line that makes no sense; the message says what is allowed. */
export class UsageError extends Error {}
