/** How somebody sees for himself which leaf an address serves. Two lines, to be pasted together. */
export function opensslLines(address: string, serverName: string): readonly string[] {
  return [
    `openssl s_client -connect ${address} -servername ${serverName} </dev/null 2>&1 |`,
    '  openssl x509 -noout -fingerprint -sha256',
  ];
}

/** A fingerprint as openssl prints it, cut to what a person compares. */
export function opensslFingerprint(fingerprint256: string | null): string {
  if (fingerprint256 === null) return 'nothing';
  const pairs = fingerprint256.toUpperCase().match(/../g) ?? [];
  return `${pairs.slice(0, 8).join(':')}:…`;
}

interface Running {
  readonly url: string;
  readonly token: string;
  readonly control: string;
}

/** What to try while the demo stays up. */
export function thingsToTry({ url, token, control }: Running): readonly string[] {
  return [
    'The status page (as the browser asks: any user name, the token as password):',
    `  ${url.replace('://', `://newleaf:${token}@`)}/`,
    '',
    'Now break it. In another terminal, in this folder:',
    '',
    `  export NEWLEAF_URL=${url}`,
    `  export NEWLEAF_TOKEN=${token}`,
    '  npx newleaf status',
    '',
    '  # give the expired certificate a replacement; the next scan finds it within 10 s',
    `  curl -d '{"names":["legacy.example.com"]}' ${control}/certificates`,
    '',
    '  # a zone that takes connections and drops them: an alert says so, another that it is over',
    `  npx newleaf sandbox fault --control ${control} drop --zone cn-hangzhou-b`,
    `  npx newleaf sandbox fault --control ${control} clear`,
    '',
    '  # why the bad renewal is not tried again, and how its rotation went',
    '  npx newleaf plan',
    '  npx newleaf rotations',
    '',
    'Whatever happens is told here. Ctrl-C stops everything and leaves nothing behind.',
  ];
}
