import { z } from 'zod';
import { resolveReference, Secret, type SecretSources } from '../secret.ts';

/** The two kinds of value in which `${NAME}` and `file:` work. Both come out as a `Secret`. */
export interface References {
  readonly secret: z.ZodCodec<z.ZodString, z.ZodCustom<Secret, Secret>>;
  readonly url: (
    protocols: readonly string[],
  ) => z.ZodCodec<z.ZodString, z.ZodCustom<Secret, Secret>>;
  /** Of a receiver of alerts; whoever uses it decides about metadata services. */
  readonly receiverUrl: z.ZodCodec<z.ZodString, z.ZodCustom<Secret, Secret>>;
}

const help = '${NAME} and file:PATH are filled in';

/** Addresses of cloud metadata services: a request sent there could hand out the machine's credentials. */
const metadata = /^(169\.254\.|100\.100\.100\.200$|\[fe80:|\[fd00:ec2:)/;

/** Without sources nothing is filled in, and every `Secret` is empty. */
export function references(sources: SecretSources | null): References {
  const web = ['https', 'http'];
  return {
    secret: resolving(`text (${help})`, sources, () => null),
    url: (protocols) =>
      resolving(
        `${urlOf(protocols)} (${help})`,
        sources,
        (value) => urlProblem(value, protocols) ?? (isMetadataUrl(value) ? noMetadata : null),
      ),
    receiverUrl: resolving(`${urlOf(web)} (${help})`, sources, (value) => urlProblem(value, web)),
  };
}

/** Messages name the key and the rule, never the value. */
function resolving(
  allowed: string,
  sources: SecretSources | null,
  problemOf: (value: string) => string | null,
): References['secret'] {
  const error = ({ input }: { input?: unknown }): string =>
    input === undefined ? `is missing; must be ${allowed}` : `must be ${allowed}`;
  return z.codec(z.string({ error }).min(1, { error }), z.instanceof(Secret), {
    decode: (input, payload) => {
      if (sources === null) return new Secret('');
      const resolved = resolveReference(input, sources);
      const problem = resolved.kind === 'problem' ? resolved.problem : problemOf(resolved.value);
      if (resolved.kind === 'value' && problem === null) return new Secret(resolved.value);
      payload.issues.push({ code: 'custom', input, message: problem ?? 'cannot be read' });
      return z.NEVER;
    },
    encode: (secret) => secret.toString(),
  });
}

const noMetadata = 'must not point at a metadata or link-local address';

/** Whether a URL leads to where only this machine's own secrets are. */
export function isMetadataUrl(value: string): boolean {
  return URL.canParse(value) && metadata.test(new URL(value).hostname);
}

function urlOf(protocols: readonly string[]): string {
  return `a URL starting with ${protocols.map((name) => `${name}://`).join(' or ')}`;
}

function urlProblem(value: string, protocols: readonly string[]): string | null {
  if (!URL.canParse(value) || !protocols.includes(new URL(value).protocol.slice(0, -1)))
    return `must be ${urlOf(protocols)}`;
  return null;
}
