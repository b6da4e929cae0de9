/**
 * The data each shipped template takes. Names are written out for print already (`Ing. Jan Novák, Ph.D.`), dates of
 * birth too, because they may miss a day; instants are ISO texts, legal dates `YYYY-MM-DD`, money whole crowns.
 * Absent optional parts are left out of the print or printed as the template says.
 */

export type PrintedParty = {
  name: string;
  birthDate?: string;
  address?: string;
  /** IČO of an organisation. */
  organisationId?: string;
};

/** Whose signature is certified, or who witnesses it: as the document shows them. */
export type PrintedSigner = {
  name: string;
  birthDate: string;
  birthPlace: string;
  address: string;
  /** Its kind and number. */
  document: string;
};

export type PrintedOffice = { name: string; address?: string };

/** The desk's own office and the desk that made the document. */
export type PrintedDesk = { officeName: string; officeAddress?: string; id: string };

/** Pages are sides with something on them (strany), sheets are pieces of paper (listy): never one for the other. */
export type PrintedAttachment = { title: string; pages: number };

/** A table whose columns the data give; widths are shares of the page. */
export type PrintedTable = {
  columns: { title: string; width: number; align: 'left' | 'right' }[];
  rows: { cells: string[]; strong: boolean }[];
};

/** A deadline and whether acceptance at this desk on this day keeps it. */
export type PrintedDeadline = { title: string; last: string; state: 'kept' | 'late' | 'kept-here-not' };

/** A paper as it was handed in: sheets of it, pieces that came with it and the sheets they have. */
export type PrintedPaper = { subject: string; sheets: number; attachments: number; attachmentSheets: number };

/** The label that goes on a paper that was handed in. */
export type PaperLabelData = {
  desk: PrintedDesk;
  /** Number of the receipt; ASCII, printed as a bar code too. */
  document: { number: string };
  addressee: PrintedOffice;
  acceptedAt: string;
  paper: PrintedPaper;
  clerk: { name: string };
};

/** What the addressed office asks to be completed. */
export type CompletionCallData = {
  desk: PrintedDesk;
  document: { number: string };
  office: PrintedOffice;
  applicant: PrintedParty;
  represented?: PrintedParty & { capacity: string };
  submission: { title: string; acceptedAt: string; receiptNumber: string };
  /** Číslo jednací and spisová značka, once known; never one for the other. */
  referenceNumber?: string;
  fileNumber?: string;
  reason: string;
  deadline?: string;
  place: string;
  date: string;
};

export type RequestData = {
  desk: PrintedDesk;
  /** Number of this print; ASCII, printed as a bar code too. */
  document: { number: string };
  service: { title: string; legalBasis: string };
  addressee: PrintedOffice;
  applicant: PrintedParty;
  represented?: PrintedParty & { capacity: string };
  /** Fields after each other, an item of a group under its title, or a table. */
  sections: {
    title: string;
    parts: { title?: string; fields?: { label: string; value?: string }[]; table?: PrintedTable }[];
  }[];
  attachments: PrintedAttachment[];
  /** With its preposition: `V Klatovech`, `Ve Štěnovicích`. */
  place: string;
  date: string;
};

/** The code that shows the act to be in the desk's log (docs/log-format.md, “On paper”); none before the desk is enrolled. */
type Proven = { proof?: string };

/** A line of what is asked for or was done: written out for print. */
export type PrintedRow = { label: string; value: string };
/** A user of an organisation's account, with rights in words. */
export type PrintedUser = { name: string; account: string; rights: string };

export type AccountDeclarationData = {
  desk: PrintedDesk;
  document: { number: string };
  service: { title: string };
  applicant: PrintedParty;
  /** Kind and number of the document shown. */
  identityDocument: string;
  /** In which capacity the person acts for an organisation. */
  capacity?: string;
  others?: { name: string; birthDate: string; how: string }[];
  /** Those of the others who sign here. */
  signatories: { name: string }[];
  rows: PrintedRow[];
  usersTitle?: string;
  users?: PrintedUser[];
  /** First credentials or an activation: what their holder declares. */
  isOpening?: boolean;
  place: string;
  date: string;
};

