import { type Check, failed, ok, warning } from './doctor-check.ts';

/** What answered at the daemon's address. `complaints`: the checks of `/readyz` that are not well, in words. */
export type DaemonLook =
  | { readonly kind: 'ready'; readonly url: string; readonly version: string }
  | { readonly kind: 'not-ready'; readonly url: string; readonly complaints: readonly string[] }
  | { readonly kind: 'stranger'; readonly url: string }
  | { readonly kind: 'silent'; readonly url: string };

export function judgeDaemon(look: DaemonLook): Check {
  const name = 'daemon';
  switch (look.kind) {
    case 'ready':
      return ok(name, `release ${look.version} at ${look.url} is ready`);
    case 'not-ready':
      return failed(
        name,
        `not ready at ${look.url}: ${look.complaints.join('; ')}`,
        'newleaf status and its log say more',
      );
    case 'stranger':
      return failed(
        name,
        `something that is no newleaf daemon answers at ${look.url}`,
        'set NEWLEAF_URL, or give http.listen an address of its own',
      );
    case 'silent':
      return warning(
        name,
        `not running at ${look.url}`,
        'start it with newleaf run, or set NEWLEAF_URL where it runs elsewhere',
      );
  }
}

/** Two stores must not both rotate one listener; nothing in the cloud shows that another installation exists. */
export function noteInstallations(): Check {
  return {
    name: 'other installations',
    state: 'skipped',
    detail: 'cannot be seen from here; two of them with stores of their own need disjoint policies',
    advice:
      'run newleaf plan --local with the configuration of each: no listener may have a plan in two; newleaf config explain LISTENER names its policy',
  };
}
