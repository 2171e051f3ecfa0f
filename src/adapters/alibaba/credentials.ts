import credentials, {
  type CredentialsProvider,
  DefaultCredentialsProvider,
  ECSRAMRoleCredentialsProvider,
  OIDCRoleArnCredentialsProvider,
  RAMRoleARNCredentialsProvider,
  StaticAKCredentialsProvider,
  StaticSTSCredentialsProvider,
} from '@alicloud/credentials';
import { doRequest, type Request } from '@alicloud/credentials/dist/src/providers/http.js';
import { NewleafError } from '../../domain/errors.ts';
import { meaningOf } from './codes.ts';

/** Keys from the configuration. */
export interface Keys {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Set for temporary keys only. */
  readonly securityToken: string | null;
}

/** Where the keys of one account come from. */
export type CredentialSource =
  /** The official default chain: environment, RRSA, profiles, ECS RAM role. */
  | { readonly kind: 'chain' }
  | ({ readonly kind: 'keys' } & Keys)
  | {
      readonly kind: 'ram-role';
      /** A role of this or another account. */
      readonly arn: string;
      /** Who asks for the role; null takes the default chain. */
      readonly keys: Keys | null;
      readonly sessionName: string;
      readonly externalId: string | null;
      readonly durationSeconds: number;
    }
  /** RRSA: a token that Kubernetes keeps fresh in a file, exchanged for the keys of a role. */
  | {
      readonly kind: 'rrsa';
      readonly roleArn: string;
      readonly providerArn: string;
      readonly tokenFile: string;
      readonly sessionName: string;
    }
  /** The role of the instance we run on; null takes whichever it has. */
  | { readonly kind: 'ecs-role'; readonly name: string | null };

/** How STS is reached when a role has to be asked for. */
export interface StsPlace {
  readonly endpoint: string;
  readonly protocol: string;
  readonly attemptMs: number;
}

/** The credential that the SDK's clients of one account share. Nothing is asked for before the first call. */
export function openCredential(source: CredentialSource, sts: StsPlace): ChosenCredential {
  return new credentials.default(null, new Asked(source, sts));
}

export type ChosenCredential = InstanceType<typeof credentials.default>;

/**
 * One source of keys. What the official providers throw names files, addresses and whole replies, so it is told in our words.
 * Callers that come at once share one question: a role is not asked for once a listener.
 */
class Asked implements CredentialsProvider {
  readonly #source: CredentialSource;
  readonly #sts: StsPlace;
  #provider: CredentialsProvider | null = null;
  #asking: ReturnType<CredentialsProvider['getCredentials']> | null = null;
  #worked = false;

  constructor(source: CredentialSource, sts: StsPlace) {
    this.#source = source;
    this.#sts = sts;
  }

  readonly getProviderName = (): string => this.#source.kind;

  readonly getCredentials: CredentialsProvider['getCredentials'] = async () => {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  };

  async #ask(): ReturnType<CredentialsProvider['getCredentials']> {
    try {
      this.#provider ??= providerOf(this.#source, this.#sts);
      const found = await this.#provider.getCredentials();
      this.#worked = true;
      return found;
    } catch (error) {
      throw failure(this.#source, error, this.#worked);
    }
  }
}

function providerOf(source: CredentialSource, sts: StsPlace): CredentialsProvider {
  switch (source.kind) {
    case 'chain':
      return DefaultCredentialsProvider.builder().build();
    case 'keys':
      return ofKeys(source);
    case 'ram-role':
      return ofRole(source, sts);
    case 'rrsa':
      return overOurWire(
        OIDCRoleArnCredentialsProvider.builder()
          .withRoleArn(source.roleArn)
          .withOIDCProviderArn(source.providerArn)
          .withOIDCTokenFilePath(source.tokenFile)
          .withRoleSessionName(source.sessionName)
          .withStsEndpoint(sts.endpoint)
          .withReadTimeout(sts.attemptMs)
          .withConnectTimeout(sts.attemptMs)
          .build(),
        sts,
      );
    case 'ecs-role': {
      const builder = ECSRAMRoleCredentialsProvider.builder();
      return (source.name === null ? builder : builder.withRoleName(source.name)).build();
    }
  }
}

