import { z } from 'zod';
import { pageHandedOut } from '../faults/repeated-pages.ts';
import type { Operation } from '../http/operation.ts';
import { integer, text } from '../http/parameters.ts';
import { refusalOf } from '../http/refusals.ts';
import { badParameter, noEvent } from './errors.ts';
import type { CustomEvent } from './monitor.ts';
import { done, monitorOperation } from './operations.ts';
import { timeOf } from './values.ts';

const mostAtOnce = 50;
const largestReport = 500 * 1024;

const putCustomEvent = monitorOperation(
  'PutCustomEvent',
  z.object({
    EventInfo: z
      .array(
        z.object({
          EventName: text(),
          Content: z.string().min(1),
          GroupId: text().optional(),
          Time: text().optional(),
        }),
      )
      .min(1)
      .max(mostAtOnce),
    RegionId: text().optional(),
  }),
  ({ EventInfo }, { world, region }) => {
    const size = EventInfo.reduce((sum, each) => sum + Buffer.byteLength(each.Content), 0);
    if (size > largestReport) throw refusalOf(badParameter);
    const now = world.clock.now();
    const events = EventInfo.map((each) => ({
      region,
      name: each.EventName,
      groupId: each.GroupId ?? '0',
      content: each.Content,
      time: timeOf(each.Time, now),
      receivedAt: now,
    }));
    world.monitor.addEvents(events);
    return done;
  },
);

const queryParameters = z.object({
  Name: text().optional(),
  EventId: text().optional(),
  GroupId: text().optional(),
  SearchKeywords: z.string().optional(),
  StartTime: text().optional(),
  EndTime: text().optional(),
  PageNumber: integer(1, 1_000_000).optional(),
  PageSize: integer(1, 1000).optional(),
  RegionId: text().optional(),
});

type Query = z.output<typeof queryParameters>;

/** Pages do not say how many there are. Of what is not documented: the newest event first, and ten to a page. */
const describeCustomEventAttribute = monitorOperation(
  'DescribeCustomEventAttribute',
  queryParameters,
  (query, { world, region, action }) => {
    const [from, until] = [timeOf(query.StartTime, -Infinity), timeOf(query.EndTime, Infinity)];
    const events = world.monitor.events().filter((each) => each.region === region);
    if (query.EventId !== undefined && !events.some((each) => each.id === query.EventId)) {
      throw refusalOf(noEvent);
    }
    const found = events.filter(
      (each) => isAsked(each, query) && from <= each.time && each.time <= until,
    );
    const { PageNumber = 1, PageSize: size = 10 } = query;
    const page = pageHandedOut(world.faults, { product: 'cms', region, action }, PageNumber);
    const rows = found.toReversed().slice((page - 1) * size, page * size);
    return { ...done, Success: 'true', CustomEvents: { CustomEvent: rows.map(row) } };
  },
);

export const monitorEvents: readonly Operation[] = [putCustomEvent, describeCustomEventAttribute];

function isAsked(event: CustomEvent, query: Query): boolean {
  return (
    [event.name, undefined].includes(query.Name) &&
    [event.id, undefined].includes(query.EventId) &&
    [event.groupId, undefined].includes(query.GroupId) &&
    mentions(event.content, query.SearchKeywords ?? '')
  );
}

/** `a and b` wants both, `a or b` one of them; `and` holds closer. */
function mentions(content: string, keywords: string): boolean {
  return keywords
    .split(' or ')
    .some((all) => all.split(' and ').every((keyword) => content.includes(keyword.trim())));
}

function row(event: CustomEvent) {
  return {
    Id: event.id,
    Name: event.name,
    GroupId: event.groupId,
    Content: event.content,
    Time: String(event.time),
  };
}
