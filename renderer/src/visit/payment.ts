import type { Crowns } from '../../../electron/values/money.ts';

/** What was handed over, as typed; null when it is no whole amount. */
export function readCrowns(text: string): Crowns | null {
  const compact = text.replace(/\s+/gu, '').replace(/(Kč|,-|,–)$/u, '');
  return /^\d{1,6}$/.test(compact) ? Number(compact) : null;
}

/** Money to give back, or still missing; null while nothing readable is typed. */
export function change(handed: string, due: Crowns): { back: Crowns } | { missing: Crowns } | null {
  const amount = readCrowns(handed);
  if (amount === null) return null;
  return amount >= due ? { back: amount - due } : { missing: due - amount };
}
