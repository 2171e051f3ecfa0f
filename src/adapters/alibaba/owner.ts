import type { Owner } from '../../domain/listener.ts';

type Tags = Readonly<Record<string, string>>;

/** Tags that ACK's controllers put on the load balancers they manage; the value of these two is the cluster. */
const clusterTags = ['ack.aliyun.com', 'ack.cluster.id'] as const;
const managedTags = [...clusterTags, 'kubernetes.do.not.delete', 'ingress.k8s.alibaba/albconfig'];

/** The controller names its NLB listeners `k8s.<port>.<protocol>.<service>.<namespace>.<cluster>`, on reused load balancers too. */
const controllerName =
  /^k8s\.[\d_]+\.\w+\.(?<service>[^.]+)\.(?<namespace>[^.]+)\.(?<cluster>[^.]+)$/;

/**
 * Who manages a listener's certificates, read from its tags (those of its load balancer included) and its description.
 * `ownerTags` are the operator's own marks: `key` or `key=value`.
 */
export function ownerOf(tags: Tags, description: string, ownerTags: readonly string[]): Owner {
  const named = controllerName.exec(description)?.groups;
  if (named !== undefined) {
    const { service, namespace, cluster } = named;
    return { kind: 'kubernetes', cluster: cluster ?? null, service: `${namespace}/${service}` };
  }
  if (managedTags.some((tag) => tag in tags)) {
    const cluster = clusterTags.map((tag) => tags[tag]).find((value) => value !== undefined);
    return { kind: 'kubernetes', cluster: cluster ?? null, service: null };
  }
  const mark = ownerTags.find((wanted) => marks(wanted, tags));
  return mark === undefined ? { kind: 'cloud' } : { kind: 'tag', tag: mark };
}

function marks(wanted: string, tags: Tags): boolean {
  if (wanted in tags) return true;
  const [key, ...value] = wanted.split('=');
  return key !== undefined && value.length > 0 && tags[key] === value.join('=');
}
