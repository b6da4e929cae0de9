import { z } from 'zod';
import { define } from './call.ts';
import { printView } from './outputs.ts';
import { failure, id, instant, localDate, text } from './shared.ts';

/** Verified outputs of the state's information systems (§ 9 zákona 365/2000 Sb.): asked, looked at, counted, certified. */

export const registers = [
  'criminal-record',
  'trade',
  'public-registers',
  'land',
  'driver-points',
  'insolvency',
  'population',
] as const;
export const register = z.enum(registers);

/** What a definition says of the register its service asks. */
export const registerQuery = z.strictObject({
  register,
  /** Whether anybody may ask. Of a non-public one only the person concerned, and the evidence names them (§ 9b). */
  isPublic: z.boolean(),
});

/** Where the question to the register stands. `unreachable` and `refused` may be asked again. */
export const extractStates = ['asking', 'waiting', 'answered', 'manual', 'refused', 'unreachable'] as const;

export const sealResults = ['valid', 'invalid', 'undecided'] as const;

export const ticket = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z0-9-]{6,40}$/);

/** The question to a register and what came of it, as far as it is shown. */
export const extractState = z.strictObject({
  state: z.enum(extractStates),
  askedAt: instant,
  /** Why it could not be asked. */
  problem: failure.nullable(),
  /** What the register says when it refuses. */
  reason: text.nullable(),
  ticket: z.string().nullable(),
  expectedOn: localDate.nullable(),
  answer: z
    .strictObject({
      documentId: id,
      answeredAt: instant,
      pages: z.int(),
      seal: z.strictObject({
        result: z.enum(sealResults),
        certificateNumber: z.string(),
        provider: z.string(),
        findings: z.array(failure),
      }),
    })
    .nullable(),
  agreed: z.boolean().nullable(),
  sheets: z.int().nullable(),
  feePages: z.int().nullable(),
  partial: z.boolean(),
});
export const extractView = extractState.extend({ prints: z.array(printView) });
export type ExtractView = z.output<typeof extractView>;

const who = ['clerk', 'supervisor'] as const;
const ofService = z.strictObject({ serviceId: id });

/** What comes back from every call: the service as it stands then. Set by the services' contract. */
export const extractInputs = {
  ask: ofService,
  byTicket: z.strictObject({ serviceId: id, ticket }),
  review: z.strictObject({ serviceId: id, agreed: z.boolean(), note: z.string().trim().max(200) }),
  sheets: z.strictObject({
    serviceId: id,
    /** Sheets (listy) the clause states. */
    sheets: z.int().min(1).max(500),
    /** Begun pages (započaté stránky) the fee is counted from. */
    feePages: z.int().min(1).max(1000),
    partial: z.boolean(),
  }),
};

export const extractCalls = <S extends z.ZodType>(service: S) => ({
  /** Asks the register; the answer comes beside the call. Asked again, the register answers the same and charges once. */
  'extracts.ask': define({ kind: 'command', who, input: extractInputs.ask, output: service }),
  /** The applicant comes back with the ticket of a request that was dealt with by hand. */
  'extracts.ask-by-ticket': define({ kind: 'command', who, input: extractInputs.byTicket, output: service }),
  /** Ends the service with a ticket printed for the applicant. */
  'extracts.hand-ticket': define({ kind: 'command', who, input: extractInputs.ask, output: service }),
  'extracts.print': define({ kind: 'command', who, input: extractInputs.ask, output: service }),
  /** The applicant read the output: agrees with it, or does not, which ends the service without a number and a fee. */
  'extracts.review': define({ kind: 'command', who, input: extractInputs.review, output: service }),
  'extracts.set-sheets': define({ kind: 'command', who, input: extractInputs.sheets, output: service }),
});
