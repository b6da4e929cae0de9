import type { FeePart, Tariff } from '../../contract/services.ts';
import { type Crowns, sumCrowns } from '../../values/money.ts';
import type { Service, ServiceRecord } from '../visits/record.ts';

type Fee = NonNullable<ServiceRecord['fee']>;

const NEXT_PAGES = { cs: 'další stránky', en: 'further pages' };

/**
 * The fee of a service by its tariff (zákon 634/2004 Sb., Sazebník): flat, or by begun page (započatá stránka) – never
 * by sheets or by the pages the clause states. What goes to another payee is a part of its own.
 */
export function feeOf(tariff: Tariff, begunPages: number): Fee {
  const { item, amount, nextAmount, payee = null } = tariff;
  const pages = tariff.unit === 'begun-page' ? begunPages : 1;
  const part = (units: number, unitAmount: Crowns, title: FeePart['title']): FeePart => ({
    item,
    title,
    payee,
    units,
    unitAmount,
  });
  const own =
    nextAmount === undefined || pages <= 1
      ? [part(pages, amount, null)]
      : [part(1, amount, null), part(pages - 1, nextAmount, NEXT_PAGES)];
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
