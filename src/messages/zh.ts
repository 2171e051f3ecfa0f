import type { Outlook, ToldRejection } from '../domain/problem.ts';
import type { Severity } from '../domain/policy.ts';
import type { FactsOf, Messages, Reading, Telling } from './messages.ts';
import { capped, localAndUtc, short } from './words.ts';
import { because, rejected } from './zh-reasons.ts';
import { rotation } from './zh-rotation.ts';
import { expires, length, listener, more, named, slotNames } from './zh-words.ts';

type Expiry = FactsOf<'expiring'>;
type OfCertificate = Pick<Expiry, 'account' | 'site' | 'certificate'>;

const severities: Readonly<Record<Severity, string>> = {
  ok: '正常',
  info: '提示',
  warning: '警告',
  critical: '严重',
  expired: '已过期',
};

/** Simplified Chinese. */
export const zh: Messages = {
  labels: {
    until: '到期时间',
    affected: (n) => `影响范围（${n} 处绑定）`,
    next: '后续',
    run: '可执行',
    console: '控制台',
    runbook: '处理手册',
    resolved: '已恢复',
    severity: (severity) => severities[severity],
    with: (label, text) => `${label}：${text}`,
  },
  tell: {
    expiring: expiry,
    expired: expiry,
    'no-replacement': (facts, { now }) => ({
      title: `${named(facts)}${expires(facts.notAfter, now)}，但没有可用来替换的新证书`,
      over: `${named(facts)}已有可替换的新证书，或已不再绑定`,
      what: [identity(facts), ...whyNone(facts.rejections)],
      next: '在证书仓库里出现可用的新证书之前，newleaf 无能为力：请续签并上传到该仓库。',
    }),
    drift: ({ binding, zone, address, bound, served }) => ({
      title: `${listener(binding)}在 ${zone} 提供的证书与绑定的不一致`,
      over: `${listener(binding)}在 ${zone} 提供的证书已与绑定的一致`,
      what: `${address} 实际提供的证书是 ${short(served)}，绑定的是 ${short(bound)}。`,
      next: 'newleaf 不会因此做任何改动，每次扫描都会再检查。',
    }),
    unreachable: ({ binding, zone, address, reason, lastServedAt }, { timezone }) => ({
      title: `${listener(binding)}在 ${zone} 无应答`,
      over: `${listener(binding)}在 ${zone} 已恢复应答`,
      what: `${address} 没有返回证书：${because(reason)}。上次正常是在 ${localAndUtc(lastServedAt, timezone)}。`,
      next: '在看清每个可用区提供的证书之前，newleaf 不会轮换这个监听。',
    }),
    'not-probed': ({ account, vpcId, listeners }) => ({
      title: `${vpcId ?? '某个网络'} 内有 ${listeners} 个监听无法探测`,
      over: `${vpcId ?? '某个网络'} 内的监听已可探测`,
      what: `账号 ${account}：这些监听的地址不在本机可达的网络内。绑定关系和到期时间照常监控，但看不到实际提供的是哪张证书。`,
      next: '在该网络内运行 newleaf，或在 probe.vantage 中声明该网络可达，即可恢复探测。',
    }),
    'expiry-unknown': ({ account, certificateId }) => ({
      title: `无法得知证书 ${certificateId} 的到期时间`,
      over: `证书 ${certificateId} 的到期时间已知，或已不再绑定`,
      what: `账号 ${account}：证书仓库里没有列出它，握手中也没有见到它。`,
      next: 'newleaf 每次扫描都会再查；无法换回的证书，newleaf 不会去轮换。',
    }),
    'owned-elsewhere': ({ binding, owner, notAfter }, { now }) => ({
      title: `${listener(binding)}的证书${expires(notAfter, now)}，该监听由 ${owner} 管理`,
      over: `${listener(binding)}的证书已无需处理`,
      what: `newleaf 不会改动由其他系统管理的监听，请在 ${owner} 一侧更换证书。`,
      next: `newleaf 无能为力：在这里改了也会被 ${owner} 改回去。`,
    }),
    'weak-tls-policy': ({ policy, bindings }) => ({
      title: `${bindings.length} 个监听允许低于 TLS 1.2 的协议（${policy}）`,
      over: `这里已没有监听使用 ${policy}`,
      what: '客户端可能被降级到 TLS 1.0 或 1.1，这两个版本已不再被视为安全（RFC 8996）。',
      next: 'newleaf 不修改安全策略，请在控制台改用 tls_cipher_policy_1_2 或更严格的策略。',
    }),
    'quota-near': ({ binding: { loadBalancerName, ref }, used, limit }) => ({
      title: `负载均衡实例 ${loadBalancerName}（${ref.loadBalancerId}）的扩展证书已用 ${used}/${limit}`,
      over: `负载均衡实例 ${loadBalancerName}（${ref.loadBalancerId}）的扩展证书配额已有余量`,
      what: '配额按实例计算，实例下所有监听合计。替换证书期间，新旧证书会短暂地各占一个名额。',
      next: 'newleaf 不会自行解绑，请解绑不再需要的证书，或申请提升配额。',
    }),
    reverted: ({ binding, rotationId, bound, to, at }, { timezone }) => ({
      title: `${listener(binding)}又换回了旧证书`,
      over: `${listener(binding)}上已不再是被轮换掉的旧证书`,
      what: `轮换 ${rotationId} 于 ${localAndUtc(at, timezone)} 将其换成 ${to}，之后有人又换回了 ${bound}。`,
      next: 'newleaf 不会再自动轮换这个监听；手动发起轮换即视为同意。',
    }),
    rotation,
    'approval-wanted': ({ binding, planHash, from, to, notAfter }, { now }) => ({
      title: `请审批：是否轮换${listener(binding)}？其证书${expires(notAfter, now)}`,
      over: `${listener(binding)}的轮换计划已无需审批`,
      what: `计划 ${planHash.slice(0, 12)}：将证书 ${from} 替换为 ${to}。`,
      next: '审批通过后，newleaf 会在下一个变更窗口开始执行。',
    }),
    missing: ({ account, region, action, code }) => ({
      title: `账号 ${account} 在 ${region} 的资源没有读全`,
      over: `账号 ${account} 在 ${region} 的资源已能完整读取`,
      what: `${action} 失败：${code}。此前已知的信息仍然保留并继续监控。`,
      next: 'newleaf 会在下次扫描时重试。',
    }),
    'scan-stale': ({ lastSuccess, expectedEvery }, { now, timezone }) => ({
      title:
        lastSuccess === null
          ? '至今没有一次扫描成功'
          : `最近一次成功的扫描已是 ${length(now.getTime() - lastSuccess.getTime())}前`,
      over: '扫描已恢复正常',
      what: `按计划每 ${length(expectedEvery)}应扫描一次。${lastSuccess === null ? '目前还没有任何数据' : `现有信息截至 ${localAndUtc(lastSuccess, timezone)}`}。`,
      next: 'newleaf 会继续尝试；已知的到期时间照常监控。',
    }),
    'queue-stuck': ({ queue, oldest }, { now }) => ({
      title: `队列 ${queue} 停滞`,
      over: `队列 ${queue} 已恢复`,
      what: `最早的任务已等待 ${length(now.getTime() - oldest.getTime())}。`,
      next: 'newleaf 每分钟根据存储补齐缺失的任务，不会丢失。',
    }),
    'sink-failing': ({ sink, since, reason }, { timezone }) => ({
      title: `告警发不到 ${sink}`,
      over: `告警已能正常发到 ${sink}`,
      what: `自 ${localAndUtc(since, timezone)} 起失败，最近一次的错误：${reason}。`,
      next: 'newleaf 保留所有告警并持续重试，恢复后按当时的状态发送。',
    }),
    'clock-skew': ({ skewMs, against }) => ({
      title: `本机时钟与${against === 'store' ? '存储' : '云平台'}的时钟相差 ${Math.round(Math.abs(skewMs) / 1000)} 秒`,
      over: `本机时钟与${against === 'store' ? '存储' : '云平台'}的时钟已一致`,
      what: `本机时钟偏${skewMs > 0 ? '慢' : '快'}。`,
      next: '时钟一致之前，newleaf 不会开始任何轮换，也不会变更告警级别。',
    }),
    'store-not-durable': ({ backend, detail }) => ({
      title: `${backend} 存储可能丢失已确认的写入`,
      over: `${backend} 存储已能保住确认过的写入`,
      what: `原因：${detail}`,
      next: 'newleaf 继续工作：即使存储丢了一次轮换的记录，也能从监听的现状认出它。',
    }),
    test: ({ sink, by }) => ({
      title: `【测试】没有任何故障：${by} 正在确认 ${sink} 能否收到告警`,
      over: `【测试】${sink} 的测试已结束`,
      what: '能看到这条消息，说明告警可以通过该渠道送达。',
      next: '无需处理，newleaf 也不会执行任何操作。',
    }),
  },
  binding: ({ ref, loadBalancerName, listenerDescription, port, slot }) =>
    `${loadBalancerName}（${ref.loadBalancerId}）端口 ${port}${listenerDescription === '' ? '' : `“${listenerDescription}”`}，${slotNames[slot]}，${ref.region}，账号 ${ref.account}`,
  more,
  lasted: (from, to) => `持续时间：${from} 至 ${to}。`,
  notConfigured: '相关对象已从配置中移除，newleaf 不再监控它。',
  acknowledged: (by, note) => `已由 ${by} 确认${note === '' ? '' : `：${note}`}`,
  line: (title, bindings) => (bindings > 1 ? `${title}（${bindings} 处绑定）` : title),
  digest: ({ first, total, bySeverity, resolved }) => {
    const parts = [
      ...bySeverity.map(({ severity, count }) => `${severities[severity]} ${count}`),
      ...(resolved === 0 ? [] : [`已恢复 ${resolved}`]),
    ];
    return `${first ? 'newleaf 启动时的现状：' : ''}${total} 条告警（${parts.join('，')}）`;
  },
};

