import type { Session } from '../../contract/clerks.ts';
import type { SafetyFeature } from '../../contract/conversions.ts';
import type { Witness } from '../../contract/services.ts';
import type { Organisation, Party, Person } from '../../contract/shared.ts';
import type {
  AcceptanceReceiptData,
  ArchiveRequestData,
  CompletionCallData,
  ConversionToElectronicClauseData,
  ConversionToPaperClauseData,
  CopyClauseData,
  CorrectionReceiptData,
  DepotReceiptData,
  ElectronicSignatureClauseData,
  ExtractClauseData,
  ExtractTicketData,
  FeeReceiptData,
  OfficeDocument,
  PaperLabelData,
  PrintedAttachment,
  PrintedDeadline,
  PrintedDesk,
  PrintedOffice,
  PrintedPaper,
  PrintedParty,
  PrintedSigner,
  PrintedTable,
  ReceiptCancellationData,
  RefundReceiptData,
  RegisterBookRowData,
  RequestData,
  SignatureClauseData,
} from '../../documents/template-data.ts';
import { receiptCode } from '../../journal/receipt.ts';
import type { Reader, Tx } from '../../store/open.ts';
import { judgeDeadlines } from '../../values/forms/deadlines.ts';
import { type ReadingWords, type ReadTable, readForm } from '../../values/forms/reading.ts';
import { DOCUMENT_KIND_RULES, type DocumentKind } from '../../values/identity-document.ts';
import { formatCrowns, sumCrowns } from '../../values/money.ts';
import { formatPartialDate } from '../../values/partial-date.ts';
import { displayName } from '../../values/person-name.ts';
import { legalDate } from '../../values/time.ts';
import { type OfficeItem, offices, printedAddress, tariffOn, trustServices } from '../catalogue/catalogue.ts';
import { marksOf } from '../conversions/rules.ts';
import type { Desk } from '../desk.ts';
import { feeTotal } from '../fees/rules.ts';
import type { ChargedLine, Receipt } from '../fees/table.ts';
import type { Issue } from '../issuing/issuer.ts';
import { type HandedIn, handedIn } from '../services/handed-in.ts';
import type { Delivery } from '../visits/delivery.ts';
import type { ExtractRecord, Service, Visit } from '../visits/record.ts';

/** What stands on the papers, put together from the visit. Papers are Czech whatever the window speaks. */

const capacities = {
  proxy: 'zmocněnec',
  'legal-representative': 'zákonný zástupce',
  guardian: 'opatrovník',
  'statutory-body': 'statutární orgán',
} as const;

const printedPerson = (person: Person): PrintedParty => ({
  name: displayName(person.name),
  ...(person.birthDate && { birthDate: formatPartialDate(person.birthDate) }),
  ...(person.address && { address: printedAddress(person.address) }),
});

const printedOrganisation = (organisation: Organisation): PrintedParty => ({
  name: organisation.title,
  organisationId: organisation.ico,
  ...(organisation.seat && { address: printedAddress(organisation.seat) }),
});

export const printedParty = (party: Party): PrintedParty =>
  party.kind === 'person' ? printedPerson(party) : printedOrganisation(party);

export const printedOffice = (office: OfficeItem | undefined): PrintedOffice => ({
  name: office?.name.cs ?? '',
  ...(office && { address: printedAddress(office.address) }),
});

export function ownOffice(
  desk: Desk,
  tx: Reader,
): { office: OfficeItem | undefined; printed: PrintedDesk; place: string } {
  const enrolled = desk.enrolled(tx);
  const office = enrolled ? offices.find(tx, enrolled.officeId) : undefined;
  return {
    office,
    printed: {
      officeName: office?.name.cs ?? '',
      ...(office && { officeAddress: printedAddress(office.address) }),
      id: enrolled?.deskName ?? '',
    },
    place: office?.locative ?? (office ? `V obci ${office.address.municipality}` : ''),
  };
}

