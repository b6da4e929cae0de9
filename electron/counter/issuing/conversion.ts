import { marksOf } from '../conversions/rules.ts';
import { conversionToPaperClauseData } from '../outputs/data.ts';
import type { Service } from '../visits/record.ts';
import type { Issuer } from './issuer.ts';

const conversionOf = ({ record: { conversion } }: Service) => {
  if (!conversion?.input || !conversion.report || !conversion.count)
    throw new Error('a conversion is certified after its output was compared and counted');
  const { input, report, count } = conversion;
  return { input, report, count };
};

/** A file converted to paper (§ 25 odst. 2 zákona 300/2008 Sb.): the clause that is firmly joined with the print. */
export const toPaperIssuer: Issuer = {
  act: 'conversion-issued',
  logged(service) {
    const { input, count } = conversionOf(service);
    return { direction: 'to-paper', pages: input.pages, sheets: count.sheets, feePages: count.feePages };
  },
  told(service) {
    const { report, count, input } = conversionOf(service);
    const { signatures, timestamps } = marksOf(report);
    const { description, writtenOn, sheets, feePages } = count;
    return {
      conversion: {
        direction: 'to-paper',
        inputDescription: description,
        ...(writtenOn !== null && { inputWrittenOn: writtenOn }),
        sheets,
        // A file has no element of paper that could get lost.
        securityElement: false,
        inputMarks: [
          ...signatures.map(({ kind, certificateNumber, provider }) => ({
            kind,
            certificate: { certificateNumber, provider },
          })),
          ...timestamps.map(({ at, certificateNumber, provider }) => ({
            kind: 'timestamp' as const,
            certificate: { certificateNumber, provider },
            at,
          })),
        ],
      },
      counts: { sheets, sides: input.pages, begunPages: feePages },
    };
  },
  printedBefore: (service) => [conversionOf(service).input.documentId],
  papers(desk, tx, { service, number, now, session }) {
    const documentId = desk.newId();
    return [
      {
        documentId,
        kind: 'conversion-clause',
        template: service.definition.template?.clause ?? 'conversion-to-paper-clause',
        data: conversionToPaperClauseData(desk, tx, service, { documentId, number, now, session }),
      },
    ];
  },
};

const convertedOf = ({ record: { conversion, attachments } }: Service) => {
  const [scan] = attachments;
  if (!conversion?.output || !conversion.count || !scan)
    throw new Error('a conversion is certified after its file was signed');
  return { output: conversion.output, count: conversion.count, scan };
};

/** A paper converted to a file (§ 25 odst. 1 zákona 300/2008 Sb.): its clause is in the signed file, not on a paper. */
export const toElectronicIssuer: Issuer = {
  act: 'conversion-issued',
  obstacle: ({ service }) => (service.record.conversion?.output ? null : 'conversion.not-signed'),
  logged(service) {
    const { count, scan, output } = convertedOf(service);
    return {
      direction: 'to-electronic',
      pages: scan.pages,
      sheets: count.sheets,
      feePages: count.feePages,
      sha256: output.sha256,
    };
  },
  told(service) {
    const { count, scan, output } = convertedOf(service);
    return {
      conversion: {
        direction: 'to-electronic',
        inputDescription: count.description,
        ...(count.writtenOn !== null && { inputWrittenOn: count.writtenOn }),
        sheets: count.sheets,
        securityElement: count.features.length > 0,
        outputSha256: output.sha256,
      },
      counts: { sheets: count.sheets, sides: scan.pages, begunPages: count.feePages },
    };
  },
  printedBefore: (service) => [convertedOf(service).output.documentId],
  papers: () => [],
};
