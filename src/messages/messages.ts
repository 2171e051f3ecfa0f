import type { Severity } from '../domain/policy.ts';
import type { PlanRefusal, WaitReason } from '../domain/planning.ts';
import type { AlertKind, BindingName, ProblemFacts } from '../domain/problem.ts';
import type { OperatorReason, RefusalReason } from '../domain/rotation.ts';

/** The facts of one kind of problem. */
export type FactsOf<K extends AlertKind, F = ProblemFacts> = F extends { readonly kind: infer L }
  ? K extends L
    ? F
    : never
  : never;

/** Why newleaf does not do something by itself. */
export type Reason = WaitReason | PlanRefusal | RefusalReason | OperatorReason;

/** From where and when the reader looks. */
export interface Reading {
  /** The instant that "expires in" is counted from. */
  readonly now: Date;
  /** IANA zone of the reader. */
  readonly timezone: string;
  /** How many bindings are named before the rest is counted; left out, twenty. */
  readonly mostBindings?: number | undefined;
}

/** What a language says about one problem. */
export interface Telling {
  /** One line: what is wrong, where, and until when. */
  readonly title: string;
  /** One line for the day it is over. */
  readonly over: string;
  readonly what: string | readonly string[];
  /** What newleaf does next and when, or why it can do nothing. */
  readonly next: string | readonly string[];
}

/** One language. A new one is one file that implements this; languages.ts lists them. */
export interface Messages {
  readonly labels: {
    readonly until: string;
    /** How many bindings it concerns. */
    readonly affected: (count: number) => string;
    readonly next: string;
    readonly run: string;
    readonly console: string;
    readonly runbook: string;
    readonly resolved: string;
    readonly severity: (severity: Severity) => string;
    /** A label and what follows it on the same line. */
    readonly with: (label: string, text: string) => string;
  };
  readonly tell: {
    readonly [K in AlertKind]: (facts: FactsOf<K>, reading: Reading) => Telling;
  };
  readonly binding: (name: BindingName) => string;
  /** Stands for the part of a list that was cut off. */
  readonly more: (count: number) => string;
  /** From when until when a problem was there. */
  readonly lasted: (from: string, to: string) => string;
  /** Why it is over, in place of what it means that it is. */
  readonly notConfigured: string;
  readonly acknowledged: (by: string, note: string) => string;
  /** A line of a digest: the title of one message, and how many bindings it concerns; 0 where it concerns none. */
  readonly line: (title: string, bindings: number) => string;
  /** The title of a message that holds several. */
  readonly digest: (counts: DigestCounts) => string;
}

/** What a digest holds. */
export interface DigestCounts {
  /** The sink has never been told anything: this is what newleaf found when it began. */
  readonly first: boolean;
  readonly total: number;
  /** What fires or has happened, by severity, worst first; each at least 1. */
  readonly bySeverity: readonly { readonly severity: Severity; readonly count: number }[];
  readonly resolved: number;
}
