import { m } from '../i18n/generated/messages.js';

const MINUTE_MS = 60_000;

/** How long something has lasted, in its two greatest units: `5 min`, `2 h 5 min`, `3 d 4 h`. */
export function howLong(since: string, now: Date): string {
  const all = Math.max(0, Math.floor((now.getTime() - Date.parse(since)) / MINUTE_MS));
  const [days, hours, minutes] = [Math.floor(all / 1440), Math.floor(all / 60) % 24, all % 60];
  if (all === 0) return m.home_less_than_minute();
  if (days > 0) return m.home_days({ days, hours });
  return hours > 0 ? m.home_hours({ hours, minutes }) : m.home_minutes({ minutes });
}
