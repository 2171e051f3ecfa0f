// Loaded into a daemon before its program, by `node --import`: kills the process at a named point, in the very call that reaches it. The
// points are where its work meets the world, so the program itself is the one that ships: bytes to the store, bytes to the cloud, a line in the log.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

/** What to strike at: `{at: 'append' | 'write', when: 'before' | 'after', kind, nth}`; null strikes at nothing. */
let point = null;
let seen = 0;

const append = /journal\/[\s\S]*"event":\{"kind":"([a-z-]+)"/;
const write =
  /x-acs-action: ?(UpdateListenerAttribute|(Dis)?[Aa]ssociateAdditionalCertificatesWithListener)\r/i;

process.on('message', (message) => {
  point = message;
  seen = 0;
  process.send('armed');
});
// Whoever gave the orders is gone: nobody would ever stop this process.
process.on('disconnect', () => process.exit());
process.channel?.unref();

function reached(at, when, kind) {
  if (point?.at !== at || point.when !== when || point.kind !== kind) return;
  seen += 1;
  if (seen === point.nth) process.kill(process.pid, 'SIGKILL');
}

/** Sockets on which the answer to a write is awaited. */
const asked = new WeakSet();
const { write: send } = net.Socket.prototype;
net.Socket.prototype.write = function (data, ...rest) {
  if (point === null) return send.call(this, data, ...rest);
  const text = typeof data === 'string' ? data : Buffer.from(data).toString('latin1');
  const [, kind] = append.exec(text) ?? [];
  if (kind !== undefined) reached('append', 'before', kind);
  if (write.test(text)) {
    reached('write', 'before', 'write');
    asked.add(this);
  }
  return send.call(this, data, ...rest);
};

// The first bytes of an answer come through here: the cloud has done it, and nobody in this process knows.
const { push } = net.Socket.prototype;
net.Socket.prototype.push = function (chunk, encoding) {
  if (chunk !== null && asked.delete(this)) reached('write', 'after', 'write');
  return push.call(this, chunk, encoding);
};

const { writeSync } = fs;
fs.writeSync = (fd, text, ...rest) => {
  const written = writeSync(fd, text, ...rest);
  if (fd === 1 && point?.at === 'append' && point.when === 'after' && typeof text === 'string') {
    const line = JSON.parse(text);
    if (line.msg === 'rotation moved on') reached('append', 'after', line.event);
  }
  return written;
};
syncBuiltinESMExports();
