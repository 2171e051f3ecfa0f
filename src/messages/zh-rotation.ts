import type { Mismatch } from '../domain/verification.ts';
import type { FactsOf, Telling } from './messages.ts';
import { situationLines, type SituationWords } from './situation.ts';
import { capped, short } from './words.ts';
import { because } from './zh-reasons.ts';
import { listener, more, original, slotNames } from './zh-words.ts';

type Ended = FactsOf<'rotation'>;

/** How a rotation ended, in Chinese. */
export function rotation(facts: Ended): Telling {
  const { binding, rotationId, detail, mismatches } = facts;
  const seen = capped(mismatches.map(mismatch), 5, more);
  const facing = [...(detail === '' ? [] : [`详情${original(detail)}。`]), ...seen];
  const { title, what, next } = endings[facts.outcome](facts, facing.length === 0);
  return {
    title: `${listener(binding)}${title}`,
    over: `${listener(binding)}的轮换 ${rotationId} 已无需处理`,
    what: [what, ...facing, ...situationLines(facts, words)],
    next: [next],
  };
}

const words: SituationWords = {
  bound: '当前绑定',
  before: '轮换前',
  intended: '轮换目标',
  code: '最近一次错误码',
  nothing: '无',
  unknown: '未知',
  slot: (slot) => slotNames[slot],
  serves: (where, leaf) => `${where} 正在提供：${leaf}`,
  old: (leaf) => `旧证书 ${leaf}`,
  fresh: (leaf) => `新证书 ${leaf}`,
  silent: because,
  and: '、',
  between: '；',
  more,
  line: (label, text) => `${label}：${text}`,
};

type Ending = (facts: Ended, clean: boolean) => Readonly<Record<'title' | 'what' | 'next', string>>;

const endings: Readonly<Record<Ended['outcome'], Ending>> = {
  committed: ({ from, to }, clean) => ({
    title: clean ? '已换上新证书' : '在轮换之后又发生了变化',
    what: `证书 ${from.id} 已替换为 ${to.id}。`,
    next: 'newleaf 会在 2 分钟和 15 分钟后各复查一次。',
  }),
  'rolled-back': ({ from, to }) => ({
    title: '已回滚到旧证书',
    what: `证书 ${to.id} 未通过验证，已换回 ${from.id}。`,
    next: '在原因消除之前，newleaf 不会自动重试同样的变更。',
  }),
  refused: ({ from, to, reason }) => ({
    title: `未轮换：${because(reason)}`,
    what: `没有做任何改动：仍是 ${from.id}，${to.id} 留待下次。`,
    next: '障碍消除后，newleaf 会自动重新安排。',
  }),
  'needs-operator': ({ from, to, reason, bound, requestId, situation }) => ({
    title: `需要人工处理：${because(reason)}`,
    what: `原计划把证书 ${from.id} 换成 ${to.id}${situation === undefined ? `；当前绑定：${bound?.join('、') ?? '未知'}` : ''}；最近一次请求的 RequestId：${requestId ?? '无'}。`,
    next: '在有人做出决定之前，newleaf 不会再动这个监听。',
  }),
};

function mismatch({ kind, zone, address, serverName, expected, served }: Mismatch): string {
  const asked = serverName === null ? '' : `（SNI ${serverName}）`;
  return `${zone} ${address}${asked}：${because(kind)}，预期 ${short(expected)}，实际 ${short(served)}`;
}
