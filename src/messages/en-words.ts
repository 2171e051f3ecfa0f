import type { Millis } from '../domain/certificate.ts';
import type { BindingName } from '../domain/problem.ts';
import { lengthOf } from './words.ts';

/** A listener by the name of its load balancer and its port. */
export function listener({ loadBalancerName, port, ref }: BindingName): string {
  return `${loadBalancerName} port ${port} (${ref.listenerId})`;
}

/** When a certificate ends or ended, as the rest of a sentence about it. */
export function expires(notAfter: Date, now: Date): string {
  const left = notAfter.getTime() - now.getTime();
  return left > 0 ? `expires in ${length(left)}` : `expired ${length(left)} ago`;
}

/** A length of time; its sign is ignored. */
export function length(ms: Millis): string {
  const said = lengthOf(ms);
  switch (said.unit) {
    case 'days':
      return `${said.count} days`;
    case 'hours':
      return `${said.count} h`;
    case 'less-than-an-hour':
      return 'less than 1 h';
  }
}

/** A number of things; the plural is formed with an s. */
export function count(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? '' : 's'}`;
}

/** What a shortened list ends with. */
export function more(n: number): string {
  return `and ${n} more`;
}

/** A text in quotes after a space; nothing for none. */
export function quoted(text: string): string {
  return text === '' ? '' : ` "${text}"`;
}
