import { createSocket, type Socket } from 'node:dgram';
import { type DecodedPacket, decode, encode } from 'dns-packet';
import type { World } from '../world.ts';
import { answerTo } from './answers.ts';

export interface RunningDns {
  /** On 127.0.0.1, UDP only: no load balancer has so many zones that an answer would not fit. */
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Answers for the names of the load balancers of the current world. Rejects when no port can be opened. */
export async function openDns(world: () => World): Promise<RunningDns> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, '127.0.0.1', resolve);
  });
  // A client that is gone before its answer arrives makes the socket report an error; nobody is left to hear of it.
  socket.on('error', () => undefined);
  socket.on('message', (bytes, from) => {
    const answer = answerBytes(bytes, world());
    if (answer !== null) socket.send(answer, from.port, from.address, () => undefined);
  });
  return { port: socket.address().port, close: () => closed(socket) };
}

/** Null when there is nothing to answer: garbage is passed over, as name servers do. */
function answerBytes(bytes: Buffer, world: World): Buffer | null {
  const query = decoded(bytes);
  const answer = query === null ? null : answerTo(query, world);
  return answer === null ? null : encoded(answer);
}

function decoded(bytes: Buffer): DecodedPacket | null {
  try {
    return decode(bytes);
  } catch {
    return null;
  }
}

/** A question can hold names and types that can be read but not written back. */
function encoded(answer: Parameters<typeof encode>[0]): Buffer | null {
  try {
    return encode(answer);
  } catch {
    return null;
  }
}

async function closed(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    socket.close(() => resolve());
  });
}
