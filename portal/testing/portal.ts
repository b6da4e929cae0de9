import { createHash } from 'node:crypto';
import type { Clock } from '../../electron/values/clock.ts';
import { systemRandom, uuidv7 } from '../../electron/values/ids.ts';
import type { Schemas } from '../api.ts';
import { createPortal, type PortalOptions, type RunningPortal } from '../app.ts';

export type TestClock = Clock & { advance(ms: number): void };

export function testClock(start = '2026-04-01T08:00:00.000Z'): TestClock {
  let ms = Date.parse(start);
  return {
    now: () => new Date(ms),
    monotonicMs: () => ms,
    advance: (by) => {
      ms += by;
    },
  };
}

export type Answer = { status: number; body: unknown; headers: Record<string, unknown> };
type Method = 'GET' | 'POST' | 'PUT' | 'HEAD' | 'PATCH';
type Sent = { json?: unknown; bytes?: Buffer; headers?: Record<string, string> };

export type TestDesk = {
  deskId: string;
  token: string;
  call(method: Method, path: string, sent?: Sent): Promise<Answer>;
};

export type TestPortal = RunningPortal & {
  clock: TestClock;
  call(method: Method, path: string, sent?: Sent): Promise<Answer>;
  enrol(officeId?: string): Promise<TestDesk>;
};

/** A portal in memory, with its answers checked against the description. */
export function testPortal(options: Partial<PortalOptions> = {}, clock = testClock()): TestPortal {
  const portal = createPortal({ dataDir: ':memory:', clock, validateResponses: true, ...options });
  const call: TestPortal['call'] = async (method, path, { json, bytes, headers = {} } = {}) => {
    const type = bytes ? { 'content-type': 'application/octet-stream' } : {};
    const payload = bytes ?? (json === undefined ? undefined : JSON.stringify(json));
    const jsonType = json === undefined ? {} : { 'content-type': 'application/json' };
    const response = await portal.app.inject({
      method,
      url: `/v1${path}`,
      headers: { ...type, ...jsonType, ...headers },
      ...(payload === undefined ? {} : { payload }),
    });
    const isJson = String(response.headers['content-type']).startsWith('application/json');
    const read = (): unknown => (isJson ? JSON.parse(response.body) : response.rawPayload);
    const body = response.rawPayload.length === 0 ? undefined : read();
    return { status: response.statusCode, body, headers: response.headers };
  };
  return {
    ...portal,
    clock,
    call,
    enrol: async (officeId = 'klatovy') => {
      const enrolmentCode = portal.issueEnrolmentCode(officeId);
      const enrolled = await call('POST', '/desks/enrolments', {
        json: { enrolmentCode, deskName: 'Přepážka 1' },
      });
      const { deskId, deskToken } = bodyOf<Schemas['Enrolment']>(enrolled, 201);
      return deskOf(call, deskId, deskToken);
    },
  };
}

/** The desk with this token, for a portal that was started again. */
export const deskOf = (call: TestPortal['call'], deskId: string, token: string): TestDesk => ({
  deskId,
  token,
  call: (method, path, sent = {}) =>
    call(method, path, { ...sent, headers: { authorization: `Bearer ${token}`, ...sent.headers } }),
});

/** The body of an answer that has the status; its shape was checked by the portal. */
export function bodyOf<T>(answer: Answer, status = 200): T {
  if (answer.status !== status) {
    throw new Error(`Answered ${answer.status} ${JSON.stringify(answer.body)} instead of ${status}.`);
  }
  return JSON.parse(JSON.stringify(answer.body ?? null));
}

export const newId = (): string => uuidv7({ now: () => Date.now(), random: systemRandom });
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Žaneta Nováková of the training environment. */
const CLERK = {
  clerkId: '0199c0de-c1e7-7000-8000-000000000001',
  role: 'clerk',
  rolesAsOf: '2026-04-01T07:00:00.000Z',
} as const;

export const submission = (
  visitId: string,
  ordinal: number,
  blobs: Schemas['BlobReference'][] = [],
  office = 'plzen',
): Schemas['SubmissionEffect'] => ({
  id: newId(),
  visitId,
  ordinal,
  kind: 'submission',
  leafSequence: ordinal,
  madeAt: '2026-04-01T08:00:00.000Z',
  payload: {
    service: { id: 'general-submission', version: 1 },
    addressedOfficeId: office,
    subject: 'Žádost o ztišení zvonů',
    acceptedAt: '2026-04-01T08:00:00.000Z',
    acceptedOn: '2026-04-01',
    acceptedBy: CLERK,
    offline: false,
    applicant: {
      type: 'person',
      name: { givenNames: 'Jan Karel', surname: 'Vzorový' },
      birthDate: { year: 1980 },
    },
    authority: 'in-person',
    form: { submissionType: 'request', subject: 'Žádost o ztišení zvonů', content: 'Prosím o klid.' },
  },
  blobs,
});

