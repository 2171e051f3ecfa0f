interface StepTexts {
  readonly kind: string;
  readonly slot: string;
}

/** What is done to which slots, as the beginning of a line; nothing where no step is known. */
export function stepsText(steps: readonly StepTexts[]): string {
  if (steps.length === 0) return '';
  return `${steps.map(({ kind, slot }) => `${kind} ${slot}`).join(', then ')}: `;
}
