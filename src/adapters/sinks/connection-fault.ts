/** What a system error means. Its message may name the host; its code never does. */
export function connectionFault(code: unknown): string {
  const known = typeof code === 'string' ? code : 'unknown error';
  return faults[known] ?? `the connection failed (${known})`;
}

const notTrusted = 'the certificate of the receiver is not trusted';

const faults: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'the name of the receiver does not resolve',
  EAI_AGAIN: 'the name of the receiver does not resolve now',
  CERT_HAS_EXPIRED: 'the certificate of the receiver has expired',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: notTrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: notTrusted,
  SELF_SIGNED_CERT_IN_CHAIN: notTrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: notTrusted,
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate of the receiver is for another name',
};