function expiry(facts: Expiry, reading: Reading): Telling {
  const gone = facts.notAfter <= reading.now;
  return {
    title: `${named(facts)}${expires(facts.notAfter, reading.now)}`,
    over: `${named(facts)}已不再绑定，也不再对外提供`,
    what: [
      identity(facts),
      ...(gone ? ['会校验证书的客户端现在已无法连接。'] : []),
      ...lookedAt(facts),
    ],
    next: [...new Set(facts.outlook.map((outlook) => prospect(outlook, facts, reading)))],
  };
}

function prospect(outlook: Outlook, { site }: Expiry, { now, timezone }: Reading): string {
  switch (outlook.kind) {
    case 'rotates': {
      const { to, notBefore } = outlook;
      const due = notBefore === null || notBefore <= now;
      return due
        ? `newleaf 即将用证书 ${to} 替换它。`
        : `newleaf 将用证书 ${to} 替换它，最早于 ${localAndUtc(notBefore, timezone)} 开始。`;
    }
    case 'waits':
      return `newleaf 不会自动处理：${because(outlook.reason)}。`;
    case 'no-candidate':
      return `newleaf 没有可用来替换它的证书：请续签并上传到证书仓库 ${site}。`;
    case 'not-ours':
      return `newleaf 无能为力：${managedBy(outlook)}。`;
  }
}

