import core, { $OpenApiUtil, OpenApiUtil } from '@alicloud/openapi-core';
import type { Reply } from './replies.ts';

/** The parameters of an operation in the SDK's spelling (`listenerId`), as one shape for every operation. */
type Parameters = Readonly<Record<string, unknown>>;

/** Read for its fields only, and all our settings are in the client's Config. */
const runtime = { toMap: (): Record<string, never> => ({}) };

/**
 * An RPC style product on the official core, in the way the generated SDKs use it. Parameters travel where the product's
 * metadata puts them.
 */
export class RpcClient extends core.default {
  readonly #version: string;

  constructor(config: $OpenApiUtil.Config, version: string) {
    super(config);
    this.#version = version;
  }

  protected async viaQuery(action: string, fields: Parameters): Promise<Reply> {
    return this.#send(action, { query: OpenApiUtil.query(toWire(fields)) });
  }

  protected async viaForm(action: string, fields: Parameters): Promise<Reply> {
    return this.#send(action, { body: OpenApiUtil.query(toWire(fields)) });
  }

  async #send(action: string, content: Record<string, unknown>): Promise<Reply> {
    const params = new $OpenApiUtil.Params({
      action,
      version: this.#version,
      protocol: 'HTTPS',
      pathname: '/',
      method: 'POST',
      authType: 'AK',
      style: 'RPC',
      reqBodyType: 'formData',
      bodyType: 'json',
    });
    const request = new $OpenApiUtil.OpenApiRequest(content);
    const { headers, body } = await this.callApi(params, request, runtime);
    return { headers, body: fromWire(body) };
  }
}

function toWire(fields: Parameters): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name.charAt(0).toUpperCase() + name.slice(1), value]),
  );
}

/** The generated models name a field like the wire does, with its first letter in lower case. */
function fromWire(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromWire);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name.charAt(0).toLowerCase() + name.slice(1),
      fromWire(inner),
    ]),
  );
}
