import type { IncomingMessage } from 'node:http';

/**
 * The body of a request, or null as soon as it is known to be larger than the limit; the rest is not kept. Rejects when the
 * connection ends before the body does.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | null> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return null;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const stop = (): void => {
      request.off('data', keep);
      request.pause();
      resolve(null);
    };
    const keep = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > limit) stop();
      else chunks.push(chunk);
    };
    request.on('data', keep);
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject);
    request.once('close', () => reject(new Error('the connection ended within the request')));
  });
}
