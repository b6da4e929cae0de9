import type { JsonValue } from '../../store/json.ts';
import { formatCrowns } from '../../values/money.ts';

/** Members of a payload that hold a code, in the order in which they are told. */
const CODED = [
  'document',
  'outcome',
  'decision',
  'register',
  'method',
  'step',
  'device',
  'format',
  'exception',
] as const;

const membersOf = (payload: JsonValue | null): Readonly<Record<string, unknown>> =>
  typeof payload === 'object' && payload !== null && !Array.isArray(payload) ? { ...payload } : {};

/** What an entry says in codes; the window has a name for each. */
export function codesOf(payload: JsonValue | null): { of: string; code: string }[] {
  const said = membersOf(payload);
  return CODED.flatMap((of) => {
    const code = said[of];
    return typeof code === 'string' && /^[a-z][a-z0-9-]{0,59}$/.test(code) ? [{ of, code }] : [];
  });
}

/**
 * One line of what an entry says besides its service and its codes: a number, an amount, what a person wrote.
 */
export function summaryOf(payload: JsonValue | null): string {
  const said = membersOf(payload);
  const text = (name: string): string | null => {
    const value = said[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const { number, year, total, ticket } = said;
  return [
    typeof number === 'number' && typeof year === 'number' ? `${number}/${year}` : text('number'),
    typeof total === 'number' ? formatCrowns(total) : null,
    typeof ticket === 'number' ? `č. ${ticket}` : null,
    text('receipt'),
    text('reason'),
    text('correction'),
    text('note'),
  ]
    .filter((part) => part !== null)
    .join(' · ')
    .slice(0, 200);
}
