import type { Text, Tone } from './fitting.ts';

const colours: Readonly<Record<Tone, string>> = {
  expired: '#a30200',
  critical: '#d40e0d',
  warning: '#b7791f',
  info: '#2b6cb0',
  ok: '#2b6cb0',
  resolved: '#2f855a',
};

/** The text as a page of its own: inline styles only, because mail programs drop the rest, and nothing is loaded. */
export function htmlOf({ title, lines, runbook, runbookLine, tone }: Text): string {
  const heading = `<h2 style="margin:0 0 12px;font-size:18px;color:${colours[tone]}">${escaped(title)}</h2>`;
  const link = /^https?:\/\//.test(runbook)
    ? `<a href="${escaped(runbook)}">${escaped(runbook)}</a>`
    : escaped(runbook);
  const footer = `<p style="color:#555">${escaped(runbookLine).replace(escaped(runbook), () => link)}</p>`;
  const body = [heading, ...paragraphs(lines), footer].join('\n');
  return `<!doctype html>
<html><body style="font-family:sans-serif;font-size:14px;line-height:1.5">
${body}
</body></html>`;
}

/** Lines that begin with a dash are a list. */
function paragraphs(lines: readonly string[]): readonly string[] {
  return lines.map((line) => {
    if (line === '') return '<hr style="border:0;border-top:1px solid #ccc">';
    const item = /^- (.*)$/.exec(line)?.[1];
    return item === undefined
      ? `<p style="margin:4px 0">${escaped(line)}</p>`
      : `<p style="margin:2px 0 2px 18px">• ${escaped(item)}</p>`;
  });
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
