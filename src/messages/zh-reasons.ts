import type { MismatchKind } from '../domain/verification.ts';
import type { FailureReason } from '../domain/observation.ts';
import type { RejectionReason } from '../domain/planning.ts';
import type { ToldRejection } from '../domain/problem.ts';
import type { Reason } from './messages.ts';
import { original } from './zh-words.ts';

const reasons: Readonly<Record<Reason, string>> = {
  'observe-mode': '当前策略只观察、不变更',
  approval: '轮换计划正在等待审批',
  window: '不在变更窗口内',
  freeze: '正处于封网期',
  'not-due': '还没到续期时间',
  hold: '该监听已挂起，需先有人处理上一次轮换',
  'on-hold': '该监听已挂起，需先有人处理上一次轮换',
  canary: '新证书正在另一个监听上灰度',
  soak: '新证书仍在灰度观察期',
  concurrency: '同时进行的轮换已达上限',
  'load-balancer-busy': '同一负载均衡实例上有另一个轮换正在进行',
  paused: '轮换已暂停，需先处理失败的那次轮换',
  'clock-skew': '本机时钟偏差过大',
  'no-candidate': '没有可用来替换的证书',
  'expiry-unknown': '无法确定当前证书的到期时间',
  'no-way-back': '当前证书已不在证书仓库中，换上新证书后将无法回滚',
  'not-running': '监听不在运行状态',
  quota: '负载均衡实例的扩展证书配额已满',
  reverted: '上次轮换之后，有人把旧证书换了回来',
  'owned-elsewhere': '该监听由其他系统管理',
  'listener-gone': '监听已被删除',
  'listener-not-running': '监听不在运行状态',
  'listener-changed': '制定计划之后，监听的配置发生了变化',
  'candidate-gone': '新证书已不存在',
  'facts-unknown': '信息不全，无法判断',
  blind: '从本机探测不到该监听的地址，无法验证',
  shadowed: '通过握手分辨不出新旧证书',
  'cloud-refused': '云平台拒绝了这次变更',
  'someone-else-writes': '有人正在同时修改该监听',
  'settings-changed': '监听的其他配置被改动',
  'restore-failed': '旧证书没能换回去',
  'restore-unproven': '旧证书已换回，但并非每个可用区都已生效',
  'old-certificate-unusable': '新证书验证未通过，旧证书也已不可用',
  'landed-unproven': '变更已经生效，但验证未通过',
  'job-never-ended': '云平台的变更任务一直没有结束',
};

const mismatches: Readonly<Record<MismatchKind, string>> = {
  stale: '仍在提供更换前的证书',
  'wrong-leaf': '提供的不是预期的证书',
  untrusted: '证书链不受信任',
  'name-not-covered': '证书不包含该域名',
  'client-auth-changed': '客户端认证（mTLS）的行为变了',
  'client-refused': '原先可用的客户端证书被拒绝',
  'not-answering': '没有应答',
};

const failures: Readonly<Record<FailureReason, string>> = {
  'outside-vantage': '不在本机可探测的网络内',
  refused: '连接被拒绝',
  unreachable: '网络不可达',
  timeout: '超时',
  reset: '连接被重置',
  'not-tls': '应答不是 TLS',
  'no-common-parameters': '没有双方都支持的 TLS 参数',
  'name-rejected': '服务器拒绝该域名',
  'handshake-failed': 'TLS 握手失败',
};

const words: ReadonlyMap<string, string> = new Map(
  Object.entries({ ...failures, ...mismatches, ...reasons }),
);

/** A reason that the table does not know, as of a later release, stands as it is. */
export function because(reason: string | null): string {
  if (reason === null) return '未说明原因';
  return words.get(reason) ?? reason;
}

const facts: Readonly<Record<string, string>> = {
  'the fingerprint': '指纹',
  'the start of validity': '生效时间',
  'the end of validity': '到期时间',
  'the names': '域名',
  'whether it is self-signed': '是否自签名',
  'the issuer': '签发者',
  'the key type': '密钥类型',
  'the key size': '密钥长度',
};

type Words = (...about: readonly string[]) => string;

const rejections: Readonly<Record<RejectionReason, Words>> = {
  'same-leaf': (id) => `与 ${id} 是同一张证书`,
  'other-site': (site, wanted) => `在 ${site} 的证书仓库里，而该地域只读取 ${wanted}`,
  'not-yet-valid': (from) => `${from} 才生效`,
  'issued-too-recently': (from) => `签发不到一小时，${from} 起才可用`,
  expired: (end) => `已过期或即将过期（${end}）`,
  'no-gain': (end, bound) => `${end} 到期，并不比当前证书（${bound}）更晚`,
  revoked: () => '已被吊销',
  'missing-name': (...names) => `不包含域名 ${few(names)}`,
  'self-signed': () => '是自签名证书，而当前证书不是',
  'other-issuer': (issuer, bound) => `由 ${issuer} 签发，而当前证书由 ${bound} 签发`,
  'other-key-type': (type, bound) => `密钥类型是 ${type}，而当前证书是 ${bound}`,
  'key-too-small': (type, bits, least) => `${type} 密钥只有 ${bits} 位，至少需要 ${least} 位`,
  'already-bound': (id) => `已经绑在该监听上（${id}）`,
  quarantined: (until, rotation, reason) =>
    `在轮换 ${rotation} 中未通过（${because(reason ?? null)}），${until} 之前被隔离，不再使用`,
  'not-a-ca': () => '是服务器证书，不是 CA 证书',
  'facts-unknown': (fact = '', of) =>
    of === 'bound'
      ? `当前证书的${facts[fact] ?? '信息'}未知，无法比较`
      : `证书仓库没有给出它的${facts[fact] ?? '信息'}`,
};

/** The last one may count those that are not named. */
function few(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  if (!last.startsWith('+')) return names.join('、');
  const named = names.slice(0, -1);
  return `${named.join('、')} 等 ${named.length + Number(last.slice(1))} 个`;
}

const sayings: ReadonlyMap<string, Words> = new Map(Object.entries(rejections));

/** What an earlier release wrote down has only the English sentence. */
export function rejected({ candidate, reason, detail, about }: ToldRejection): string {
  const say = sayings.get(reason);
  return say === undefined || about === undefined
    ? `${candidate} 不可用${original(detail)}`
    : `${candidate} ${say(...about)}`;
}