/** Who asks, and for whom, as the request and the receipts say it. */
function parties(
  visit: Visit,
  service: Service,
): {
  applicant: PrintedParty;
  represented?: RequestData['represented'] & object;
} {
  const paper = handedIn(service);
  if (paper) return { applicant: paper.printed };
  const { applicant, concerns, actingAs } = visit.identity;
  if (!applicant) throw new Error('a submission has a verified applicant');
  if (!concerns || actingAs === null || actingAs === 'in-person')
    return { applicant: printedPerson(applicant) };
  return {
    applicant: printedPerson(applicant),
    represented: { ...printedParty(concerns), capacity: capacities[actingAs] },
  };
}

/** Ends of ids serve as numbers of our own papers; they are no číslo jednací and no number of a book. */
export const ownNumber = (documentId: string): string =>
  `${documentId.slice(0, 8)}-${documentId.slice(-6)}`.toUpperCase();

/** The whole id of the output is the document's unique identifier (JID): nothing else has it. */
const officeDocument = (
  office: OfficeItem | undefined,
  documentId: string,
): { officeDocument?: OfficeDocument } =>
  office?.dataBoxId === undefined
    ? {}
    : { officeDocument: { jid: documentId, ico: office.ico, dataBoxId: office.dataBoxId } };

const attachmentsOf = (service: Service): PrintedAttachment[] =>
  service.record.attachments.map(({ slotId, pages }) => ({
    title: service.definition.attachments?.slots.find(({ id }) => id === slotId)?.title.cs ?? slotId,
    pages,
  }));

const czechWords: ReadingWords = {
  language: 'cs',
  yes: 'ano',
  no: 'ne',
  born: 'nar.',
  ico: 'IČO',
  total: 'Celkem',
};

/** Numbers need less room than words. */
const printedTable = ({ columns, rows, totals }: ReadTable): PrintedTable => {
  const shares = columns.map(({ isNumber }) => (isNumber ? 1 : 2));
  const all = shares.reduce((sum, share) => sum + share, 0);
  return {
    columns: columns.map(({ title, isNumber }, index) => ({
      title,
      width: (shares[index] ?? 1) / all,
      align: isNumber ? 'right' : 'left',
    })),
    rows: rows
      .map((cells) => ({ cells, strong: false }))
      .concat(totals ? [{ cells: totals, strong: true }] : []),
  };
};

const formSections = ({ definition, record }: Service): RequestData['sections'] =>
  definition.form
    ? readForm(definition.form, record.form, czechWords).map(({ title, parts }) => ({
        title,
        parts: parts.map(({ table, ...part }) => ({ ...part, ...(table && { table: printedTable(table) }) })),
      }))
    : [];

/** What the receipt says of deadlines: until when, and whether acceptance here and now keeps them. */
function deadlinesOf(service: Service, isAddressed: boolean, now: Date): PrintedDeadline[] {
  return judgeDeadlines(service.definition.deadlines ?? [], service.record.form, {
    today: legalDate(now),
    isAddressed,
  }).map(({ rule, last, state }) => ({ title: rule.title.cs, last, state }));
}

/**
 * The code that shows the act just done to be in the log, over a checkpoint of the log as it is at this point of the act's
 * transaction. Nothing for a desk that is nobody's yet.
 */
export function proofOf(desk: Desk, tx: Tx, leafSequence: number): { proof?: string } {
  const enrolled = desk.enrolled(tx);
  const checkpoint = desk.checkpoint(tx, 'demand');
  if (!enrolled || !checkpoint) return {};
  return { proof: receiptCode(tx, { deskId: enrolled.deskId, sequence: leafSequence, checkpoint }) };
}

export function requestData(
  desk: Desk,
  tx: Reader,
  visit: Visit,
  service: Service,
  documentId: string,
  now: Date,
): RequestData {
  const own = ownOffice(desk, tx);
  const { definition, record } = service;
  return {
    desk: own.printed,
    document: { number: ownNumber(documentId) },
    service: {
      title: definition.title.cs,
      // What was not compared with the law in force does not stand on a paper.
      legalBasis: definition.legalBasis
        .filter(({ toBeConfirmed }) => !toBeConfirmed)
        .map(({ act, paragraph }) => (paragraph ? `${paragraph} zákona č. ${act}` : `zákon č. ${act}`))
        .join(', '),
    },
    addressee: printedOffice(record.addresseeId ? offices.find(tx, record.addresseeId) : own.office),
    ...parties(visit, service),
    sections: formSections(service),
    attachments: attachmentsOf(service),
    place: own.place,
    date: legalDate(now),
  };
}

