import { html, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { PlanDocument } from '../api/plan.ts';
import type { RotationSummary } from '../api/rotation.ts';
import type { ScanDocument } from '../api/scan.ts';
import { timeLeft } from '../messages/left.ts';
import type { Desk } from './desk.ts';
import { style } from './style.ts';

type Html = HtmlEscapedString | Promise<HtmlEscapedString>;
type Binding = ScanDocument['bindings'][number];

const shownRotations = 20;
const shownNames = 2;

/** One page that answers: what is bound until when, what happens next, what happened. Works without scripts. */
export async function statusPage(desk: Desk, now: Date): Promise<Html> {
  const [health, stock, plan, { rotations }] = await Promise.all([
    desk.health(),
    desk.status(),
    desk.plan(),
    desk.rotations(shownRotations),
  ]);
  const failing = health.checks.filter(({ ok }) => !ok);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta http-equiv="refresh" content="15" />
        <title>newleaf</title>
        <style>${raw(style)}</style>
      </head>
      <body>
        <header>
          <h1>newleaf</h1>
          <p>${health.ready ? 'ready' : 'not ready'} · version ${health.version} · last scan ${stock.takenAt === null ? 'not yet' : moment(stock.takenAt)}</p>
        </header>
        ${failing.map(({ name, detail }) => html`<p class="bad">${name}: ${detail}</p>`)}
        ${stock.missing.map((gap) => html`<p class="bad">could not read ${gap.action} in ${gap.region} of ${gap.account}: ${gap.code}</p>`)}
        <h2>Certificates</h2>
        ${bindingTable(stock.bindings, now)}
        ${plan.freezes.map((freeze) => html`<p>${freezeText(freeze)}</p>`)}
        <h2>Next</h2>
        ${planTable(plan)}
        <h2>Rotations</h2>
        ${rotationTable(rotations)}
      </body>
    </html>`;
}

/** To the second, as people read it. */
function moment(iso: string): string {
  return iso.replace(/^(.{10})T(.{8})\.\d+Z$/, '$1 $2 UTC');
}

function bindingTable(bindings: readonly Binding[], now: Date): Html {
  if (bindings.length === 0) return html`<p>No TLS listener is known yet.</p>`;
  return html`<div><table>
    <tr><th>left</th><th>severity</th><th>names</th><th>load balancer</th><th>listener</th><th>slot</th><th>certificate</th><th>findings</th></tr>
    ${bindings.map(
      (binding) => html`<tr class="${binding.severity}">
        <td>${timeLeft(binding.notAfter, now)}</td>
        <td>${binding.severity}</td>
        <td class="free" title="${binding.names.join(', ')}">${names(binding)}</td>
        <td>${binding.loadBalancerName || binding.loadBalancerId} <small>${binding.region}</small></td>
        <td><a href="${binding.consoleUrl}">${binding.listenerId}</a> <small>${binding.listenerDescription}</small></td>
        <td>${binding.slot}</td>
        <td>${binding.certificateId}</td>
        <td class="free">${binding.findings.map(findingText)}</td>
      </tr>`,
    )}
  </table></div>`;
}

/** What to do about it shows when the pointer rests on it. */
function findingText({ kind, advice }: Binding['findings'][number]): Html {
  return html`<span title="${advice}">${kind}</span> `;
}

/** The rest shows when the pointer rests on it. */
function names(binding: Binding): string {
  const more = binding.names.length - shownNames;
  const shown = binding.names.slice(0, shownNames).join(', ');
  return more > 0 ? `${shown} +${more}` : shown;
}

function freezeText({ name, state, from, until, reason }: PlanDocument['freezes'][number]): string {
  const when = state === 'coming' ? `comes ${moment(from)} and lasts` : 'lasts';
  return `Freeze ${name} ${when} until ${moment(until)}${reason === null ? '' : `: ${reason}`}`;
}

function planTable({ plans, refused }: PlanDocument): Html {
  if (plans.length + refused.length === 0) return html`<p>Nothing is due.</p>`;
  return html`<div><table>
    <tr><th>listener</th><th>from</th><th>to</th><th>waits for</th><th>plan</th></tr>
    ${plans.map(
      (plan) => html`<tr>
        <td>${listenerCell(plan)}</td>
        <td>${plan.from.id}</td>
        <td>${plan.to.id}</td>
        <td class="free">${plan.waitsFor === null ? 'nothing: it starts now' : plan.waitsFor.detail}</td>
        <td><code>${plan.hash.slice(0, 12)}</code></td>
      </tr>`,
    )}
    ${refused.map(
      (entry) => html`<tr class="warning">
        <td>${listenerCell(entry)}</td>
        <td>${entry.certificateId}</td>
        <td>none</td>
        <td class="free" colspan="2">${entry.detail}</td>
      </tr>`,
    )}
  </table></div>`;
}

function listenerCell({
  listenerId,
  loadBalancerName,
  consoleUrl,
}: Pick<RotationSummary, 'listenerId' | 'loadBalancerName' | 'consoleUrl'>): Html {
  return html`<a href="${consoleUrl}">${listenerId}</a> <small>${loadBalancerName}</small>`;
}

function rotationTable(rotations: readonly RotationSummary[]): Html {
  if (rotations.length === 0) return html`<p>None so far.</p>`;
  return html`<div><table>
    <tr><th>rotation</th><th>listener</th><th>from</th><th>to</th><th>outcome</th><th>why</th></tr>
    ${rotations.map(
      (rotation) => html`<tr class="${rotation.outcome ?? ''}">
        <td><code>${rotation.rotationId}</code></td>
        <td>${listenerCell(rotation)}</td>
        <td>${rotation.from}</td>
        <td>${rotation.to}</td>
        <td>${rotation.outcome ?? rotation.phase}</td>
        <td class="free">${rotation.detail ?? ''}</td>
      </tr>`,
    )}
  </table></div>`;
}
