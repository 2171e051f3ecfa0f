import type { Socket } from 'node:net';

const complaint = '<html><body><h1>400 Bad Request</h1></body></html>\n';
const pages = {
  'http-400': [
    'HTTP/1.1 400 Bad Request',
    'content-type: text/html',
    `content-length: ${complaint.length}`,
    'connection: close',
    '',
    complaint,
  ].join('\r\n'),
  banner: '220 mail.example.invalid ESMTP ready\r\n',
};

/** Talks without TLS: a web server waits for the client's first bytes and complains, a mail server speaks first. */
export function talkPlainly(socket: Socket, page: keyof typeof pages): void {
  socket.setTimeout(patienceMillis, () => socket.destroy());
  if (page === 'banner') socket.write(pages.banner);
  socket.once('data', () => socket.end(page === 'banner' ? '' : pages[page]));
}

const patienceMillis = 10_000;