export type AccountReceiptData = Proven & {
  desk: PrintedDesk;
  document: { number: string };
  service: { title: string };
  applicant: PrintedParty;
  rows: PrintedRow[];
  usersTitle?: string;
  users?: PrintedUser[];
  acceptedAt: string;
  offline?: boolean;
  /** A letter with a one-time code goes with it. */
  hasCode?: boolean;
  contentHash: string;
  place: string;
  date: string;
  clerk: { name: string };
};

export type AccountCredentialsData = {
  desk: PrintedDesk;
  document: { number: string };
  name: string;
  /** User name or registration number. */
  account: string;
  code: string;
  expiresOn: string;
  offline?: boolean;
  issuedAt: string;
  clerk: { name: string };
};

type PrintedAccount = { number: string; userName?: string; email?: string; state: string };
type AccountConfirmed = {
  desk: PrintedDesk;
  document: { number: string };
  account: PrintedAccount;
  doneAt: string;
  place: string;
  date: string;
  clerk: { name: string };
};
export type AccountActivationData = AccountConfirmed & { applicant: PrintedParty; verifiedBy: string };
export type AccountChangeData = AccountConfirmed & {
  title: string;
  holder: string;
  rows: PrintedRow[];
  isEnd?: boolean;
};
export type AccountOrganisationData = AccountConfirmed & {
  organisation: { name: string; ico: string };
  applicant: PrintedParty;
  capacity: string;
  usersTitle: string;
  users: PrintedUser[];
};

/** What a document of an office needs beside its text to be described to machines; none where the office's data box is not known. */
export type OfficeDocument = { jid: string; ico: string; dataBoxId: string };
type OfOffice = { officeDocument?: OfficeDocument };

export type AcceptanceReceiptData = Proven &
  OfOffice & {
    desk: PrintedDesk;
    document: { number: string };
    service: { title: string };
    addressee: PrintedOffice;
    applicant: PrintedParty;
    represented?: PrintedParty & { capacity: string };
    acceptedAt: string;
    /** The desk is not of the addressed office. */
    takenElsewhere?: true;
    deadlines?: PrintedDeadline[];
    /** Sheets of paper handed over and pages taken in, attachments included. */
    sheets: number;
    pages: number;
    /** What was handed in on paper; none where a form was filled in at the desk. */
    paper?: PrintedPaper;
    attachments: PrintedAttachment[];
    /** SHA-256 of the accepted content, 64 lower-case hexadecimal digits. */
    contentHash: string;
    /** Číslo jednací of the addressed office, once known. */
    referenceNumber?: string;
    clerk: { name: string };
  };

export type FeeReceiptData = Proven & {
  desk: PrintedDesk;
  document: { number: string };
  payer?: PrintedParty;
  items: {
    title: string;
    /** Item of the tariff, `pol. 4 písm. a)`. */
    tariffItem: string;
    quantity: string;
    amount: number;
    /** Who gets it, where it is not the office that took it. */
    payee?: string;
    exemption?: { title: string; paragraph: string };
  }[];
  /** What each of several payees gets; left out where the office keeps all of it. */
  payees?: { name: string; total: number }[];
  total: number;
  payment: 'cash' | 'card' | 'none';
  receivedAt: string;
  clerk: { name: string };
  place: string;
};

export type RefundReceiptData = {
  desk: PrintedDesk;
  /** Number of the refund; the receipt keeps its own. */
  document: { number: string };
  receipt: { number: string; issuedAt: string };
  recipient?: PrintedParty;
  items: { title: string; tariffItem: string; amount: number; payee?: string }[];
  total: number;
  payment: 'cash' | 'card';
  reason: string;
  refundedAt: string;
  clerk: { name: string };
  place: string;
};

export type ReceiptCancellationData = {
  desk: PrintedDesk;
  /** Number of the cancellation; the receipt keeps its own. */
  document: { number: string };
  receipt: { number: string; issuedAt: string };
  payer?: PrintedParty;
  items: { title: string; tariffItem: string; amount: number }[];
  total: number;
  /** What went back on the receipt before; the total is without it. */
  returnedBefore?: number;
  payment: 'cash' | 'card';
  reason: string;
  cancelledAt: string;
  clerk: { name: string };
  place: string;
};

