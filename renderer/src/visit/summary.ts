import type { ChosenSignature } from '../../../electron/contract/electronic-signatures.ts';
import type { IdentityView } from '../../../electron/contract/identity.ts';
import type {
  AttachmentSlot,
  ServiceDefinition,
  ServiceView,
  StepName,
} from '../../../electron/contract/services.ts';
import type { Address } from '../../../electron/contract/shared.ts';
import { type ReadingWords, readForm } from '../../../electron/values/forms/reading.ts';
import { DOCUMENT_KIND_RULES, type DocumentKind } from '../../../electron/values/identity-document.ts';
import { type Crowns, formatCrowns } from '../../../electron/values/money.ts';
import { formatPartialDate } from '../../../electron/values/partial-date.ts';
import { displayName } from '../../../electron/values/person-name.ts';
import { formatPostalCode } from '../../../electron/values/postal-code.ts';
import { blankSides } from '../../../electron/values/sheets.ts';
import { planLines } from '../account/account-texts.ts';
import { day, dayAndTime, dayOf } from '../i18n/format.ts';
import { m } from '../i18n/generated/messages.js';
import { language } from '../i18n/language.svelte.ts';
import { inLanguage, named } from '../i18n/sentence.ts';

export type Line = { label: string; value: string };

const readingWords = (): ReadingWords => ({
  language: language.current,
  yes: m.visit_yes(),
  no: m.visit_no(),
  born: m.form_born_short(),
  ico: m.form_ico(),
  total: m.form_total(),
});

/** What was filled in, line by line: items of a group by their names, a table row by row. */
export const formLines = ({ form }: ServiceView, definition: ServiceDefinition): Line[] =>
  definition.form === undefined
    ? []
    : readForm(definition.form, form?.data ?? {}, readingWords()).flatMap(({ parts }) =>
        parts.flatMap(({ title, fields = [], table }) => [
          ...fields.map(({ label, value }) => ({
            label: title === undefined ? label : `${title} – ${label}`,
            value,
          })),
          ...(table?.rows ?? []).concat(table?.totals ? [table.totals] : []).map((cells, index) => ({
            label: index < (table?.rows.length ?? 0) ? `${title ?? ''} ${index + 1}` : (title ?? ''),
            value: cells.filter(Boolean).join(' · '),
          })),
        ]),
      );

/** Attachments that are asked for with the service as it is. */
export const askedSlots = ({ slots }: ServiceView, definition: ServiceDefinition): AttachmentSlot[] =>
  (definition.attachments?.slots ?? []).filter(({ id }) => slots.some(({ slotId }) => slotId === id));

