import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** Far above any sane handshake, so that a peer that floods us costs no more than this. */
const keptBytes = 256 * 1024;

/** A stream over a socket that keeps a copy of the first bytes of each direction. */
export interface Tap {
  readonly stream: Duplex;
  received(): Buffer;
  sent(): Buffer;
}

/** `onSend` runs before each outgoing chunk, while the TLS engine that made it is in the state that made it. */
export function openTap(socket: Socket, onSend: () => void): Tap {
  const incoming = openCopy();
  const outgoing = openCopy();
  const stream = new Duplex({
    read() {
      socket.resume();
    },
    write(chunk: Buffer, _encoding, callback) {
      outgoing.keep(chunk);
      onSend();
      socket.write(chunk, callback);
    },
    final(callback) {
      socket.end(callback);
    },
    destroy(error, callback) {
      socket.destroy();
      callback(error);
    },
  });
  socket.on('data', (chunk: Buffer) => {
    incoming.keep(chunk);
    if (!stream.push(chunk)) socket.pause();
  });
  socket.on('end', () => stream.push(null));
  return { stream, received: incoming.bytes, sent: outgoing.bytes };
}

function openCopy() {
  const chunks: Buffer[] = [];
  let size = 0;
  return {
    keep(chunk: Buffer): void {
      if (size >= keptBytes) return;
      chunks.push(chunk.subarray(0, keptBytes - size));
      size += chunk.length;
    },
    bytes: (): Buffer => Buffer.concat(chunks),
  };
}