export type ClosingReportData = {
  desk: PrintedDesk;
  document: { number: string };
  /** Legal dates of what the closing covers, written out: `1. 4. 2026 až 2. 4. 2026`. */
  period: string;
  entries: { first: number; last: number; acts: number };
  closedAt: string;
  closedBy: string;
  way: 'at-desk' | 'deputy' | 'remote';
  /** Whom the deputy stood in for, or who counted what was approved from elsewhere. */
  inPlaceOf?: string;
  preparedBy?: string;
  clerks: string;
  services: { title: string; count: number }[];
  fees: { title: string; item: string; quantity: number; amount: number }[];
  cash: {
    opening: number;
    fees: number;
    refunds: number;
    in: number;
    out: number;
    expected: number;
    counted: number;
    difference: number;
    differenceReason?: string;
    cardFees: number;
    cardRefunds: number;
  };
  counts: { value: number; pieces: number; amount: number }[];
  book: { at: string; paper: string; text: string; income: string; expense: string }[];
  series: { name: string; range: string; count: number }[];
  cancelled: { number: string; reason: string }[];
  exceptions: { name: string; count: number; open: number }[];
  carried: { what: string; reason: string }[];
  checkpoint?: { size: number; rootHash: string; note: string };
  place: string;
};

export type CopyClauseData = {
  desk: PrintedDesk;
  office: PrintedOffice;
  document: { number: string };
  /** Number in the register book and its year: `123/2026`. */
  bookNumber: string;
  extent: 'complete' | 'partial';
  form: 'copy' | 'transcript';
  source: 'original' | 'certified-copy' | 'copy-from-file' | 'decision-counterpart';
  copyPages: number;
  sourcePages: number;
  securityFeature: 'contains' | 'does-not-contain';
  place: string;
  date: string;
  clerk: { name: string };
};

export type SignatureClauseData = {
  desk: PrintedDesk;
  office: PrintedOffice;
  document: { number: string };
  bookNumber: string;
  manner: 'signed' | 'acknowledged';
  applicant: PrintedSigner;
  /** Permanent residence, stay in Czechia, or home abroad. */
  addressIs: 'permanent' | 'stay' | 'abroad';
  witnesses?: PrintedSigner[];
  /** How one who cannot read or write came to know the content. */
  contentBy?: 'device' | 'person';
  place: string;
  date: string;
  clerk: { name: string };
};

/** The clause of a signature on an electronic document: a file of its own (§ 5b vyhlášky 36/2006 Sb.). */
export type ElectronicSignatureClauseData = SignatureClauseData & {
  /** The document, by which it is recognised and by nothing that says what is in it. */
  file: { pages: number; size: number };
  digests: { algorithm: string; value: string }[];
  /** The signature, by its certificate or as it is seen; one of the two. */
  certificate?: { number: string; provider: string; signer: string; claimedAt?: string };
  seen?: { page: number; text: string };
};

export type RegisterBookRowData = {
  desk: PrintedDesk;
  office: PrintedOffice;
  book: { name: string };
  bookNumber: string;
  date: string;
  kind: 'V' | 'L';
  /** Only for the certification of signatures: a certified copy asks no one who they are. */
  applicant?: PrintedSigner;
  witnesses?: PrintedSigner[];
  /** What was certified: literal agreement, signed here or acknowledged. */
  deed: string;
  /** Where and why, when it was not in the office. */
  outside?: { place: string; reason: string };
  paper: string;
  sourcePages?: number;
  sourceSheets?: number;
  copyPages?: number;
  copySheets?: number;
  /** `60 Kč` or the exemption with its paragraph. */
  fee: string;
  clerk: { name: string };
};

