import type { JsonValue } from '../../store/json.ts';

// In this order; a handful of what tells entries of one kind apart.
const telling = [
  'number',
  'year',
  'total',
  'service',
  'receipt',
  'document',
  'outcome',
  'decision',
  'documentKind',
  'step',
  'mode',
  'reason',
  'correction',
] as const;

/** One line of what an entry says, for the list; the details show the whole payload. Empty when it was erased. */
export function summaryOf(payload: JsonValue | null): string {
  if (payload === null || typeof payload !== 'object' || Array.isArray(payload)) return '';
  return telling
    .map((name) => payload[name])
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .join(' · ')
    .slice(0, 200);
}
