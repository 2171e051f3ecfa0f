/** Ends the program with this code once everything printed has been written. */
export function exitWith(code: number): void {
  process.exitCode = code;
}
