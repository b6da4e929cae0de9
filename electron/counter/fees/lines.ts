import type { components } from '../../../resources/portal-api/schema.d.ts';
import type { Reader } from '../../store/open.ts';
import { tariffOn } from '../catalogue/catalogue.ts';
import type { Service, Visit } from '../visits/record.ts';
import { partAmount } from './rules.ts';
import type { ChargedLine, Receipt } from './table.ts';

type Schemas = components['schemas'];

/** What the services of a visit are charged; those without a fee, or with a cancelled number, stand on no receipt. */
export const chargedLines = (tx: Reader, visit: Visit, services: readonly Service[]): ChargedLine[] =>
  services.flatMap((service) => {
    const { fee, certification } = service.record;
    if (!fee || service.state !== 'done' || certification?.fate === 'cancelled') return [];
    const exemption = tariffOn(tx, fee.tariffId, visit.legalDate)?.exemptions.find(
      ({ id }) => id === fee.exemptionId,
    );
    const title = service.definition.title.cs;
    return fee.parts.map((part) => ({
      service: service.definition.id,
      serviceId: service.id,
      title: part.title === null ? title : `${title} – ${part.title.cs}`,
      tariff: fee.tariffId,
      item: part.item,
      payee: part.payee?.cs ?? null,
      quantity: part.units,
      unitAmount: part.unitAmount,
      amount: exemption ? 0 : partAmount(part),
      exemption: exemption
        ? { id: exemption.id, title: exemption.title.cs, paragraph: exemption.paragraph }
        : null,
    }));
  });

/** A receipt as the portal takes it. */
export const receiptEffect = (
  of: Pick<Receipt, 'number' | 'at' | 'total' | 'method'> & { lines: readonly ChargedLine[] },
  issuedBy: Schemas['ActingClerk'],
): Schemas['ReceiptPayload'] => ({
  receiptNumber: of.number,
  issuedAt: of.at,
  issuedBy,
  lines: of.lines.map(({ tariff, item, payee, quantity, unitAmount, amount, exemption }) => ({
    tariff,
    item,
    ...(payee !== null && { payee }),
    quantity,
    unitAmount,
    amount,
    ...(exemption && { exemption: { id: exemption.id, paragraph: exemption.paragraph } }),
  })),
  total: of.total,
  method: of.method,
  state: 'issued',
});
