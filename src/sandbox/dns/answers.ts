import {
  AUTHORITATIVE_ANSWER,
  type DecodedPacket,
  type Packet,
  type Question,
  type StringAnswer,
} from 'dns-packet';
import { dnsNameOf, type LoadBalancer } from '../nlb/model.ts';
import type { World } from '../world.ts';

/** Response codes of RFC 1035, section 4.1.1. */
const codes = { noError: 0, formatError: 1, noSuchName: 3, notImplemented: 4 } as const;
type Code = (typeof codes)[keyof typeof codes];

const standardQuery = 0;

/** Seconds. Short, so that a resolver in between hides a shifted zone for a moment only. */
const ttl = 1;

/**
 * What the name server of the load balancers says to a query. Null for what deserves no answer: an answer must not be
 * answered, or two servers could go on for ever.
 */
export function answerTo(query: DecodedPacket, world: World): Packet | null {
  if (query.type !== 'query') return null;
  const questions = query.questions ?? [];
  const [question] = questions;
  if (opcodeOf(query) !== standardQuery) return reply(query, codes.notImplemented, []);
  if (question === undefined || questions.length > 1) return reply(query, codes.formatError, []);
  const loadBalancer = named(question.name, world);
  if (loadBalancer === null) return reply(query, codes.noSuchName, []);
  return reply(query, codes.noError, answersTo(question, loadBalancer));
}

/** RFC 1035, section 4.1.1: the four bits after the response bit. */
function opcodeOf({ flags = 0 }: DecodedPacket): number {
  return (flags >> 11) & 0xf;
}

function reply(query: DecodedPacket, code: Code, answers: readonly StringAnswer[]): Packet {
  return {
    type: 'response',
    id: query.id ?? 0,
    flags: AUTHORITATIVE_ANSWER | code,
    questions: [...(query.questions ?? [])],
    answers: [...answers],
  };
}

/** Names are compared without regard to case and printed back as they were asked. */
function named(name: string, world: World): LoadBalancer | null {
  const wanted = name.toLowerCase();
  const found = world.balancing.loadBalancer(wanted.split('.')[0] ?? '');
  return found !== null && dnsNameOf(found) === wanted ? found : null;
}

function answersTo({ name, type }: Question, loadBalancer: LoadBalancer): readonly StringAnswer[] {
  if (type !== 'A') return [];
  return addressesInDns(loadBalancer).map((data) => ({ type: 'A', name, ttl, data }));
}

/** The addresses of zones that take part: public ones where the load balancer faces the Internet, else private ones. */
function addressesInDns({ zones, addressType }: LoadBalancer): readonly string[] {
  return zones
    .filter((zone) => zone.status === 'Active')
    .map((zone) => (addressType === 'Internet' ? zone.publicAddress : zone.privateAddress))
    .filter((address) => address !== null);
}
