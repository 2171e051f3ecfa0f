import { z } from 'zod';

/** The line that `newleaf sandbox --json` prints when it is ready. */
export const SandboxReady = z.object({
  endpoints: z.record(z.string(), z.record(z.string(), z.string())),
  dial: z.record(z.string(), z.string()),
  control: z.url(),
  accessKeyId: z.string(),
  accessKeySecret: z.string(),
  rootCaFile: z.string(),
});
export type SandboxReady = z.infer<typeof SandboxReady>;

/** Loose, as the listener is: a comparison is to see every setting and not only those named here. */
const ServingPoint = z.looseObject({ zone: z.string(), address: z.string(), port: z.int() });

const SandboxListener = z.looseObject({
  id: z.string(),
  port: z.int(),
  slots: z.looseObject({ default: z.string().nullable() }),
  serving: z.array(ServingPoint),
});
export type SandboxListener = z.infer<typeof SandboxListener>;

/** `GET /state`: the whole truth about the sandbox. */
export const SandboxState = z.object({
  loadBalancers: z.array(z.unknown()),
  listeners: z.array(SandboxListener),
  certificates: z.array(
    z.looseObject({ id: z.string(), names: z.array(z.string()), fingerprint256: z.string() }),
  ),
  caCertificates: z.array(z.unknown()),
});
export type SandboxState = z.infer<typeof SandboxState>;

/** `GET /calls`: every API call the sandbox got. */
export const SandboxCalls = z.array(
  z.object({
    action: z.string(),
    params: z.object({ ListenerId: z.string().optional() }).catch({}),
  }),
);
export type SandboxCall = z.infer<typeof SandboxCalls>[number];

/** What `POST /faults` answers when it refuses. */
export const SandboxRefusal = z.object({ error: z.string() });