export function acceptanceReceiptData(
  desk: Desk,
  tx: Reader,
  visit: Visit,
  service: Service,
  of: { documentId: string; acceptedAt: Date; contentHash: string; requestPages: number; session: Session },
): AcceptanceReceiptData {
  const own = ownOffice(desk, tx);
  const isAddressed = service.record.addresseeId === null || service.record.addresseeId === own.office?.id;
  const deadlines = deadlinesOf(service, isAddressed, of.acceptedAt);
  const paper = handedIn(service);
  const attachments = attachmentsOf(service);
  const pages = of.requestPages + attachments.reduce((sum, { pages }) => sum + pages, 0);
  return {
    desk: own.printed,
    document: { number: ownNumber(of.documentId) },
    ...officeDocument(own.office, of.documentId),
    service: { title: service.definition.title.cs },
    addressee: printedOffice(
      service.record.addresseeId ? offices.find(tx, service.record.addresseeId) : own.office,
    ),
    ...parties(visit, service),
    ...(!isAddressed && { takenElsewhere: true }),
    ...(deadlines.length > 0 && { deadlines }),
    acceptedAt: of.acceptedAt.toISOString(),
    // The signed request is the only paper that stays; attachments were scanned and go back to the person. Of a paper that was
    // handed in all of it stays.
    sheets: paper ? paper.sheets + paper.attachmentSheets : of.requestPages,
    ...(paper && { paper: countedPaper(paper) }),
    pages,
    attachments,
    contentHash: of.contentHash,
    clerk: { name: displayName(of.session.name) },
  };
}

const countedPaper = ({ subject, sheets, attachments, attachmentSheets }: HandedIn): PrintedPaper => ({
  subject,
  sheets,
  attachments,
  attachmentSheets,
});

/** The label (podací štítek) that goes on a paper that was handed in. */
export function paperLabelData(
  desk: Desk,
  tx: Reader,
  service: Service,
  of: { receiptDocumentId: string; acceptedAt: Date; session: Session },
): PaperLabelData {
  const own = ownOffice(desk, tx);
  const paper = handedIn(service);
  if (!paper) throw new Error('a label goes on a paper that was handed in');
  const { addresseeId } = service.record;
  return {
    desk: own.printed,
    // The number of the receipt: one number stands for the paper until the office gives its own.
    document: { number: ownNumber(of.receiptDocumentId) },
    addressee: printedOffice(addresseeId ? offices.find(tx, addresseeId) : own.office),
    acceptedAt: of.acceptedAt.toISOString(),
    paper: countedPaper(paper),
    clerk: { name: displayName(of.session.name) },
  };
}

/** What the office asks to be completed, as a letter for whoever submitted it. */
export function completionCallData(
  desk: Desk,
  tx: Reader,
  visit: Visit,
  service: Service,
  of: { documentId: string; delivery: Delivery; now: Date },
): CompletionCallData {
  const { acceptance, addresseeId } = service.record;
  const { asked, referenceNumber, fileNumber } = of.delivery;
  if (!acceptance || !asked) throw new Error('only what was accepted and asked about is completed');
  const own = ownOffice(desk, tx);
  return {
    desk: own.printed,
    document: { number: ownNumber(of.documentId) },
    office: printedOffice(addresseeId ? offices.find(tx, addresseeId) : own.office),
    ...parties(visit, service),
    submission: {
      title: service.definition.title.cs,
      acceptedAt: acceptance.at,
      receiptNumber: ownNumber(acceptance.receiptDocumentId),
    },
    ...(referenceNumber !== null && { referenceNumber }),
    ...(fileNumber !== null && { fileNumber }),
    reason: asked.reason.cs,
    ...(asked.deadline !== null && { deadline: asked.deadline }),
    place: own.place,
    date: legalDate(of.now),
  };
}

