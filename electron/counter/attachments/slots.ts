import type { AttachmentSlot } from '../../contract/services.ts';
import { holds } from '../../values/forms/conditions.ts';
import type { Service } from '../visits/record.ts';

/** Slots that are asked for with the form as it is. */
export const slotsOf = ({ definition, record }: Pick<Service, 'definition' | 'record'>): AttachmentSlot[] =>
  (definition.attachments?.slots ?? []).filter(({ when }) => holds(when, record.form));
