/** Whether a row passes a filter on one of its values; a filter left out lets everything pass. */
export function passes<T>(wanted: T | undefined, actual: T): boolean {
  return wanted === undefined || wanted === actual;
}

/** Whether one of the texts has a keyword in it, in whatever case. */
export function mentions(texts: readonly string[], keyword = ''): boolean {
  const wanted = keyword.toLowerCase();
  return texts.some((each) => each.toLowerCase().includes(wanted));
}