export function correctionReceiptData(
  desk: Desk,
  tx: Reader,
  visit: Visit,
  service: Service,
  of: { documentId: string; correction: string; now: Date; session: Session },
): CorrectionReceiptData {
  const { acceptance } = service.record;
  if (!acceptance) throw new Error('only an accepted submission is corrected');
  const own = ownOffice(desk, tx);
  return {
    desk: own.printed,
    document: { number: ownNumber(of.documentId) },
    ...officeDocument(own.office, of.documentId),
    corrected: {
      number: ownNumber(acceptance.receiptDocumentId),
      title: service.definition.title.cs,
      acceptedAt: acceptance.at,
    },
    changes: [{ label: 'Oprava', after: of.correction }],
    reason: 'Oprava údajů po přijetí podání',
    correctedAt: of.now.toISOString(),
    ...(visit.identity.applicant && { applicant: printedPerson(visit.identity.applicant) }),
    clerk: { name: displayName(of.session.name) },
  };
}

export function feeReceiptData(
  desk: Desk,
  tx: Reader,
  of: {
    visit: Visit;
    lines: readonly ChargedLine[];
    total: number;
    method: 'cash' | 'card';
    number: string;
    now: Date;
    session: Session;
  },
): FeeReceiptData {
  const own = ownOffice(desk, tx);
  const { applicant } = of.visit.identity;
  return {
    desk: own.printed,
    document: { number: of.number },
    ...(applicant && { payer: { name: displayName(applicant.name) } }),
    ...itemsOf(of.lines, own.printed.officeName),
    total: of.total,
    payment: of.method,
    receivedAt: of.now.toISOString(),
    clerk: { name: displayName(of.session.name) },
    place: own.place,
  };
}

/** The lines of a receipt, and what each payee gets: whoever takes the money must be able to pass it on. */
function itemsOf(lines: readonly ChargedLine[], ownName: string): Pick<FeeReceiptData, 'items' | 'payees'> {
  const names = [...new Set(lines.map(({ payee }) => payee ?? ownName))];
  return {
    items: lines.map(({ title, item, payee, quantity, unitAmount, amount, exemption }) => ({
      title,
      tariffItem: item,
      quantity: `${quantity} × ${formatCrowns(unitAmount)}`,
      amount,
      ...(payee !== null && { payee }),
      ...(exemption && { exemption: { title: exemption.title, paragraph: exemption.paragraph } }),
    })),
    ...(names.length > 1 && {
      payees: names.map((name) => ({
        name,
        total: sumCrowns(
          lines.filter(({ payee }) => (payee ?? ownName) === name).map(({ amount }) => amount),
        ),
      })),
    }),
  };
}

export function receiptCancellationData(
  desk: Desk,
  tx: Reader,
  of: {
    receipt: Receipt;
    /** What goes back: the total, less what went back before. */
    rest: number;
    lines: ChargedLine[];
    visit: Visit;
    number: string;
    reason: string;
    now: Date;
    session: Session;
  },
): ReceiptCancellationData {
  const own = ownOffice(desk, tx);
  const { applicant } = of.visit.identity;
  return {
    desk: own.printed,
    document: { number: of.number },
    receipt: { number: of.receipt.number, issuedAt: of.receipt.at },
    ...(applicant && { payer: { name: displayName(applicant.name) } }),
    items: of.lines.map(({ title, item, amount }) => ({ title, tariffItem: item, amount })),
    total: of.rest,
    ...(of.rest !== of.receipt.total && { returnedBefore: of.receipt.total - of.rest }),
    payment: of.receipt.method,
    reason: of.reason,
    cancelledAt: of.now.toISOString(),
    clerk: { name: displayName(of.session.name) },
    place: own.place,
  };
}

export function refundReceiptData(
  desk: Desk,
  tx: Reader,
  of: {
    receipt: Receipt;
    lines: ChargedLine[];
    visit: Visit;
    number: string;
    amount: number;
    reason: string;
    now: Date;
    session: Session;
  },
): RefundReceiptData {
  const own = ownOffice(desk, tx);
  const { applicant } = of.visit.identity;
  return {
    desk: own.printed,
    document: { number: of.number },
    receipt: { number: of.receipt.number, issuedAt: of.receipt.at },
    ...(applicant && { recipient: { name: displayName(applicant.name) } }),
    items: of.lines.map(({ title, item, amount, payee }) => ({
      title,
      tariffItem: item,
      amount,
      ...(payee !== null && { payee }),
    })),
    total: of.amount,
    payment: of.receipt.method,
    reason: of.reason,
    refundedAt: of.now.toISOString(),
    clerk: { name: displayName(of.session.name) },
    place: own.place,
  };
}

