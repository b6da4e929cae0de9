import type { CopyCount, Tariff } from '../../contract/services.ts';
import type { Crowns } from '../../values/money.ts';
import type { Service, ServiceRecord } from '../visits/record.ts';

type Fee = NonNullable<ServiceRecord['fee']>;

/**
 * The fee of a service by its tariff (zákon 634/2004 Sb., Sazebník): flat, or by begun page (započatá stránka) – never
 * by sheets or by the pages the clause states.
 */
export function feeOf(tariff: Tariff, count: CopyCount | null): Fee {
  const units = tariff.unit === 'begun-page' ? (count?.feePages ?? 0) : 1;
  return { tariffId: tariff.id, item: tariff.item, units, unitAmount: tariff.amount, exemptionId: null };
}

/** What is to be paid for a service: nothing when it is exempt, or when its number was cancelled. */
export function feeDue(service: Service): Crowns {
  const { fee, certification } = service.record;
  if (!fee || fee.exemptionId !== null || service.state === 'withdrawn' || service.state === 'refused')
    return 0;
  if (certification?.fate === 'cancelled') return 0;
  return fee.units * fee.unitAmount;
}
