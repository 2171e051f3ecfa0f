const longestDetail = 200;

/**
 * A foreign sentence made safe to log and show: no PEM, no addresses with queries, no long opaque runs (keys, signatures,
 * tokens), one line, not too long. The cloud's messages repeat parameters, and CAS takes certificates and keys as parameters.
 */
export function scrubbed(text: string): string {
  const line = text
    .replaceAll(/-----BEGIN[\s\S]*?(-----END[^-]*-----|$)/g, '[pem]')
    .replaceAll(/\w+:\/\/\S+/g, '[address]')
    .replaceAll(/\S*[?&][\w.%-]+=\S*/g, '[query]')
    .replaceAll(/[A-Za-z0-9+/=%]{28,}/g, '[…]')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line.length <= longestDetail ? line : `${line.slice(0, longestDetail - 1)}…`;
}