function ofKeys({ accessKeyId, accessKeySecret, securityToken }: Keys): CredentialsProvider {
  if (securityToken === null)
    return StaticAKCredentialsProvider.builder()
      .withAccessKeyId(accessKeyId)
      .withAccessKeySecret(accessKeySecret)
      .build();
  return StaticSTSCredentialsProvider.builder()
    .withAccessKeyId(accessKeyId)
    .withAccessKeySecret(accessKeySecret)
    .withSecurityToken(securityToken)
    .build();
}

function ofRole(
  role: Extract<CredentialSource, { kind: 'ram-role' }>,
  sts: StsPlace,
): CredentialsProvider {
  const asker =
    role.keys === null ? DefaultCredentialsProvider.builder().build() : ofKeys(role.keys);
  const builder = RAMRoleARNCredentialsProvider.builder()
    .withCredentialsProvider(asker)
    .withRoleArn(role.arn)
    .withRoleSessionName(role.sessionName)
    .withDurationSeconds(role.durationSeconds)
    .withStsEndpoint(sts.endpoint)
    .withReadTimeout(sts.attemptMs)
    .withConnectTimeout(sts.attemptMs);
  const named = role.externalId === null ? builder : builder.withExternalId(role.externalId);
  return overOurWire(named.build(), sts);
}

/** The official providers speak HTTPS whatever the endpoint; a sandbox is asked over plain HTTP. */
function overOurWire(provider: CredentialsProvider, { protocol }: StsPlace): CredentialsProvider {
  const send = async (request: Request): ReturnType<typeof doRequest> =>
    doRequest(Object.assign(request, { protocol }));
  return Object.assign(provider, { doRequest: send });
}

/**
 * STS refusing says so with a code. Without one, credentials that worked before, and a role that did not answer, are an outage;
 * anything else is a mistake in the configuration.
 */
function failure(source: CredentialSource, error: unknown, worked: boolean): NewleafError {
  const said = error instanceof Error ? error.message : '';
  const cloudCode = /"Code"\s*:\s*"(?<code>[\w.-]{1,100})"/.exec(said)?.groups?.['code'] ?? null;
  const fields = { definite: true };
  if (cloudCode !== null) {
    const { code } = meaningOf(cloudCode, 400);
    const ours = code === 'cloud.throttled' || code === 'cloud.unavailable' ? code : refused;
    const message = `${wantedFrom(source)} failed with ${cloudCode}`;
    return new NewleafError(ours, message, { fields: { ...fields, cloudCode } });
  }
  if (worked)
    return new NewleafError('cloud.unavailable', 'renewing the cloud credentials failed', {
      fields,
    });
  if (isOutage(source, error))
    return new NewleafError('cloud.unavailable', `${wantedFrom(source)} got no answer`, { fields });
  return new NewleafError(refused, lacking(source), { fields });
}

const refused = 'cloud.credentials';

function wantedFrom(source: CredentialSource): string {
  switch (source.kind) {
    case 'chain':
    case 'keys':
      return 'asking for the cloud credentials';
    case 'ram-role':
      return `assuming the role ${source.arn}`;
    case 'rrsa':
      return `assuming the role ${source.roleArn}`;
    case 'ecs-role':
      return `asking for the instance role ${source.name ?? ''}`.trim();
  }
}

function lacking(source: CredentialSource): string {
  switch (source.kind) {
    case 'chain':
      return 'no cloud credentials found in environment, profiles or instance role';
    case 'keys':
      return 'the configured keys cannot be used';
    case 'ram-role':
      return source.keys === null
        ? `${wantedFrom(source)} failed: no keys to ask with in environment, profiles or instance role`
        : `${wantedFrom(source)} failed`;
    case 'rrsa':
      return `${wantedFrom(source)} failed: is the token file there, and is it this cluster's?`;
    case 'ecs-role':
      return `${wantedFrom(source)} failed: this machine has no such role`;
  }
}

/** A role whose service could not be reached, or answered with something that is not an answer of STS. */
function isOutage(source: CredentialSource, error: unknown): boolean {
  if (source.kind === 'chain' || source.kind === 'keys') return false;
  const reason = error instanceof Error && 'code' in error ? String(error.code) : '';
  const said = error instanceof Error ? `${error.name} ${error.message}` : '';
  return (
    /^E(CONN|HOST|NET|PIPE|AI_|TIMEDOUT)|ENOTFOUND/.test(reason) || /Timeout|hang up/.test(said)
  );
}
