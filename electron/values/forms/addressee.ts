import type { FormData } from './definition.ts';
import { isRecord } from './definition.ts';

/** Which of a municipality's offices: its own, that with delegated powers, that with extended powers (ORP). */
export type OfficeLevel = 'own' | 'delegated' | 'extended';

/** Who a submission is addressed to. */
export type AddresseeRule =
  | { rule: 'choose' }
  | { rule: 'own-office' }
  | { rule: 'fixed'; officeId: string }
  /** The office of the municipality in a field; where that is not known, the clerk chooses. */
  | { rule: 'by-municipality'; field: string; level: OfficeLevel };

export type Addressee =
  /** The definition says it. */
  | { by: 'rule'; officeId: string | null }
  /** The clerk says it. */
  | { by: 'clerk' };

/** `officesOf` gives the offices of a municipality by its code; null when there is no such one or they are not known. */
export function addresseeBy(
  rule: AddresseeRule,
  form: FormData,
  known: {
    ownOfficeId: string | null;
    officesOf: (code: string) => Partial<Record<OfficeLevel, string>> | null;
  },
): Addressee {
  if (rule.rule === 'choose') return { by: 'clerk' };
  if (rule.rule === 'own-office') return { by: 'rule', officeId: known.ownOfficeId };
  if (rule.rule === 'fixed') return { by: 'rule', officeId: rule.officeId };
  const place = form[rule.field];
  const code = isRecord(place) && typeof place['code'] === 'string' ? place['code'] : null;
  if (code === null) return { by: 'rule', officeId: null };
  const officeId = known.officesOf(code)?.[rule.level];
  return officeId === undefined ? { by: 'clerk' } : { by: 'rule', officeId };
}