export const receipt = (visitId: string, ordinal: number): Schemas['ReceiptEffect'] => ({
  id: newId(),
  visitId,
  ordinal,
  kind: 'receipt',
  leafSequence: ordinal,
  madeAt: '2026-04-01T08:01:00.000Z',
  payload: {
    receiptNumber: `P/${ordinal}/2026`,
    issuedAt: '2026-04-01T08:01:00.000Z',
    issuedBy: CLERK,
    lines: [{ tariff: 'vidimace', quantity: 2, unitAmount: 30, amount: 60 }],
    total: 60,
    method: 'cash',
    state: 'issued',
  },
  blobs: [],
});

export const refund = (
  visitId: string,
  ordinal: number,
  receiptNumber: string,
  amount: number,
): Schemas['RefundEffect'] => ({
  id: newId(),
  visitId,
  ordinal,
  kind: 'refund',
  leafSequence: ordinal,
  madeAt: '2026-04-01T08:05:00.000Z',
  payload: {
    receiptNumber,
    amount,
    method: 'cash',
    reason: 'Výpis nešlo vytisknout',
    refundedAt: '2026-04-01T08:05:00.000Z',
    refundedBy: CLERK,
  },
  blobs: [],
});

export const otherEffects = (
  visitId: string,
  from: number,
  corrects: string,
): (Schemas['CorrectionEffect'] | Schemas['CertificationEffect'] | Schemas['IdentityCheckEffect'])[] => [
  {
    id: newId(),
    visitId,
    ordinal: from,
    kind: 'correction',
    leafSequence: from,
    madeAt: '2026-04-01T08:02:00.000Z',
    payload: { corrects, addressedOfficeId: 'plzen', reason: 'Překlep v adrese', madeBy: CLERK },
    blobs: [],
  },
  {
    id: newId(),
    visitId,
    ordinal: from + 1,
    kind: 'certification',
    leafSequence: from + 1,
    madeAt: '2026-04-01T08:03:00.000Z',
    payload: {
      service: { id: 'vidimace', version: 1 },
      book: { series: 'vidimace', year: 2026, number: 17 },
      issuedOn: '2026-04-01',
      issuedBy: CLERK,
      state: 'issued',
      counts: { sheets: 1, sides: 2, begunPages: 2 },
    },
    blobs: [],
  },
  {
    id: newId(),
    visitId,
    ordinal: from + 2,
    kind: 'identity-check',
    leafSequence: from + 2,
    madeAt: '2026-04-01T08:04:00.000Z',
    payload: {
      documentKind: 'id-card',
      issuer: 'CZE',
      documentNumberEnd: '018',
      source: 'machine-zone',
      register: { outcome: 'not-listed', asOf: '2026-03-31' },
      decision: 'verified',
      checkedAt: '2026-04-01T08:00:00.000Z',
      checkedBy: CLERK,
    },
    blobs: [],
  },
];

/** What became of a number of evidence: an extract of the population register that Jan Karel Vzorový asked for. */
export const extractFate = (
  number: string,
  state: 'issued' | 'cancelled',
  visitId = newId(),
  ordinal = 1,
): Schemas['CertificationEffect'] => ({
  id: newId(),
  visitId,
  ordinal,
  kind: 'certification',
  leafSequence: ordinal,
  madeAt: '2026-04-01T08:03:00.000Z',
  payload: {
    service: { id: 'population-extract', version: 1 },
    evidence: { series: 'extracts', number },
    issuedOn: '2026-04-01',
    issuedBy: CLERK,
    state,
    ...(state === 'cancelled' && { cancellationReason: 'Vzorový výpis nechtěl' }),
    ...(state === 'issued' && {
      extract: {
        extractId: newId(),
        register: 'population',
        registerIsPublic: false,
        sheets: 2,
        partial: false,
        seal: { certificateNumber: '1234567890', provider: 'Cvičná certifikační autorita' },
        applicant: { type: 'person', name: { givenNames: 'Jan Karel', surname: 'Vzorový' } },
      },
      fee: { amount: 150, receiptNumber: 'P/1/2026' },
    }),
  },
  blobs: [],
});

export const allot = async (
  desk: TestDesk,
  of: { id?: string; series?: Schemas['EvidenceSeries']; officeId?: string; year?: number } = {},
): Promise<Answer> => {
  const { id = newId(), series = 'extracts', officeId = 'klatovy', year = 2026 } = of;
  return desk.call('POST', `/evidence/${series}/numbers`, { json: { id, officeId, year } });
};

export const send = async (desk: TestDesk, ...effects: object[]): Promise<Schemas['EffectResult'][]> =>
  bodyOf<Schemas['EffectResults']>(await desk.call('POST', '/effects', { json: { effects } })).results;

/** All answers from the beginning, read in small pages. */
export async function inbox(desk: TestDesk): Promise<Schemas['Answer'][]> {
  const answers: Schemas['Answer'][] = [];
  let cursor = '';
  for (;;) {
    const page = bodyOf<Schemas['InboxPage']>(await desk.call('GET', `/inbox?limit=2${cursor}`));
    answers.push(...page.answers);
    if (!page.more) return answers;
    cursor = `&cursor=${page.cursor}`;
  }
}