export function copyClauseData(
  desk: Desk,
  tx: Reader,
  service: Service,
  of: { documentId: string; bookNumber: string; now: Date; session: Session },
): CopyClauseData {
  const own = ownOffice(desk, tx);
  const { count } = service.record;
  if (!count) throw new Error('a clause is made of counted pages');
  return {
    desk: own.printed,
    office: printedOffice(own.office),
    document: { number: ownNumber(of.documentId) },
    bookNumber: of.bookNumber,
    extent: count.extent,
    form: count.madeAs,
    source: count.sourceIs,
    copyPages: count.copyPages,
    sourcePages: count.sourcePages,
    securityFeature: count.securityFeature ? 'contains' : 'does-not-contain',
    place: own.place,
    date: legalDate(of.now),
    clerk: { name: displayName(of.session.name) },
  };
}

/** What the row says of the fee: the amount, or the exemption with its paragraph. */
function feeText(tx: Reader, visit: Visit, { record: { fee } }: Service): string {
  if (!fee) return 'bez poplatku';
  const exemption = tariffOn(tx, fee.tariffId, visit.legalDate)?.exemptions.find(
    ({ id }) => id === fee.exemptionId,
  );
  return exemption ? `osvobozeno – ${exemption.paragraph}` : formatCrowns(feeTotal(fee));
}

const BOOK = { name: 'Ověřovací kniha' };

export function copyRowData(desk: Desk, tx: Reader, { visit, service, ...of }: Issue): RegisterBookRowData {
  const own = ownOffice(desk, tx);
  const { count } = service.record;
  if (!count) throw new Error('a row of the book is made of counted pages');
  return {
    desk: own.printed,
    office: printedOffice(own.office),
    book: BOOK,
    bookNumber: of.number,
    date: legalDate(of.now),
    kind: 'V',
    deed: `souhlasí doslovně, ${count.extent === 'complete' ? 'úplná' : 'částečná'} ${count.madeAs === 'copy' ? 'kopie' : 'opis'}`,
    paper: count.description,
    sourcePages: count.sourcePages,
    sourceSheets: count.sourceSheets,
    copyPages: count.copyPages,
    copySheets: count.copySheets,
    fee: feeText(tx, visit, service),
    clerk: { name: displayName(of.session.name) },
  };
}

export const documentText = (kind: DocumentKind, number: string): string =>
  `${DOCUMENT_KIND_RULES[kind].title.cs} č. ${number}`;

const printedWitness = ({ name, birthDate, birthPlace, address, document }: Witness): PrintedSigner => ({
  name: displayName(name),
  birthDate: formatPartialDate(birthDate),
  birthPlace,
  address: printedAddress(address),
  document: documentText(document.kind, document.number),
});

/** Whose signature it is, on whose word: as the clause and the book say it. */
function signersOf(visit: Visit, { record: { signing } }: Service) {
  const { applicant, document } = visit.identity;
  if (!signing || !applicant?.birthDate || !applicant.address || !document)
    throw new Error('a signature is certified to a verified person');
  const signer: PrintedSigner = {
    name: displayName(applicant.name),
    birthDate: formatPartialDate(applicant.birthDate),
    birthPlace: signing.birthPlace,
    address: printedAddress(applicant.address),
    document: documentText(document.kind, document.number),
  };
  return { signing, signer, witnesses: signing.witnesses.map(printedWitness) };
}

export function signatureClauseData(
  desk: Desk,
  tx: Reader,
  documentId: string,
  { visit, service, ...of }: Issue,
): SignatureClauseData {
  const own = ownOffice(desk, tx);
  const { signing, signer, witnesses } = signersOf(visit, service);
  return {
    desk: own.printed,
    office: printedOffice(own.office),
    document: { number: ownNumber(documentId) },
    bookNumber: of.number,
    manner: signing.manner,
    applicant: signer,
    addressIs: signing.addressIs,
    ...(witnesses.length > 0 && { witnesses }),
    ...(signing.contentBy !== null && { contentBy: signing.contentBy }),
    place: own.place,
    date: legalDate(of.now),
    clerk: { name: displayName(of.session.name) },
  };
}