/** The clause of a verified output of a register (§ 9a zákona 365/2000 Sb.). */
export type ExtractClauseData = {
  desk: PrintedDesk;
  office: PrintedOffice;
  document: { number: string };
  /** Number in the evidence of verified outputs. */
  evidenceNumber: string;
  register: string;
  /** Sheets (listy) of the output, as counted. */
  sheets: number;
  partial: boolean;
  /** Where anybody may look the number up. */
  checkAddress: string;
  place: string;
  date: string;
  clerk: { name: string };
};

/** The clause of a file converted to paper (§ 25 odst. 2 zákona 300/2008 Sb.). */
export type ConversionToPaperClauseData = {
  desk: PrintedDesk;
  office: PrintedOffice;
  document: { number: string };
  /** Number in the evidence of conversions. */
  evidenceNumber: string;
  /** Sheets (listy) of the output, as counted. */
  sheets: number;
  /** When the signatures were checked. */
  checkedAt: string;
  /** Recognised ones; there is at least one. */
  signatures: {
    kind: 'signature' | 'seal';
    signer: string;
    certificateNumber: string;
    provider: string;
  }[];
  /** Qualified ones. */
  timestamps: { at: string; number: string; provider: string }[];
  checkAddress: string;
  place: string;
  date: string;
  clerk: { name: string };
};

/** The clause of a paper converted to a file (§ 25 odst. 1 zákona 300/2008 Sb.); it stands behind the scan in the file. */
export type ConversionToElectronicClauseData = {
  desk: PrintedDesk;
  office: PrintedOffice;
  document: { number: string };
  evidenceNumber: string;
  /** Sheets (listy) of the input. */
  sheets: number;
  /** Visible elements that could not be transferred, in words; left out where there is none. */
  features?: string;
  checkAddress: string;
  place: string;
  date: string;
  clerk: { name: string };
};

/** What the applicant takes home when the file lies in the depot. */
export type DepotReceiptData = {
  desk: PrintedDesk;
  document: { number: string };
  /** Of a conversion, in the central evidence. */
  evidenceNumber?: string;
  /** Of a signature, in the register book. */
  bookNumber?: string;
  /** Whoever has it gets the file. */
  token: string;
  address: string;
  fileAddress: string;
  expiresOn: string;
  issuedAt: string;
  clerk: { name: string };
};

/** What is put to the signed request that stays with the office. */
export type ArchiveRequestData = {
  desk: PrintedDesk;
  document: { number: string };
  evidenceNumber: string;
  service: { title: string };
  applicant: PrintedParty;
  represented?: PrintedParty & { capacity: string };
  /** Number of the printed request; none when the applicant came with a ticket. */
  requestNumber?: string;
  ticket?: string;
  seal: { certificateNumber: string; provider: string; result: string };
  issuedAt: string;
  clerk: { name: string };
};

export type ExtractTicketData = {
  desk: PrintedDesk;
  document: { number: string };
  service: { title: string };
  ticket: string;
  /** `YYYY-MM-DD` from when on the register expects to have answered. */
  expectedOn: string;
  /** Whether whoever comes for it has to say who they are. */
  identityAsked: boolean;
  issuedAt: string;
  clerk: { name: string };
};

export type BookClosingData = {
  desk: PrintedDesk;
  office: PrintedOffice;
  document: { number: string };
  book: { name: string };
  year: string;
  last: number;
  counts: { copies: number; signatures: number; cancelled: number; lost: number };
  /** Numbers that no valid clause bears, each with its reason. */
  cancelled: { number: string; date: string; kind: string; reason: string }[];
  /** Clerks whose names stand in the book that year, for their specimen signatures. */
  clerks: { name: string }[];
  closedAt: string;
  clerk: { name: string };
  place: string;
};

export type CorrectionReceiptData = OfOffice & {
  desk: PrintedDesk;
  document: { number: string };
  corrected: { number: string; title: string; acceptedAt: string };
  changes: { label: string; before?: string; after?: string }[];
  reason: string;
  correctedAt: string;
  applicant?: PrintedParty;
  clerk: { name: string };
};

export type PrinterTestPageData = {
  office: PrintedOffice;
  deskId: string;
  printer: { name: string; tray?: string };
  printedAt: string;
  clerk: { name: string };
};

