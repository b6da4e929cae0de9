import type { ServiceView, StepName } from '../../../electron/contract/services.ts';
import { m } from '../i18n/generated/messages.js';
import { named } from '../i18n/sentence.ts';

/** What the same thing is called in one kind of service and in another. */

/** A step as the clerk calls it: the paper to be converted is no attachment. */
export const stepName = ({ kind }: ServiceView, step: StepName): string =>
  kind === 'conversion-to-electronic' && step === 'attachments'
    ? m.conversion_step_scan()
    : named('visit_step', step);

/** Where a cancelled number stays, and what becomes of what bears it. */
export const cancelTextOf = ({ kind }: ServiceView): string => {
  if (kind === 'electronic-signature-certification') return m.electronic_cancel_number_text();
  if (kind === 'conversion-to-electronic') return m.conversion_cancel_number_text();
  return kind === 'register-extract' || kind === 'conversion-to-paper'
    ? m.extract_cancel_number_text()
    : m.visit_cancel_number_text();
};