export const attachmentLines = (service: ServiceView, definition: ServiceDefinition): Line[] =>
  askedSlots(service, definition).map(({ id, title }) => {
    const slot = service.slots.find(({ slotId }) => slotId === id);
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
        ...(count.a3Pages > 0 ? [{ label: m.visit_count_a3(), value: String(count.a3Pages) }] : []),
        {
          label: m.visit_count_blank(),
          value: String(blankSides({ sheets: count.copySheets, sides: count.copyPages })),
        },
        { label: m.visit_count_copies(), value: String(count.copies) },
        { label: m.visit_count_source_is(), value: named('visit_source_is', count.sourceIs) },
        { label: m.visit_count_extent(), value: named('visit_extent', count.extent) },
        { label: m.visit_count_made_as(), value: named('visit_made_as', count.madeAs) },
        { label: m.visit_count_security(), value: count.securityFeature ? m.visit_yes() : m.visit_no() },
      ];

/** What came of the question to a register. */
/** Whom an extract of a non-public register is about: who is at the desk, or whom they act for. */
export function aboutLines({ applicant, concerns }: IdentityView, { query }: ServiceDefinition): Line[] {
  const whom = concerns ?? applicant;
  if (query?.isPublic !== false || whom === null) return [];
  const birthDate = whom.kind === 'person' ? whom.birthDate : undefined;
  return [
    {
      label: m.extract_about(),
      value: whom.kind === 'organisation' ? `${whom.title}, IČO ${whom.ico}` : displayName(whom.name),
    },
    ...(birthDate === undefined
      ? []
      : [{ label: m.visit_birth_date(), value: formatPartialDate(birthDate) }]),
  ];
}

/** What is to be done with money that goes back, by how it came. */
export const refundLine = (
  method: 'cash' | 'card',
  { number, amount }: { number: string; amount: Crowns },
): string => {
  const said = { number, amount: formatCrowns(amount) };
  return method === 'cash' ? m.visit_refund_cash(said) : m.visit_refund_card(said);
};

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

const documentWords = ({ kind, number }: { kind: DocumentKind; number: string }): string =>
  `${inLanguage(DOCUMENT_KIND_RULES[kind].title)} ${number}`;

const addressWords = (of: Address): string => {
  const { street, number, municipalityPart, municipality, postalCode = '' } = of;
  const code = /^\d{5}$/.test(postalCode) ? formatPostalCode(postalCode) : postalCode;
  const parts = [[street, number], [municipalityPart], [code, municipality]];
  return parts
    .map((part) => part.filter(Boolean).join(' '))
    .filter(Boolean)
    .join(', ');
};

/** Whose signature it is, as the clause will say it. */
export const applicantLines = ({ applicant, document }: IdentityView): Line[] =>
  applicant === null
    ? []
    : [
        { label: m.visit_signing_applicant(), value: displayName(applicant.name) },
        ...(applicant.birthDate === undefined
          ? []
          : [{ label: m.visit_birth_date(), value: formatPartialDate(applicant.birthDate) }]),
        ...(document === null ? [] : [{ label: m.visit_signing_document(), value: documentWords(document) }]),
        {
          label: m.visit_signing_address(),
          value: applicant.address === undefined ? '–' : addressWords(applicant.address),
        },
      ];

/** A signature on a file: by its certificate, or as it is seen. */
const chosenLine = (one: ChosenSignature, { conversion }: ServiceView): string => {
  if (one.by === 'description') return m.electronic_seen_line({ page: one.page, text: one.text });
  const signature = conversion?.report?.signatures[one.index];
  return m.electronic_certificate_line({
    signer: signature?.signer ?? '–',
    number: signature?.certificate?.number ?? '–',
  });
};

export function signingLines(service: ServiceView): Line[] {
  const { signing } = service;
  const onFile = service.kind === 'electronic-signature-certification';
  return signing === null
    ? []
    : [
        {
          label: m.visit_signing_manner(),
          value: named(onFile ? 'electronic_manner' : 'visit_signing_manner', signing.manner),
        },
        {
          label: onFile ? m.electronic_description() : m.visit_count_description(),
          value: signing.description,
        },
        ...(!onFile
          ? [{ label: m.visit_signing_count(), value: String(signing.signatures) }]
          : signing.chosen.map((one) => ({
              label: m.electronic_signature(),
              value: chosenLine(one, service),
            }))),
        {
          label: onFile ? m.electronic_language() : m.visit_signing_language(),
          value: named('visit_signing_language', signing.language),
        },
        { label: m.visit_signing_birth_place(), value: signing.birthPlace },
        { label: m.visit_signing_address_is(), value: named('visit_signing_address_is', signing.addressIs) },
        ...(signing.contentBy === null
          ? []
          : [{ label: m.visit_signing_content(), value: named('visit_signing_content', signing.contentBy) }]),
        ...signing.witnesses.map(({ name, document, result }, index) => ({
          label: m.visit_signing_witness({ number: index + 1 }),
          value: [
            m.visit_signing_witness_line({ name: displayName(name), document: documentWords(document) }),
            ...(result === null ? [] : [named('person_strength', result.strength)]),
          ].join('; '),
        })),
        ...(signing.outside === null
          ? []
          : [
              {
                label: m.visit_signing_outside(),
                value: `${signing.outside.place} – ${signing.outside.reason}`,
              },
            ]),
      ];
}

/** The file that was brought. */
export const inputLines = ({ conversion }: ServiceView): Line[] =>
  conversion?.input
    ? [
        {
          label: m.conversion_file(),
          value: `${conversion.input.name || '–'} (${named('conversion_file_from', conversion.input.from)})`,
        },
        ...(conversion.envelope === null
          ? []
          : [
              {
                label: m.conversion_message(),
                value: `${conversion.envelope.name || '–'}, ${named('validation_outcome', conversion.envelope.report.outcome)}`,
              },
            ]),
        {
          label: m.conversion_extent(),
          value: m.visit_file_is({
            pages: conversion.input.pages,
            size: (conversion.input.size / 1_000_000).toFixed(1).replace('.', ','),
          }),
        },
        {
          label: 'PDF/A',
          value:
            conversion.input.claimsPdfA === null
              ? m.visit_file_plain()
              : m.visit_file_pdfa({ level: conversion.input.claimsPdfA }),
        },
      ]
    : [];

const signerLines = ({ conversion }: ServiceView): Line[] =>
  (conversion?.report?.signatures ?? []).map(({ kind, signer, outcome }) => ({
    label: named('validation_kind', kind),
    value: `${signer ?? '–'} (${named('validation_outcome', outcome)})`,
  }));

const conversionCountLines = ({ kind, conversion }: ServiceView): Line[] =>
  conversion?.count
    ? [
        { label: m.conversion_description(), value: conversion.count.description },
        {
          label: m.conversion_written_on(),
          value: conversion.count.writtenOn === null ? '–' : day(conversion.count.writtenOn),
        },
        {
          label: kind === 'conversion-to-electronic' ? m.conversion_input_sheets() : m.conversion_sheets(),
          value: String(conversion.count.sheets),
        },
        { label: m.conversion_fee_pages(), value: String(conversion.count.feePages) },
        ...(kind === 'conversion-to-electronic'
          ? [
              {
                label: m.conversion_features(),
                value:
                  conversion.count.features.map((one) => named('conversion_feature', one)).join(', ') ||
                  m.conversion_features_none(),
              },
            ]
          : []),
      ]
    : [];

/** What kind of file the clerk signs. */
export const fileKind = ({ kind }: ServiceView): 'conversion-file' | 'signature-clause-file' =>
  kind === 'electronic-signature-certification' ? 'signature-clause-file' : 'conversion-file';

/** The signed file, and how it was given over. */
export const outputLines = ({ kind, conversion, certification }: ServiceView): Line[] =>
  conversion?.output
    ? [
        {
          label:
            kind === 'electronic-signature-certification'
              ? m.visit_signature_number()
              : m.conversion_number(),
          value: certification?.number ?? '–',
        },
        {
          label: m.conversion_file(),
          value: m.visit_file_is({
            pages: conversion.output.pages,
            size: (conversion.output.size / 1_000_000).toFixed(1).replace('.', ','),
          }),
        },
        { label: m.conversion_signed_by(), value: conversion.output.signer },
        { label: m.conversion_stamped_at(), value: dayAndTime(conversion.output.stampedAt) },
        { label: m.conversion_certificate_to(), value: dayOf(conversion.output.certificateTo) },
        ...(conversion.delivery === null
          ? []
          : [
              {
                label: m.conversion_delivered(),
                value:
                  conversion.delivery.expiresOn === null
                    ? m.conversion_delivered_medium()
                    : m.conversion_delivered_depot({ date: day(conversion.delivery.expiresOn) }),
              },
            ]),
      ]
    : [];

/** What is known of a conversion before its number. */
export const conversionLines = (service: ServiceView): Line[] => [
  ...inputLines(service),
  ...signerLines(service),
  ...conversionCountLines(service),
];

/** What a finished step holds. */
export function summaryOf(service: ServiceView, definition: ServiceDefinition, step: StepName): Line[] {
  if (step === 'form') {
    const { addressee } = service;
    return [
      ...(addressee === null ? [] : [{ label: m.visit_addressee(), value: addressee.name }]),
      ...formLines(service, definition),
    ];
  }
  if (step === 'account')
    return service.account === null ? [] : planLines(service.account.plan, (right) => right);
  if (step === 'attachments') return attachmentLines(service, definition);
  if (step === 'count') return countLines(service);
  if (step === 'query' || step === 'agreement') return extractLines(service);
  if (step === 'features') return conversionCountLines(service);
  if (step === 'sheets')
    return service.conversion === null ? extractLines(service) : conversionCountLines(service);
  if (step === 'input') return inputLines(service);
  if (step === 'validation' || step === 'comparison')
    return [...inputLines(service), ...signerLines(service)];
  if (step === 'signing') return signingLines(service);
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
