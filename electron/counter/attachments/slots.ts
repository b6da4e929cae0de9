import type { AttachmentSlot } from '../../contract/services.ts';
import { holds } from '../../values/forms/conditions.ts';
import { needsPower, POWER_SLOT } from '../accounts/rules.ts';
import type { Service } from '../visits/record.ts';

/** Slots that are asked for with the form as it is; a power of attorney where somebody acts by one. */
export const slotsOf = ({ definition, record }: Pick<Service, 'definition' | 'record'>): AttachmentSlot[] =>
  (definition.attachments?.slots ?? []).filter(
    ({ id, when }) => holds(when, record.form) && (id !== POWER_SLOT || needsPower(record.account?.plan)),
  );
