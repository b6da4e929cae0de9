import type { Tx } from '../store/open.ts';
import type { DocumentKind } from '../values/identity-document.ts';
import type { PersonName } from '../values/person-name.ts';
import type { Failure, Result } from '../values/result.ts';
import type {
  AllottedNumber,
  BookingPage,
  FoundMailbox,
  FoundSubmission,
  OpenedMessage,
  PortalAccount,
  PortalOrganisation,
  RegisterAnswer,
  ToldBooking,
  WaitingClosing,
} from './answers.ts';
import type { Schemas } from './client.ts';
import type { LineCode } from './line-code.ts';
import type { MediumAnswer, TakeCode, TakenAnswer } from './medium/answer.ts';
import type { RecoveryCalls } from './recovery-calls.ts';

export type { LineCode };

/** What the rest of the counter may ask of the line to the portal. */

export type LineState = {
  state: 'up' | 'down' | 'unknown';
  since: Date;
  nextTryAt: Date | null;
  reason: Failure<LineCode> | null;
};

export type SignInCode =
  | LineCode
  | 'clerk.wrong-password'
  | 'clerk.blocked'
  | 'clerk.locked'
  | 'clerk.too-soon';

export type ClosingCode = SignInCode | 'closing.unknown' | 'closing.not-yours' | 'closing.decided-already';

export type RegisterCode =
  | LineCode
  | 'register.unavailable'
  | 'register.content-differs'
  | 'extract.forgotten'
  | 'register.refused-question'
  | 'register.document-damaged';

export type DepotCode =
  | LineCode
  | 'depot.unknown'
  | 'depot.too-large'
  | 'depot.content-differs'
  | 'depot.number-unknown'
  | 'depot.refused';

export type LookCode =
  | LineCode
  | 'look.purpose-unknown'
  | 'look.not-permitted'
  | 'look.refused'
  | 'account.ico-unknown';

export type AffairsCode =
  | LineCode
  | 'look.identity-not-verified'
  | 'look.not-permitted'
  | 'look.purpose-unknown'
  | 'submission.not-participant'
  | 'mailbox.not-theirs'
  | 'mailbox.not-opened'
  | 'mailbox.file-differs';

/** A file from the depot, with the name it was brought under. */
export type Deposited = { name: string; bytes: Uint8Array };

export type EvidenceCode = LineCode | 'evidence.not-your-office' | 'evidence.content-differs';

export type StepCode =
  | LineCode
  | 'booking.slot-taken'
  | 'booking.not-offered'
  | 'booking.differs'
  | 'booking.called-elsewhere'
  | 'booking.not-permitted'
  | 'booking.step-differs'
  | 'booking.step-incomplete';

export type SignedInClerk = {
  id: string;
  username: string;
  name: PersonName;
  roles: ('clerk' | 'supervisor' | 'administrator')[];
  competences: 'verification'[];
  officeId: string;
  rolesAsOf: string;
};

export type DocumentAnswer = {
  outcome: 'not-listed' | 'listed' | 'wrong-shape' | 'cannot-be-checked';
  /** `YYYY-MM-DD`. */
  listedSince: string | null;
  asOf: string;
};

export type EnrolCode =
  | LineCode
  | 'desk.enrolment-code-unknown'
  | 'desk.enrolment-code-used'
  | 'desk.enrolment-code-expired'
  | 'desk.other-environment';

export type Enrolment = { deskId: string; deskToken: string; officeId: string; tookOver?: boolean };

/** What changed, so that the window can be told. */
export type SyncNews =
  | { kind: 'line' }
  | { kind: 'queue'; visitIds: string[] }
  | { kind: 'closings' }
  | { kind: 'master'; collections: string[] };

