import type {
  FieldUi,
  ServiceDefinition,
  ServiceView,
  StepName,
} from '../../../electron/contract/services.ts';
import { isLegalDate } from '../../../electron/values/time.ts';
import { day, dayAndTime } from '../i18n/format.ts';
import { m } from '../i18n/generated/messages.js';
import { inLanguage, named } from '../i18n/sentence.ts';

export type Line = { label: string; value: string };

/** One value of a form as a person reads it. */
export function shownValue(field: FieldUi, value: unknown): string {
  if (value === undefined || value === null || value === '') return '–';
  if (typeof value === 'boolean') return value ? m.visit_yes() : m.visit_no();
  if (typeof value === 'number') return String(value).replace('.', ',');
  const option = field.options?.find((candidate) => candidate.value === value);
  if (option !== undefined) return inLanguage(option.label);
  const text = String(value);
  return field.widget === 'date' && isLegalDate(text) ? day(text) : text;
}

export const formLines = ({ form }: ServiceView, definition: ServiceDefinition): Line[] =>
  (definition.form?.ui.sections ?? [])
    .flatMap(({ fields }) => fields)
    .filter(({ name }) => form?.data[name] !== undefined && form.data[name] !== '')
    .map((field) => ({ label: inLanguage(field.label), value: shownValue(field, form?.data[field.name]) }));

export const attachmentLines = ({ slots }: ServiceView, definition: ServiceDefinition): Line[] =>
  (definition.attachments?.slots ?? []).map(({ id, title }) => {
    const slot = slots.find(({ slotId }) => slotId === id);
    const pages = slot?.file?.pages ?? slot?.pages.length ?? 0;
    return {
      label: inLanguage(title),
      value: pages === 0 ? m.visit_attachment_none() : m.visit_pages({ count: pages }),
    };
  });

export const countLines = ({ count }: ServiceView): Line[] =>
  count === null
    ? []
    : [
        { label: m.visit_count_description(), value: count.description },
        {
          label: m.visit_count_source(),
          value: m.visit_count_line({ sheets: count.sourceSheets, pages: count.sourcePages }),
        },
        {
          label: m.visit_count_copy(),
          value: m.visit_count_line({ sheets: count.copySheets, pages: count.copyPages }),
        },
        { label: m.visit_count_fee_pages(), value: String(count.feePages) },
        { label: m.visit_count_source_is(), value: named('visit_source_is', count.sourceIs) },
        { label: m.visit_count_extent(), value: named('visit_extent', count.extent) },
        { label: m.visit_count_made_as(), value: named('visit_made_as', count.madeAs) },
        { label: m.visit_count_security(), value: count.securityFeature ? m.visit_yes() : m.visit_no() },
      ];

/** What came of the question to a register. */
export const extractLines = ({ extract }: ServiceView): Line[] =>
  extract?.answer
    ? [
        { label: m.extract_answered_at(), value: dayAndTime(extract.answer.answeredAt) },
        { label: m.extract_pages(), value: String(extract.answer.pages) },
        { label: m.extract_seal(), value: named('extract_seal', extract.answer.seal.result) },
        { label: m.extract_seal_certificate(), value: extract.answer.seal.certificateNumber },
        { label: m.extract_seal_provider(), value: extract.answer.seal.provider },
        ...(extract.sheets === null
          ? []
          : [
              { label: m.extract_sheets(), value: String(extract.sheets) },
              { label: m.extract_fee_pages(), value: String(extract.feePages) },
              { label: m.extract_partial(), value: extract.partial ? m.visit_yes() : m.visit_no() },
            ]),
      ]
    : [];

/** What a finished step holds. */
export function summaryOf(service: ServiceView, definition: ServiceDefinition, step: StepName): Line[] {
  if (step === 'form') {
    const { addressee } = service;
    return [
      ...(addressee === null ? [] : [{ label: m.visit_addressee(), value: addressee.name }]),
      ...formLines(service, definition),
    ];
  }
  if (step === 'attachments') return attachmentLines(service, definition);
  if (step === 'count') return countLines(service);
  if (step === 'query' || step === 'agreement' || step === 'sheets') return extractLines(service);
  if (step === 'print-and-sign') {
    const signedAt = service.request?.signedAt ?? null;
    return signedAt === null ? [] : [{ label: m.visit_signed_at(), value: dayAndTime(signedAt) }];
  }
  if (step === 'exclusions') {
    return (definition.exclusions?.questions ?? []).map(({ id, text }) => ({
      label: inLanguage(text),
      value: service.exclusions?.[id] === true ? m.visit_yes() : m.visit_no(),
    }));
  }
  return [];
}
