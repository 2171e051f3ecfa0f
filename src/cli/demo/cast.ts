/** What is to become of a listener in the demo. */
export type Ending = 'rotated' | 'rolled-back' | 'no-replacement';

/** One listener of the sandbox's seed `demo`, and what newleaf has to make of it. */
export interface Role {
  /** Its load balancer's name, which is short enough to tell stories with. */
  readonly name: string;
  readonly listenerId: string;
  /** Of the first alert about its certificate. */
  readonly severity: 'info' | 'warning' | 'critical' | 'expired';
  readonly ending: Ending;
}

/** Written down apart from the seed and from the daemon: the demo compares both with this. */
export const cast: readonly Role[] = [
  role('shop', 8443, 'info', 'rotated'),
  role('api', 9443, 'warning', 'rolled-back'),
  role('pay', 10443, 'critical', 'rotated'),
  role('legacy', 11443, 'expired', 'no-replacement'),
];

/** The name under which a listener appears in the story; its id when it has no role. */
export function nameOf(listenerId: string): string {
  return cast.find((each) => each.listenerId === listenerId)?.name ?? listenerId;
}

function role(name: string, port: number, severity: Role['severity'], ending: Ending): Role {
  return { name, listenerId: `lsn-demo${name}00001@${port}`, severity, ending };
}
