import { after, days, hours, today } from '../helpers/facts.ts';
import type { Announcement } from '../../src/domain/alert.ts';
import { languages, type Language } from '../../src/domain/language.ts';
import type { Severity } from '../../src/domain/policy.ts';
import { asText, render } from '../../src/messages/render.ts';
import { expiryFacts, rotationEnded } from '../helpers/alerts.ts';
import { announcing, reading, samples } from './samples.ts';

/** The life of one certificate in five looks: what is left, and how bad that is. */
export const lastHours: readonly (readonly [name: string, left: number, severity: Severity])[] = [
  ['23 h', hours(23), 'critical'],
  ['5 h', hours(5), 'critical'],
  ['0 h', 0, 'expired'],
  ['-5 h', -hours(5), 'expired'],
  ['-3 d', -days(3), 'expired'],
];

export { languages };

/** Every message that is kept for comparison, by what it is called. */
export function goldenAnnouncements(): readonly (readonly [string, Announcement])[] {
  return [
    ...Object.entries(samples).map(
      ([kind, [facts, severity]]) => [kind, announcing(facts, severity)] as const,
    ),
    ...lastHours.map(
      ([name, left, severity]) => [`expiring at ${name}`, expiringAt(left, severity)] as const,
    ),
    ...endings(),
    ...others(),
  ];
}

export function expiringAt(left: number, severity: Severity): Announcement {
  const kind = severity === 'expired' ? 'expired' : 'expiring';
  return announcing(expiryFacts({ kind, notAfter: after(today, left) }), severity);
}

function endings(): readonly (readonly [string, Announcement])[] {
  return [
    ['rotation committed', announcing(rotationEnded('info').facts, 'info', { status: 'notice' })],
    [
      'rotation rolled back',
      announcing(rotationEnded('warning', { outcome: 'rolled-back' }).facts, 'warning', {
        status: 'notice',
      }),
    ],
    [
      'rotation refused',
      announcing(
        rotationEnded('warning', { outcome: 'refused', reason: 'blind' }).facts,
        'warning',
        { status: 'notice' },
      ),
    ],
  ];
}

function others(): readonly (readonly [string, Announcement])[] {
  const [quarantined] = samples['no-replacement'];
  return [
    ['resolved', announcing(expiryFacts(), 'warning', { status: 'resolved', resolvedAt: today })],
    [
      'resolved by configuration',
      announcing(quarantined, 'warning', {
        status: 'resolved',
        resolvedAt: today,
        endedBecause: 'not-configured',
      }),
    ],
    [
      'acknowledged',
      announcing(expiryFacts(), 'critical', {
        acknowledged: { by: 'li', at: today, note: 'renewing' },
      }),
    ],
    [
      'quarantined',
      announcing(
        expiryFacts({
          outlook: [
            {
              kind: 'no-candidate',
              rejections: [
                {
                  candidate: '202-cn-hangzhou',
                  reason: 'quarantined',
                  detail:
                    'is quarantined until 2026-11-29T00:00Z after rotation r-9: name-not-covered',
                  about: ['2026-11-29T00:00Z', 'r-9', 'name-not-covered', 'everywhere'],
                },
              ],
            },
          ],
        }),
        'critical',
      ),
    ],
    [
      'nothing in the store',
      announcing(expiryFacts({ outlook: [{ kind: 'no-candidate', rejections: [] }] }), 'critical'),
    ],
    [
      'managed elsewhere',
      announcing(
        expiryFacts({
          outlook: [
            {
              kind: 'not-ours',
              reason:
                'the tag managed-by says that something else manages the listener: change it there',
              owner: 'tag managed-by',
            },
          ],
        }),
        'warning',
      ),
    ],
    [
      'no scan yet',
      announcing({ kind: 'scan-stale', lastSuccess: null, expectedEvery: hours(6) }, 'critical'),
    ],
  ];
}

/** All of them in one language, as the golden file holds them. */
export function goldenText(language: Language): string {
  return goldenAnnouncements()
    .map(
      ([name, announcement]) =>
        `## ${name}\n\n${asText(render(announcement, { ...reading, language }))}\n`,
    )
    .join('\n');
}