/** A sheet that parts a batch in the feeder; its code is the same on each (documents/preparation.ts). */
export type SeparatorSheetData = { office: PrintedOffice; deskId: string };

export type DayLogData = {
  desk: PrintedDesk;
  /** Written out: `1. 4. 2026` or `1. 4. 2026 – 30. 4. 2026`. */
  period: string;
  count: number;
  exportedAt: string;
  clerk: { name: string };
  /** Everything written out for print. */
  entries: { sequence: string; time: string; what: string; about: string; ticket: string; clerk: string }[];
};

/** Names of the shipped templates with the data they take. */
/** A guide through a life situation, in one language, its headings among what is printed. */
export type GuideData = {
  desk: PrintedDesk;
  document: { number: string };
  title: string;
  summary: string;
  sections: { title: string; points: { text: string }[] }[];
  questions: { title: string; all: { question: string; answer: string }[] };
  law: { title: string; all: { text: string }[] };
  sources: { title: string; all: { text: string }[] };
  edition: { title: string; number: number };
  updated: { title: string; on: string };
  printed: { title: string; on: string };
  note: string;
};

/** The course of a submission at its office, as the portal last told it. */
export type SubmissionCourseData = {
  desk: PrintedDesk;
  document: { number: string };
  submission: {
    subject: string;
    office: string;
    medium: string;
    /** `YYYY-MM-DD`. */
    handedInOn: string;
    referenceNumber?: string;
    receiptNumber?: string;
  };
  /** Everything written out for print. */
  states: { at: string; state: string; by: string; said: string }[];
  asOf: string;
  printedAt: string;
  clerk: { name: string };
};

export type BookingTicketData = {
  desk: PrintedDesk;
  document: { number: string };
  number: string;
  /** What the QR code holds. */
  code: string;
  agenda: string;
  bring?: string;
  /** Missing for whoever came without a booking. */
  booked?: { weekday: string; date: string; time: string };
  waits: boolean;
  /** Booked without a line: the portal has not confirmed it. */
  pending: boolean;
  issuedAt: string;
};

/** A message of the information mailbox. */
export type MailboxMessageData = {
  desk: PrintedDesk;
  document: { number: string };
  message: {
    office: string;
    subject: string;
    sentAt: string;
    referenceNumber?: string;
    paragraphs: { text: string }[];
  };
  attachments: { name: string }[];
  printedAt: string;
  clerk: { name: string };
};

export type ShippedTemplates = {
  request: RequestData;
  'acceptance-receipt': AcceptanceReceiptData;
  'fee-receipt': FeeReceiptData;
  'receipt-cancellation': ReceiptCancellationData;
  'refund-receipt': RefundReceiptData;
  'closing-report': ClosingReportData;
  'copy-clause': CopyClauseData;
  'signature-clause': SignatureClauseData;
  'electronic-signature-clause': ElectronicSignatureClauseData;
  'register-book-row': RegisterBookRowData;
  'extract-clause': ExtractClauseData;
  'archive-request': ArchiveRequestData;
  'extract-ticket': ExtractTicketData;
  'book-closing': BookClosingData;
  guide: GuideData;
  'submission-course': SubmissionCourseData;
  'booking-ticket': BookingTicketData;
  'mailbox-message': MailboxMessageData;
  'conversion-to-paper-clause': ConversionToPaperClauseData;
  'conversion-to-electronic-clause': ConversionToElectronicClauseData;
  'depot-receipt': DepotReceiptData;
  'correction-receipt': CorrectionReceiptData;
  'paper-label': PaperLabelData;
  'completion-call': CompletionCallData;
  'account-declaration': AccountDeclarationData;
  'account-receipt': AccountReceiptData;
  'account-credentials': AccountCredentialsData;
  'account-activation': AccountActivationData;
  'account-change': AccountChangeData;
  'account-organisation': AccountOrganisationData;
  'printer-test-page': PrinterTestPageData;
  'separator-sheet': SeparatorSheetData;
  'day-log': DayLogData;
};
