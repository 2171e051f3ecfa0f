import { readFileSync } from 'node:fs';
import { createServer } from 'node:tls';

// A TLS server in a process of its own, so that its CPU time is nobody else's. Takes the PEM of key and chain on standard
// input, tells its port, and ends when standard output is closed or a signal comes.
const pem = readFileSync(0, 'utf8');
const server = createServer({ key: pem, cert: pem }, (socket) => {
  socket.on('error', () => socket.destroy()).resume();
  socket.on('end', () => socket.end());
});
server.on('tlsClientError', () => undefined);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  process.stdout.write(`${address.port}\n`);
});
