import { z } from 'zod';
import { NewleafError } from '../../domain/errors.ts';
import { type SandboxCall, SandboxCalls, SandboxRefusal, SandboxState } from './sandbox-shapes.ts';

/** The sandbox's control endpoint: what is really so, whatever the daemon says. */
export interface Control {
  state(): Promise<SandboxState>;
  calls(): Promise<readonly SandboxCall[]>;
  /** Orders something to go wrong. `request.invalid` with the sandbox's reason when it cannot. */
  fault(fault: unknown): Promise<void>;
}

export function controlOf(url: string, signal: AbortSignal): Control {
  const get = async <T>(path: string, shape: z.ZodType<T>): Promise<T> => {
    const reply = await fetch(new URL(path, url), { signal });
    return shape.parse(await reply.json());
  };
  return {
    state: () => get('/state', SandboxState),
    calls: () => get('/calls', SandboxCalls),
    fault: async (fault) => {
      const init = { method: 'POST', body: JSON.stringify(fault), signal };
      const reply = await fetch(new URL('/faults', url), init);
      if (reply.ok) return;
      const { error } = SandboxRefusal.parse(await reply.json());
      throw new NewleafError('request.invalid', `the sandbox refuses this fault: ${error}`);
    },
  };
}