export type Sync = {
  line(): LineState;
  /** What a person must know and the line's state does not say: a day log the portal does not take. */
  problems(): Failure[];
  /** Something new waits, or the system says the line is back: try now. */
  kick(): void;
  /** The log may have grown: what is new goes up at once while the line is up. */
  wake(): void;
  /** Asks the portal now and tells how the line is. */
  tryLine(): Promise<LineState>;
  /** `takesOver`: the desk whose place is to be taken, where that is known; a code of another is not used up then. */
  enrol(
    portalUrl: string,
    code: string,
    deskName: string,
    takesOver?: string,
  ): Promise<Result<Enrolment, Failure<EnrolCode>>>;
  /** Reads all master data once; after enrolment nothing works before this has succeeded. */
  readMaster(): Promise<Result<null, Failure<LineCode | 'master.package-refused'>>>;
  /** Takes the portal's answer to a medium; `record` writes the act, in the transaction that takes it. */
  takeMedium(
    answer: MediumAnswer,
    record: (tx: Tx, taken: TakenAnswer) => void,
  ): Promise<Result<TakenAnswer, Failure<TakeCode>>>;
  signIn(username: string, password: string): Promise<Result<SignedInClerk, Failure<SignInCode>>>;
  /** Who counted each closing that waited for a supervisor of this office when the portal last answered. */
  closingsToDecide(): readonly string[];
  /** Closings of other desks this supervisor may decide, the oldest first. */
  waitingClosings(
    username: string,
    password: string,
  ): Promise<Result<WaitingClosing[], Failure<ClosingCode>>>;
  /** The same decision by the same supervisor again changes nothing. */
  decideClosing(
    username: string,
    password: string,
    of: { closingId: string; decision: 'approved' | 'returned'; note: string | null },
  ): Promise<Result<{ decidedAt: string }, Failure<ClosingCode>>>;
  checkDocument(
    kind: DocumentKind,
    number: string,
    issuer: string,
  ): Promise<Result<DocumentAnswer, Failure<LineCode | 'document-register.unavailable'>>>;
  /** Looks accounts up; the portal records the look with its purpose. */
  searchAccounts(of: Schemas['AccountSearch']): Promise<Result<PortalAccount[], Failure<LookCode>>>;
  searchOrganisation(
    of: Schemas['OrganisationSearch'],
  ): Promise<Result<PortalOrganisation, Failure<LookCode>>>;
  /** The same question under the same id has the same answer and is charged once. */
  askRegister(question: Schemas['ExtractRequest']): Promise<Result<RegisterAnswer, Failure<RegisterCode>>>;
  /** The register's own bytes, whole and as announced. */
  extractDocument(
    id: string,
    of: { sha256: string; size: number },
  ): Promise<Result<Uint8Array, Failure<RegisterCode>>>;
  /** The next number of a central series for one act; asked again under the same id it is the same number. */
  evidenceNumber(
    series: Schemas['EvidenceSeries'],
    of: Schemas['EvidenceNumberRequest'],
  ): Promise<Result<AllottedNumber, Failure<EvidenceCode>>>;
  /** Submissions that whoever was verified in the visit has a part in. */
  submissions(
    question: Schemas['SubmissionSearch'],
  ): Promise<Result<FoundSubmission[], Failure<AffairsCode>>>;
  /** Messages of whoever was verified in the visit; opened, one counts as read. */
  mailbox(question: Schemas['MailboxSearch']): Promise<Result<FoundMailbox, Failure<AffairsCode>>>;
  openMessage(question: Schemas['MessageOpening']): Promise<Result<OpenedMessage, Failure<AffairsCode>>>;
  /** A file of a message that was opened here; from outside, looked into by nobody yet. */
  messageFile(attachmentId: string, size: number): Promise<Result<Uint8Array, Failure<AffairsCode>>>;
  /** What somebody put into the depot for a desk; refused when it is more than so many bytes. */
  readDeposit(
    token: string,
    maxBytes: number,
  ): Promise<Result<Deposited, Failure<DepotCode | 'file.too-large'>>>;
  /** Puts an output into the depot, its content first; the same again gives the same token. */
  deposit(
    of: Schemas['Deposit'],
    content: Uint8Array,
  ): Promise<Result<{ token: string; expiresOn: string }, Failure<DepotCode>>>;
  /** One step with a booking, done now or refused; the same step again has the same answer. */
  bookingStep(id: string, step: Schemas['BookingStep']): Promise<Result<ToldBooking, Failure<StepCode>>>;
  /** What changed of the office's bookings behind the cursor; all of them without one. */
  readBookings(
    cursor: string | null,
  ): Promise<Result<BookingPage, Failure<LineCode | 'bookings.cursor-unknown'>>>;
  findBookings(search: Schemas['BookingSearch']): Promise<Result<ToldBooking[], Failure<LookCode>>>;
  /** What a restored desk asks the portal, with the token given or the desk's own; null before enrolment. */
  recovery(deskToken?: string): RecoveryCalls | null;
  /** Asks an address outside of the portal, the way the line goes. Nothing of the desk's identity is in it. */
  fetch(request: Request): Promise<Response>;
  start(): void;
  stop(): Promise<void>;
};