/** Why nothing may replace it, once for all bindings of which the same is true. */
function lookedAt({ outlook }: Expiry): readonly string[] {
  const lines = outlook.flatMap((of) => (of.kind === 'no-candidate' ? whyNone(of.rejections) : []));
  return [...new Set(lines)];
}

function managedBy({ owner, reason }: Extract<Outlook, { readonly kind: 'not-ours' }>): string {
  return owner === undefined ? because(reason) : `该监听由 ${owner} 管理，请在那里更换证书`;
}

function identity({ account, site, certificate }: OfCertificate): string {
  const { id, label, fingerprint256 } = certificate;
  const names = capped(certificate.names, 5, more).join('、');
  const parts = [
    `${id}${label === '' ? '' : `（${label}）`}`,
    ...(fingerprint256 === null ? [] : [`SHA-256 指纹 ${short(fingerprint256)}`]),
    `账号 ${account}`,
    `证书仓库 ${site}`,
  ];
  return `证书 ${parts.join('，')}${names === '' ? '' : `；域名：${names}`}。`;
}

function whyNone(rejections: readonly ToldRejection[]): readonly string[] {
  if (rejections.length === 0) return ['证书仓库中没有覆盖这些域名的其他证书。'];
  return [`已检查：${capped(rejections.map(rejected), 3, more).join('；')}。`];
}
