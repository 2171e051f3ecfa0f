import type { Millis } from '../domain/certificate.ts';
import type { Slot } from '../domain/listener.ts';
import type { BindingName, ProblemFacts } from '../domain/problem.ts';
import { lengthOf } from './words.ts';

type OfCertificate = Pick<
  Extract<ProblemFacts, { readonly kind: 'expiring' | 'expired' }>,
  'certificate'
>;

export const slotNames: Readonly<Record<Slot, string>> = {
  default: '默认证书',
  additional: '扩展证书',
  ca: 'CA 证书',
};

/** A listener by the name of its load balancer and its port. */
export function listener({ loadBalancerName, port, ref }: BindingName): string {
  return `监听 ${loadBalancerName}:${port}（${ref.listenerId}）`;
}

/** When a certificate ends or ended, as the rest of a sentence about it. */
export function expires(notAfter: Date, now: Date): string {
  const left = notAfter.getTime() - now.getTime();
  const said = lengthOf(left);
  if (said.unit === 'less-than-an-hour')
    return left > 0 ? '将在 1 小时内过期' : '已过期（不到 1 小时）';
  return left > 0 ? `将在 ${length(left)}后过期` : `已过期 ${length(left)}`;
}

/** A length of time; its sign is ignored. */
export function length(ms: Millis): string {
  const said = lengthOf(ms);
  switch (said.unit) {
    case 'days':
      return `${said.count} 天`;
    case 'hours':
      return `${said.count} 小时`;
    case 'less-than-an-hour':
      return '不到 1 小时';
  }
}

export function more(n: number): string {
  return `另有 ${n} 项未列出`;
}

/** A certificate as the beginning of a sentence: a gap stands only between Latin and Chinese letters. */
export function named(facts: OfCertificate): string {
  const name = called(facts);
  return `证书 ${name}${/[\w.*-]$/.test(name) ? ' ' : ''}`;
}

/** A CA answers for no name; its label says which one it is. */
function called({ certificate: { names, label, id } }: OfCertificate): string {
  const [first] = names;
  if (first === undefined) return label === '' ? id : `${label}（${id}）`;
  return names.length === 1 ? first : `${first} 等 ${names.length} 个域名`;
}

/** What only its source can word, quoted as it is. */
export function original(text: string): string {
  return text === '' ? '' : `（原文：${text}）`;
}
