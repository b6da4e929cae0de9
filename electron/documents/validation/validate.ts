import { fail, ok, type Result } from '../../values/result.ts';
import type { Report } from '../../values/validation-report.ts';
import type { DocumentProblem, Facts, PathStep } from './facts.ts';
import { type Judged, judge } from './judge.ts';
import type { ExaminerProcess, FromExaminer, ToExaminer } from './messages.ts';
import type { TrustList, TrustListFault } from './trust/list.ts';

export type EvidenceRequest = {
  url: string;
  /** An OCSP request to be posted; a list is simply got. */
  body?: Uint8Array;
  maxBytes: number;
  signal: AbortSignal;
};

/** Asks the network; null when there is no answer. Never called with anything but http and https. */
export type FetchEvidence = (request: EvidenceRequest) => Promise<Uint8Array | null>;

export type ValidationContext = {
  /** A signature that came in a file of its own beside the bytes (.p7s). */
  detached?: Uint8Array;
  trustLists: TrustList[];
  now: Date;
  /** Absent without a line: then only what the document carries can prove that nothing was revoked. */
  fetch?: FetchEvidence;
};

export type Validator = {
  /** Always ends with a report; a file that ends or hangs the process that reads it is undecided. */
  validateDocument(
    bytes: Uint8Array,
    context: ValidationContext,
    options?: { signal?: AbortSignal },
  ): Promise<Report>;
  /** The bytes of one attachment of a data message, counted from 0; a file of its own, to be judged by itself. */
  readAttachment(
    message: Uint8Array,
    attachment: number,
    options?: { signal?: AbortSignal },
  ): Promise<Result<Uint8Array, { code: DocumentProblem }>>;
  /** Reads a trust list in the same process, because it comes from a network too. */
  readTrustList(
    xml: string,
    signers: Uint8Array[],
    options?: { signal?: AbortSignal },
  ): Promise<Result<TrustList, { code: TrustListFault | DocumentProblem }>>;
};

export type ValidatorSettings = {
  startExaminer(): ExaminerProcess;
  /** Longest time for one step of the process; waiting for the network does not count. */
  timeLimitMs?: number;
  /** Longest time for one question to the network. */
  fetchLimitMs?: number;
  maxBytes?: number;
  /** Told when a file ended or hung the process, for the log. */
  onIncident?(code: DocumentProblem): void;
};

const TIME_LIMIT_MS = 20_000;
const MAX_BYTES = 100 * 1024 * 1024;
const MAX_FETCHES = 16;
const FETCH_LIMIT_MS = 8_000;
const FETCH_MAX_BYTES = 20 * 1024 * 1024;

