import type { Frame } from '../../../electron/contract/desk.ts';
import { timeOfDay } from '../i18n/format.ts';
import { m } from '../i18n/generated/messages.js';
import { sentence } from '../i18n/sentence.ts';

/** What the clerk should know about the line, in one sentence. */
export function lineSentence(line: Frame['line']): string {
  const since = timeOfDay(line.since);
  if (line.state === 'up') return m.line_up({ since });
  if (line.state === 'unknown') return m.line_unknown();
  // This one does not go away by itself, and nothing is sent any more.
  if (line.reason?.code === 'line.desk-unknown') return sentence({ code: line.reason.code });
  return line.nextTryAt === null
    ? m.line_down({ since })
    : m.line_down_next({ since, next: timeOfDay(line.nextTryAt) });
}
