import { m } from '../i18n/generated/messages.js';

/** A time of the catalogue as people say it: `PT24H` → `24 hod.`, `P1D` → `1 den`, `P30D` → `30 dnů`. */
export function durationText(duration: string): string {
  const match = /^P(?:(\d+)D|T(\d+)H)$/.exec(duration);
  if (!match) return duration;
  if (match[2] !== undefined) return m.retention_hours({ n: Number(match[2]) });
  const n = Number(match[1]);
  if (n === 1) return m.retention_day();
  return n >= 2 && n <= 4 ? m.retention_days_few({ n }) : m.retention_days({ n });
}