/** Which signature on the document, as the report or the clerk's words have it. */
function chosenOf({
  record: { signing, conversion },
}: Service): Pick<ElectronicSignatureClauseData, 'certificate' | 'seen'> {
  const [one] = signing?.chosen ?? [];
  if (one?.by === 'description') return { seen: { page: one.page, text: one.text } };
  const signature = one && conversion?.report?.signatures[one.index];
  if (!signature?.certificate) throw new Error('a clause speaks of a signature that was chosen');
  const { certificate, signer, claimedAt } = signature;
  return {
    certificate: {
      number: certificate.number,
      provider: certificate.provider,
      signer: signer ?? certificate.subject.commonName ?? '',
      ...(claimedAt !== null && { claimedAt }),
    },
  };
}

export function electronicSignatureClauseData(
  desk: Desk,
  tx: Reader,
  of: { issue: Issue; documentId: string; digests: { algorithm: string; value: string }[] },
): ElectronicSignatureClauseData {
  const { service } = of.issue;
  const input = service.record.conversion?.input;
  if (!input) throw new Error('a clause speaks of a document that was taken in');
  return {
    ...signatureClauseData(desk, tx, of.documentId, of.issue),
    file: { pages: input.pages, size: input.size },
    digests: of.digests,
    ...chosenOf(service),
  };
}

const DEEDS = {
  signed: { paper: 'vlastnoručně podepsal(a)', file: 'elektronicky podepsal(a)' },
  acknowledged: { paper: 'uznal(a) podpis za vlastní', file: 'uznal(a) elektronický podpis za vlastní' },
} as const;

export function signatureRowData(
  desk: Desk,
  tx: Reader,
  { visit, service, ...of }: Issue,
): RegisterBookRowData {
  const own = ownOffice(desk, tx);
  const { signing, signer, witnesses } = signersOf(visit, service);
  return {
    desk: own.printed,
    office: printedOffice(own.office),
    book: BOOK,
    bookNumber: of.number,
    date: legalDate(of.now),
    kind: 'L',
    deed: DEEDS[signing.manner][service.definition.electronic ? 'file' : 'paper'],
    ...(signing.outside && { outside: signing.outside }),
    applicant: signer,
    ...(witnesses.length > 0 && { witnesses }),
    paper: signing.description,
    fee: feeText(tx, visit, service),
    clerk: { name: displayName(of.session.name) },
  };
}

const sealResultWords = {
  valid: 'platná',
  invalid: 'neplatná',
  undecided: 'nelze rozhodnout',
} as const;

export function extractClauseData(
  desk: Desk,
  tx: Reader,
  service: Service,
  of: { documentId: string; number: string; now: Date; session: Session },
): ExtractClauseData {
  const own = ownOffice(desk, tx);
  const { extract } = service.record;
  if (!extract || extract.sheets === null) throw new Error('a clause is made of counted sheets');
  return {
    desk: own.printed,
    office: printedOffice(own.office),
    document: { number: ownNumber(of.documentId) },
    evidenceNumber: of.number,
    register: service.definition.title.cs,
    sheets: extract.sheets,
    partial: extract.partial,
    checkAddress: checkAddress(desk, tx, of.number),
    place: own.place,
    date: legalDate(of.now),
    clerk: { name: displayName(of.session.name) },
  };
}

export function conversionToPaperClauseData(
  desk: Desk,
  tx: Reader,
  service: Service,
  of: { documentId: string; number: string; now: Date; session: Session },
): ConversionToPaperClauseData {
  const own = ownOffice(desk, tx);
  const { conversion } = service.record;
  if (!conversion?.report || !conversion.count) throw new Error('a clause is made of counted sheets');
  const { signatures, timestamps } = marksOf(conversion.report);
  return {
    desk: own.printed,
    office: printedOffice(own.office),
    document: { number: ownNumber(of.documentId) },
    evidenceNumber: of.number,
    sheets: conversion.count.sheets,
    checkedAt: conversion.report.checkedAt,
    signatures,
    timestamps: timestamps.map(({ at, number, provider }) => ({ at, number, provider })),
    checkAddress: checkAddress(desk, tx, of.number),
    place: own.place,
    date: legalDate(of.now),
    clerk: { name: displayName(of.session.name) },
  };
}

