import type { FaultBook } from './book.ts';
import { type CallPlace, strikes } from './common.ts';

/** How the page that a call goes on to is to be spoilt, or null. Uses up one strike; not to be asked for first pages. */
export function spoiltPage(faults: FaultBook, place: CallPlace): 'page' | 'token' | null {
  return faults.take('repeat-page', (each) => strikes(each, place))?.repeats ?? null;
}

/** For lists by page number, which start at 1: the page to hand out when `page` is asked for. */
export function pageHandedOut(faults: FaultBook, place: CallPlace, page: number): number {
  return page > 1 && spoiltPage(faults, place) !== null ? page - 1 : page;
}
