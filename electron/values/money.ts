/** Whole Czech crowns. Administrative fees know no hellers and no VAT (act 634/2004 Sb.). */
export type Crowns = number;

const NBSP = '\u00a0';

export const isCrowns = (value: unknown): value is Crowns => Number.isSafeInteger(value);

/** `1530` → `1 530 Kč`, all spaces non-breaking; a negative amount (refund) bears the minus sign. */
export function formatCrowns(amount: Crowns): string {
  if (!isCrowns(amount)) throw new RangeError('Crowns are a whole number.');
  const digits = String(Math.abs(amount)).replace(/\B(?=(\d{3})+$)/g, NBSP);
  return `${amount < 0 ? '\u2212' : ''}${digits}${NBSP}Kč`;
}

/** Sum of amounts; refuses anything that is not whole crowns. */
export function sumCrowns(amounts: readonly Crowns[]): Crowns {
  const sum = amounts.reduce((total, amount) => total + amount, 0);
  if (!amounts.every(isCrowns) || !isCrowns(sum)) throw new RangeError('Crowns are a whole number.');
  return sum;
}