const featureWords: Readonly<Record<SafetyFeature, string>> = {
  watermark: 'vodoznak',
  'relief-print': 'reliéfní tisk',
  embossing: 'suchá pečeť nebo reliéfní ražba',
  'optically-variable': 'opticky variabilní prvek',
  other: 'jiný zajišťovací prvek',
};

export function conversionToElectronicClauseData(
  desk: Desk,
  tx: Reader,
  service: Service,
  of: { documentId: string; number: string; now: Date; session: Session },
): ConversionToElectronicClauseData {
  const own = ownOffice(desk, tx);
  const { conversion } = service.record;
  if (!conversion?.count) throw new Error('a clause is made of counted sheets');
  const features = conversion.count.features.map((feature) => featureWords[feature]);
  return {
    desk: own.printed,
    office: printedOffice(own.office),
    document: { number: ownNumber(of.documentId) },
    evidenceNumber: of.number,
    sheets: conversion.count.sheets,
    ...(features.length > 0 && { features: features.join(', ') }),
    checkAddress: checkAddress(desk, tx, of.number),
    place: own.place,
    date: legalDate(of.now),
    clerk: { name: displayName(of.session.name) },
  };
}

export function depotReceiptData(
  desk: Desk,
  tx: Reader,
  service: Service,
  of: { documentId: string; token: string; expiresOn: string; now: Date; session: Session },
): DepotReceiptData {
  const own = ownOffice(desk, tx);
  const printed = service.record.certification?.printed ?? '';
  const depot =
    trustServices(tx)?.publicPages.depot ?? new URL('/uschovna', desk.enrolled(tx)?.portalUrl).href;
  return {
    desk: own.printed,
    document: { number: ownNumber(of.documentId) },
    ...(service.definition.evidence ? { evidenceNumber: printed } : { bookNumber: printed }),
    token: of.token,
    address: depot,
    fileAddress: `${depot}/${of.token}`,
    expiresOn: of.expiresOn,
    issuedAt: of.now.toISOString(),
    clerk: { name: displayName(of.session.name) },
  };
}

/** The portal's public page where anybody may look a number up. */
export const checkAddress = (desk: Desk, tx: Reader, number: string): string =>
  `${trustServices(tx)?.publicPages.clauses ?? new URL('/overeni', desk.enrolled(tx)?.portalUrl).href}/${encodeURIComponent(number)}`;

export function archiveRequestData(
  desk: Desk,
  tx: Reader,
  visit: Visit,
  service: Service,
  of: { documentId: string; number: string; now: Date; session: Session },
): ArchiveRequestData {
  const own = ownOffice(desk, tx);
  const { extract, requestDocumentId } = service.record;
  if (!extract?.answer) throw new Error('what goes to the archive names the answer');
  const { certificateNumber, provider, result } = extract.answer.seal;
  return {
    desk: own.printed,
    document: { number: ownNumber(of.documentId) },
    evidenceNumber: of.number,
    service: { title: service.definition.title.cs },
    ...parties(visit, service),
    ...(requestDocumentId && { requestNumber: ownNumber(requestDocumentId) }),
    ...(extract.ticket !== null && { ticket: extract.ticket }),
    seal: { certificateNumber, provider, result: sealResultWords[result] },
    issuedAt: of.now.toISOString(),
    clerk: { name: displayName(of.session.name) },
  };
}

export function extractTicketData(
  desk: Desk,
  tx: Reader,
  service: Service,
  of: { documentId: string; extract: ExtractRecord; now: Date; session: Session },
): ExtractTicketData {
  return {
    desk: ownOffice(desk, tx).printed,
    document: { number: ownNumber(of.documentId) },
    service: { title: service.definition.title.cs },
    ticket: of.extract.ticket ?? '',
    expectedOn: of.extract.expectedOn ?? legalDate(of.now),
    identityAsked: service.definition.identity === 'verified',
    issuedAt: of.now.toISOString(),
    clerk: { name: displayName(of.session.name) },
  };
}
