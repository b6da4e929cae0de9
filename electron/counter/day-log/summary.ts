import type { JsonValue } from '../../store/json.ts';
import { formatCrowns } from '../../values/money.ts';

/**
 * One line of what an entry says, for the list: the service, a number, an amount, what a person wrote. Codes are left to
 * the details, where the window names them.
 */
export function summaryOf(serviceTitle: string | null, payload: JsonValue | null): string {
  const said: Readonly<Record<string, unknown>> =
    typeof payload === 'object' && payload !== null && !Array.isArray(payload) ? { ...payload } : {};
  const text = (name: string): string | null => {
    const value = said[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const { number, year, total, ticket } = said;
  return [
    serviceTitle,
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
