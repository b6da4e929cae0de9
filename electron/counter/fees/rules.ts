import type { FeePart, Tariff } from '../../contract/services.ts';
import { type Crowns, sumCrowns } from '../../values/money.ts';
import type { Service, ServiceRecord } from '../visits/record.ts';

type Fee = NonNullable<ServiceRecord['fee']>;

const NEXT_PAGES = { cs: 'další stránky', en: 'further pages' };
const A3_PAGES = { cs: 'stránky A3', en: 'A3 pages' };

/**
 * The fee of a service by its tariff (zákon 634/2004 Sb., Sazebník): flat, for the one signature it certifies, or by begun
 * page (započatá stránka) – never by sheets or by the pages the clause states. Pages in A3 are a part of their own where
 * they cost something else, and so is what goes to another payee.
 */
export function feeOf(tariff: Tariff, begunPages: number, a3Pages = 0): Fee {
  const { item, amount, nextAmount, a3Amount, payee = null } = tariff;
  const isByPage = tariff.unit === 'begun-page';
  const large = isByPage && a3Amount !== undefined ? a3Pages : 0;
  const pages = isByPage ? begunPages - large : 1;
  const part = (units: number, unitAmount: Crowns, title: FeePart['title']): FeePart => ({
    item,
    title,
    payee,
    units,
    unitAmount,
  });
  const own = [
    ...(nextAmount === undefined || pages <= 1
      ? [part(pages, amount, null)]
      : [part(1, amount, null), part(pages - 1, nextAmount, NEXT_PAGES)]),
    ...(large > 0 ? [part(large, a3Amount ?? amount, A3_PAGES)] : []),
  ].filter(({ units }) => units > 0);
  const others = (tariff.and ?? []).map(
    (other): FeePart => ({
      item: other.item,
      title: other.title,
      payee: other.payee ?? null,
      units: 1,
      unitAmount: other.amount,
    }),
  );
  return { tariffId: tariff.id, parts: [...own, ...others], exemptionId: null };
}

export const partAmount = ({ units, unitAmount }: Pick<FeePart, 'units' | 'unitAmount'>): Crowns =>
  units * unitAmount;

/** What a fee comes to before it is asked whether anybody is exempt. */
export const feeTotal = ({ parts }: Pick<Fee, 'parts'>): Crowns => sumCrowns(parts.map(partAmount));

/** What is to be paid for a service: nothing when it is exempt, or when its number was cancelled. */
export function feeDue(service: Service): Crowns {
  const { fee, certification } = service.record;
  if (!fee || fee.exemptionId !== null || service.state === 'withdrawn' || service.state === 'refused')
    return 0;
  if (certification?.fate === 'cancelled') return 0;
  return feeTotal(fee);
}