export function createValidator(settings: ValidatorSettings): Validator {
  const { timeLimitMs = TIME_LIMIT_MS, fetchLimitMs = FETCH_LIMIT_MS, maxBytes = MAX_BYTES } = settings;

  /** Runs `work` with a process of its own, which is gone afterwards. */
  async function withExaminer<T>(
    signal: AbortSignal | undefined,
    work: (ask: (message: ToExaminer) => Promise<FromExaminer>) => Promise<T>,
    failed: (code: DocumentProblem) => T,
  ): Promise<T> {
    if (signal?.aborted) return failed('document.cancelled');
    const examiner = settings.startExaminer();
    let end = (_code: DocumentProblem): void => {};
    const ended = new Promise<DocumentProblem>((resolve) => {
      end = resolve;
    });
    let heard = (_message: FromExaminer): void => {};
    examiner.onMessage((message) => heard(message));
    examiner.onEnd(() => end('document.ended'));
    const cancel = () => end('document.cancelled');
    signal?.addEventListener('abort', cancel, { once: true });
    let timer: NodeJS.Timeout | undefined;
    const ask = (message: ToExaminer) =>
      new Promise<FromExaminer>((resolve) => {
        timer = setTimeout(() => end('document.timed-out'), timeLimitMs);
        heard = (answer) => {
          clearTimeout(timer);
          resolve(answer);
        };
        examiner.post(message);
      });
    try {
      return await Promise.race([
        work(ask),
        ended.then((code) => {
          if (code !== 'document.cancelled') settings.onIncident?.(code);
          return failed(code);
        }),
      ]);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      examiner.kill();
    }
  }

  return {
    async validateDocument(bytes, context, { signal } = {}) {
      const { detached, trustLists, fetch } = context;
      const now = context.now.getTime();
      const judged = (facts: Facts): Judged => judge(facts, trustLists, now);
      const failed = (problem: DocumentProblem): Report =>
        judged({ format: 'unknown', problem, signatures: [], attachments: [] }).report;
      if (bytes.length + (detached?.length ?? 0) > maxBytes) return failed('document.too-large');
      return withExaminer(
        signal,
        async (ask) => {
          const factsOf = async (message: ToExaminer): Promise<Facts> => {
            const answer = await ask(message);
            if (answer.type !== 'facts') throw new Error('the examiner answered something else');
            return answer.facts;
          };
          const subject = { bytes, ...(detached ? { detached } : {}) };
          let result = judged(await factsOf({ type: 'examine', subject, lists: trustLists }));
          if (!fetch) return result.report;
          const asked = new Set<string>();
          const fetched: Uint8Array[] = [];
          for (;;) {
            const request = nextRequest(result.unproven, asked);
            if (!request || asked.size >= MAX_FETCHES || signal?.aborted) return result.report;
            asked.add(request.key);
            const answer = await limited(fetch, request, fetchLimitMs, signal);
            if (answer === null) continue;
            fetched.push(answer);
            result = judged(await factsOf({ type: 'evidence', fetched }));
          }
        },
        failed,
      );
    },
    readAttachment: async (bytes, attachment, { signal } = {}) => {
      if (bytes.length > maxBytes) return fail('document.too-large');
      return withExaminer<Awaited<ReturnType<Validator['readAttachment']>>>(
        signal,
        async (ask) => {
          const answer = await ask({ type: 'read-attachment', bytes, attachment });
          if (answer.type !== 'attachment') throw new Error('the examiner answered something else');
          return answer.content ? ok(answer.content) : fail('document.unknown-format');
        },
        (code) => fail(code),
      );
    },
    readTrustList: (xml, signers, { signal } = {}) =>
      withExaminer<Awaited<ReturnType<Validator['readTrustList']>>>(
        signal,
        async (ask) => {
          const answer = await ask({ type: 'read-list', xml, signers });
          if (answer.type !== 'list') throw new Error('the examiner answered something else');
          return answer.list.ok ? answer.list : fail(answer.list.error);
        },
        (code) => fail(code),
      ),
  };
}

type Request = { key: string; url: string; body?: Uint8Array };

/** The next address to ask: the responder before the list, which is larger and older. */
function nextRequest(unproven: PathStep[], asked: Set<string>): Request | undefined {
  for (const { certificate, ocspRequest } of unproven) {
    const requests: Request[] = [
      ...(ocspRequest
        ? certificate.ocspUrls.map((url) => ({ key: `${url} ${certificate.id}`, url, body: ocspRequest }))
        : []),
      ...certificate.crlUrls.map((url) => ({ key: url, url })),
    ];
    const next = requests.find(({ key, url }) => !asked.has(key) && /^https?:\/\//i.test(url));
    if (next) return next;
  }
  return undefined;
}

/** One question to the network, ended in its time whatever the other side or the function does. */
async function limited(
  fetch: FetchEvidence,
  { url, body }: Request,
  limitMs: number,
  cancelled: AbortSignal | undefined,
): Promise<Uint8Array | null> {
  const signal = AbortSignal.any([AbortSignal.timeout(limitMs), ...(cancelled ? [cancelled] : [])]);
  const over = new Promise<null>((resolve) =>
    signal.addEventListener('abort', () => resolve(null), { once: true }),
  );
  try {
    const request = { url, maxBytes: FETCH_MAX_BYTES, signal, ...(body ? { body } : {}) };
    const answer = await Promise.race([fetch(request), over]);
    return answer !== null && answer.length <= FETCH_MAX_BYTES ? answer : null;
  } catch {
    return null;
  }
}
