import type { ListenerRef } from '../domain/listener.ts';

/** Where a person finds the listener in Alibaba Cloud's console. */
export function consoleUrl(ref: ListenerRef): string {
  const { product, region, loadBalancerId, listenerId } = ref;
  const path = [product, region, `${product}s`, loadBalancerId, 'listeners', listenerId];
  return `https://slb.console.aliyun.com/${path.map(encodeURIComponent).join('/')}`;
}
