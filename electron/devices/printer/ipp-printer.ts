import { type Clock, systemClock } from '../../values/clock.ts';
import { err, fail, ok, type Result } from '../../values/result.ts';
import { systemTimers, type Timers, wait } from '../timers.ts';
import { conditionsOf } from './conditions.ts';
import {
  boolean,
  groupTag,
  type IppAttribute,
  type IppGroup,
  type IppMessage,
  type IppValue,
  integers,
  texts,
} from './ipp-codec.ts';
import { type ExchangeFailure, exchange } from './ipp-transport.ts';
import {
  A4,
  A4_NAME,
  colourModes,
  isLoaded,
  lackOf,
  loadedIn,
  type NeededPaper,
  notOffered,
  offersOf,
} from './paper.ts';
import type {
  FollowOptions,
  LoadedPaper,
  PrintEnd,
  Printer,
  PrinterAddress,
  PrinterCondition,
  PrinterFailure,
  PrinterStatus,
  PrintRequest,
  PrintState,
} from './port.ts';
import { type Behind, behind, behindAttributes } from './print-server.ts';

/** Milliseconds. */
export type PrinterLimits = {
  /** A question about the printer or a job. */
  question: number;
  /** A question before the document leaves: a sleeping printer takes its time to wake. */
  wake: number;
  /** Sending a document. */
  send: number;
  /** How long a silent printer is waited for before the job's fate is called unknown. */
  lostContact: number;
  /** The longest a job is followed: a tray may stay empty over lunch, not over night. */
  follow: number;
  poll: { first: number; most: number };
};

const usualLimits: PrinterLimits = {
  question: 10_000,
  wake: 60_000,
  send: 60_000,
  lostContact: 60_000,
  follow: 60 * 60_000,
  poll: { first: 200, most: 2_000 },
};

/** RFC 8011, 5.4.15. */
const operation = {
  printJob: 0x0002,
  validateJob: 0x0004,
  cancelJob: 0x0008,
  getJobAttributes: 0x0009,
  getJobs: 0x000a,
  getPrinterAttributes: 0x000b,
} as const;

const notFound = 0x0406;

/** Status codes of RFC 8011, B.1, as what the clerk is told. */
const refusal = (status: number): PrinterFailure => {
  switch (status) {
    case 0x0401:
    case 0x0402:
    case 0x0403:
      return { code: 'printer.not-authorised' };
    case 0x0406:
      return { code: 'printer.bad-address' };
    case 0x0408:
      return { code: 'printer.too-large' };
    case 0x040a:
    case 0x0411:
      return { code: 'printer.format-unsupported' };
    case 0x0506:
      return { code: 'printer.not-accepting' };
    case 0x0507:
      return { code: 'printer.busy' };
    default:
      return { code: 'printer.refused', params: { status: `0x${status.toString(16).padStart(4, '0')}` } };
  }
};

/** RFC 8011, 5.3.7. */
const jobState = {
  pending: 3,
  held: 4,
  processing: 5,
  stopped: 6,
  cancelled: 7,
  aborted: 8,
  completed: 9,
} as const;

const attribute = (name: string, ...values: IppValue[]): IppAttribute => ({ name, values });
const keywords = (name: string, words: readonly string[]): IppAttribute => ({
  name,
  values: words.map((text) => ({ type: 'keyword', text })),
});

/** What the printer calls itself by: the ipp form of the address, without a user or query (RFC 8011, 4.1.5). */
const printerUri = (uri: string): string => uri.replace(/^http/i, 'ipp');

const pdf = 'application/pdf';

/** Servers may stand behind servers; nobody has more of them than this. */
const MOST_SERVERS = 3;

const offerAttributes = [
  'sides-supported',
  'print-color-mode-supported',
  'media-source-supported',
  'media-type-supported',
  'copies-supported',
] as const;
/** Several copies one after the other, each with all its pages; without it some printers give all first pages first. */
const ONE_BY_ONE = 'separate-documents-collated-copies';
const loadedAttributes = ['media-col-ready', 'media-ready'] as const;

const isSuccess = (message: IppMessage): boolean => message.code < 0x0100;

/** Printers that speak IPP over the network or as ipp-over-usb; RFC 8010, RFC 8011. */
export const ippPrinter = (
  options: { timers?: Timers; clock?: Clock; limits?: Partial<PrinterLimits> } = {},
): Printer => {
  const timers = options.timers ?? systemTimers;
  const clock = options.clock ?? systemClock;
  const limits: PrinterLimits = { ...usualLimits, ...options.limits };
  let lastRequestId = 0;

  const ask = (
    printer: PrinterAddress,
    code: number,
    parts: {
      operation?: IppAttribute[];
      job?: IppAttribute[];
      data?: Uint8Array;
      limitMs?: number;
      signal?: AbortSignal | undefined;
      onReached?(): void;
    } = {},
  ): Promise<Result<IppMessage, ExchangeFailure>> => {
    lastRequestId = (lastRequestId % 0x7fffffff) + 1;
    const groups: IppGroup[] = [
      {
        tag: groupTag.operation,
        attributes: [
          // These two come first (RFC 8011, 4.1.4), then the target.
          attribute('attributes-charset', { type: 'charset', text: 'utf-8' }),
          attribute('attributes-natural-language', { type: 'naturalLanguage', text: 'en' }),
          attribute('printer-uri', { type: 'uri', text: printerUri(printer.uri) }),
          ...(parts.operation ?? []),
        ],
      },
      ...(parts.job && parts.job.length > 0 ? [{ tag: groupTag.job, attributes: parts.job }] : []),
    ];
    return exchange(
      printer,
      // Every IPP/2.x printer takes 1.1 too; many older ones take nothing else.
      { version: [1, 1], code, requestId: lastRequestId, groups, data: parts.data ?? new Uint8Array() },
      {
        timers,
        limitMs: parts.limitMs ?? limits.question,
        signal: parts.signal,
        ...(parts.onReached ? { onReached: parts.onReached } : {}),
      },
    );
  };

  const user = attribute('requesting-user-name', { type: 'name', text: 'virtuos-counter' });
  const jobIdAttribute = (jobId: number) => attribute('job-id', { type: 'integer', integer: jobId });

  /** A question whose answer has no doubt about it: asked again at will. */
  const question = async (
    ...args: Parameters<typeof ask>
  ): Promise<Result<IppMessage, PrinterFailure & { status?: number }>> => {
    const answer = await ask(...args);
    if (!answer.ok) return err(answer.error.failure);
    return isSuccess(answer.value)
      ? answer
      : err({ ...refusal(answer.value.code), status: answer.value.code });
  };

  const printerAttributes = async (
    printer: PrinterAddress,
    names: readonly string[],
    signal: AbortSignal | undefined,
    limitMs = limits.question,
  ): Promise<Result<IppGroup[], PrinterFailure>> => {
    const answer = await question(printer, operation.getPrinterAttributes, {
      operation: [user, keywords('requested-attributes', names)],
      signal,
      limitMs,
    });
    return answer.ok ? ok(answer.value.groups) : err(withoutStatus(answer.error));
  };

  const status: Printer['status'] = async (printer, { signal } = {}) => {
    const found = await printerAttributes(
      printer,
      [
        'printer-state',
        'printer-state-reasons',
        'printer-is-accepting-jobs',
        'printer-make-and-model',
        'document-format-supported',
        ...offerAttributes,
        ...loadedAttributes,
        ...behindAttributes,
      ],
      signal,
    );
    if (!found.ok) return found;
    const groups = found.value;
    const told = behind(groups, printer.uri);
    const [state] = integers(groups, groupTag.printer, 'printer-state');
    const [makeAndModel] = texts(groups, groupTag.printer, 'printer-make-and-model');
    const value: PrinterStatus = {
      state: state === 3 ? 'idle' : state === 4 ? 'processing' : 'stopped',
      acceptingJobs: boolean(groups, groupTag.printer, 'printer-is-accepting-jobs') ?? false,
      conditions: conditionsOf(texts(groups, groupTag.printer, 'printer-state-reasons')),
      printsPdf: printsPdf(groups),
      offers: offersOf(groups),
      // A server tells what it was set to hold for loaded.
      loaded: told.server ? await loadedBehind(told.follow, signal) : loadedIn(groups),
      endIsToldBy: !told.server ? 'printer' : told.follow === null ? 'server' : 'printer-behind-server',
      ...(makeAndModel === undefined ? {} : { makeAndModel }),
    };
    return ok(value);
  };

  const loadedBehind = async (
    uri: string | null,
    signal: AbortSignal | undefined,
  ): Promise<LoadedPaper[] | null> => {
    if (uri === null) return null;
    const found = await printerAttributes({ uri }, loadedAttributes, signal);
    return found.ok ? loadedIn(found.value) : null;
  };

  const cancel: Printer['cancel'] = async (printer, jobId, { signal } = {}) => {
    const answer = await question(printer, operation.cancelJob, {
      operation: [jobIdAttribute(jobId), user],
      signal,
    });
    return answer.ok ? ok(undefined) : err(withoutStatus(answer.error));
  };

  const findJob: Printer['findJob'] = async (printer, jobName, { signal } = {}) => {
    // A job moves from the first list to the second, never back: in this order it is not missed in between.
    for (const which of ['not-completed', 'completed']) {
      const answer = await question(printer, operation.getJobs, {
        operation: [
          user,
          keywords('requested-attributes', ['job-id', 'job-name']),
          keywords('which-jobs', [which]),
          attribute('my-jobs', { type: 'boolean', boolean: false }),
        ],
        signal,
      });
      if (!answer.ok) return err(withoutStatus(answer.error));
      const ids = answer.value.groups
        .filter(
          (group) => group.tag === groupTag.job && texts([group], groupTag.job, 'job-name')[0] === jobName,
        )
        .flatMap((group) => integers([group], groupTag.job, 'job-id').slice(0, 1));
      if (ids.length > 0) return ok({ jobId: Math.max(...ids) });
    }
    return ok(undefined);
  };

  type Job = { jobId: number; jobName?: string };
  type Watching = {
    signal: AbortSignal;
    limitMs: number;
    onState(state: PrintState): void;
    needed?: NeededPaper;
    /** What was asked for, where it is known; the job's own word counts. */
    copies?: number;
    /** How many servers have handed the job on already. */
    servers?: number;
  };

  /**
   * A print server calls a job completed when it has handed it on, also one that the printer then gave up (CUPS 2.4 says the same of both).
   * Its pages bear our name at the printer behind it too: where that can be asked, its word counts.
   */
  const endBehind = async (
    printer: PrinterAddress,
    { jobId, jobName }: Job,
    completed: Extract<PrintEnd, { state: 'completed' }>,
    watching: Watching,
    known: Behind | undefined,
  ): Promise<PrintEnd | 'stopped'> => {
    const asked =
      known === undefined ? await printerAttributes(printer, behindAttributes, watching.signal) : undefined;
    const told = asked?.ok ? behind(asked.value, printer.uri) : known;
    if (told === undefined || !told.server) return completed;
    const servers = (watching.servers ?? 0) + 1;
    const found =
      told.follow === null || jobName === undefined || servers > MOST_SERVERS
        ? undefined
        : await findJob({ uri: told.follow }, jobName, { signal: watching.signal });
    if (told.follow === null || !found?.ok || !found.value) return { ...completed, handedOn: true };
    const end = await watch(
      { uri: told.follow },
      { jobId: found.value.jobId, ...(jobName !== undefined && { jobName }) },
      // To whoever waits it is the server's job all the time.
      {
        ...watching,
        servers,
        onState: (state) => watching.onState('jobId' in state ? { ...state, jobId } : state),
      },
    );
    if (end === 'stopped') return end;
    // A server asks its printer for several copies, or sends it the pages several times: its own job says how many there are.
    return end.state === 'completed' ? { ...end, jobId, copies: completed.copies } : { ...end, jobId };
  };

  /** Looks at a job until it has ended. `watching` ends the looking; the limits are the caller's. */
  const watch = async (
    printer: PrinterAddress,
    job: Job,
    watching: Watching,
  ): Promise<PrintEnd | 'stopped'> => {
    const { jobId, jobName } = job;
    const started = clock.monotonicMs();
    let lastContact = started;
    let pause = limits.poll.first;
    let conditions: PrinterCondition[] = [];
    let stands: Behind | undefined;
    for (;;) {
      const { signal } = watching;
      if (signal.aborted) return 'stopped';
      const answer = await question(printer, operation.getJobAttributes, {
        operation: [
          jobIdAttribute(jobId),
          user,
          keywords('requested-attributes', [
            'job-state',
            'job-state-reasons',
            'job-name',
            'copies',
            // CUPS: what the program that hands the job on says of the printer.
            'job-printer-state-reasons',
          ]),
        ],
        signal,
      });
      if (signal.aborted) return 'stopped';
      const now = clock.monotonicMs();
      if (answer.ok) {
        lastContact = now;
        const groups = answer.value.groups;
        const [name] = texts(groups, groupTag.job, 'job-name');
        if (jobName !== undefined && name !== undefined && name !== jobName) {
          return { state: 'unknown', jobId, reason: { code: 'printer.job-forgotten' } };
        }
        const reasons = texts(groups, groupTag.job, 'job-state-reasons');
        const [state] = integers(groups, groupTag.job, 'job-state');
        if (state === jobState.completed) {
          const [copies = watching.copies ?? 1] = integers(groups, groupTag.job, 'copies');
          return endBehind(
            printer,
            job,
            { state: 'completed', jobId, faults: faults(reasons), copies },
            watching,
            stands,
          );
        }
        if (state === jobState.aborted) {
          const [why] = reasons.filter((reason) => reason !== 'none');
          return {
            state: 'aborted',
            jobId,
            reason: { code: 'printer.job-aborted', params: { reason: (why ?? 'none').slice(0, 60) } },
          };
        }
        if (state === jobState.cancelled) {
          return { state: 'cancelled', jobId, reason: { code: 'printer.job-cancelled' } };
        }
        const told = await printerAttributes(
          printer,
          ['printer-state-reasons', ...loadedAttributes, ...behindAttributes],
          signal,
        );
        if (told.ok) {
          stands = behind(told.value, printer.uri);
          conditions = withPaper(
            conditionsOf([
              ...texts(told.value, groupTag.printer, 'printer-state-reasons'),
              ...texts(groups, groupTag.job, 'job-printer-state-reasons'),
            ]),
            stands.server ? null : loadedIn(told.value),
            watching.needed,
          );
        }
        const running = state === jobState.processing && !conditions.some(({ blocking }) => blocking);
        watching.onState({ state: running ? 'processing' : 'waiting', jobId, conditions });
      } else if (answer.error.status === notFound) {
        return { state: 'unknown', jobId, reason: { code: 'printer.job-forgotten' } };
      } else if (now - lastContact >= limits.lostContact) {
        return { state: 'unknown', jobId, reason: { code: 'printer.lost-contact' } };
      } else {
        watching.onState({
          state: 'waiting',
          jobId,
          conditions: [{ code: 'printer.offline', blocking: true }],
        });
      }
      if (now - started >= watching.limitMs)
        return { state: 'unknown', jobId, reason: { code: 'printer.not-finished' } };
      await wait(timers, pause, signal);
      pause = Math.min(pause * 1.5, limits.poll.most);
    }
  };

  const follow: Printer['follow'] = async (printer, { copies = 1, ...job }, { signal, onState } = {}) => {
    const end = await watch(printer, job, {
      copies,
      signal: signal ?? new AbortController().signal,
      limitMs: limits.follow,
      onState: onlyChanges(onState),
    });
    return end === 'stopped' ? notFollowed(job.jobId) : end;
  };

  /** Asks the printer what it offers; an error means the request cannot be printed as it is. */
  const jobAttributes = async (
    request: PrintRequest,
    signal: AbortSignal | undefined,
  ): Promise<
    Result<{ job: IppAttribute[]; copies: number; validates: boolean; needed: NeededPaper }, PrinterFailure>
  > => {
    const found = await printerAttributes(
      request,
      [
        'printer-is-accepting-jobs',
        'document-format-supported',
        'media-supported',
        'operations-supported',
        'multiple-document-handling-supported',
        ...offerAttributes,
      ],
      signal,
      limits.wake,
    );
    if (!found.ok) return found;
    const groups = found.value;
    const { sides = 'one-sided', tray, paper, colour } = request;
    const offers = offersOf(groups);
    // What somebody gets is not refused for want of the desk's own copy.
    const copies = Math.min(request.copies ?? 1, Math.max(1, offers.copies));
    const sizes = texts(groups, groupTag.printer, 'media-supported');
    if (boolean(groups, groupTag.printer, 'printer-is-accepting-jobs') === false)
      return fail('printer.not-accepting');
    if (!printsPdf(groups)) return fail('printer.format-unsupported');
    const lacking = notOffered(offers, { ...request, copies });
    if (lacking !== null) return err(lacking);
    if (sizes.length > 0 && !sizes.includes(A4_NAME)) return fail('printer.size-unsupported');
    const oneByOne = texts(groups, groupTag.printer, 'multiple-document-handling-supported').includes(
      ONE_BY_ONE,
    );
    const job = [
      ...(copies > 1 ? [attribute('copies', { type: 'integer', integer: copies })] : []),
      ...(copies > 1 && oneByOne ? [keywords('multiple-document-handling', [ONE_BY_ONE])] : []),
      ...(offers.sides.includes(sides) ? [keywords('sides', [sides])] : []),
      ...(colour === undefined ? [] : [keywords('print-color-mode', [colourModes[colour]])]),
      // A printer takes one of the two, never both (PWG 5100.3).
      ...(tray !== undefined || paper !== undefined
        ? [mediaCollection(tray, paper)]
        : sizes.length > 0
          ? [keywords('media', [A4_NAME])]
          : []),
    ];
    const validates = integers(groups, groupTag.printer, 'operations-supported').includes(
      operation.validateJob,
    );
    return ok({ job, copies, validates, needed: { size: A4, tray: tray ?? null, paper: paper ?? null } });
  };

  /** After an answer was lost: asks by the job's name whether the printer has it, until it says so or time is up. */
  const recoverJobId = async (
    request: PrintRequest,
    signal: AbortSignal | undefined,
  ): Promise<number | undefined> => {
    const started = clock.monotonicMs();
    let pause = limits.poll.first;
    let denials = 0;
    while (!signal?.aborted && clock.monotonicMs() - started < limits.lostContact && denials < 2) {
      const found = await findJob(request, request.jobName, { ...(signal && { signal }) });
      if (found.ok && found.value) return found.value.jobId;
      // A printer may still be taking the job in when it first says it has none.
      if (found.ok) denials += 1;
      await wait(timers, pause, signal);
      pause = Math.min(pause * 2, limits.poll.most);
    }
    return undefined;
  };

  const print: Printer['print'] = async (request, { signal, mayLeave, onState } = {}) => {
    const tell = onlyChanges(onState);
    const prepared = await jobAttributes(request, signal);
    if (!prepared.ok) return prepared;
    const { job, copies, validates, needed } = prepared.value;
    const operationAttributes = [
      user,
      attribute('job-name', { type: 'name', text: request.jobName }),
      attribute('document-format', { type: 'mimeMediaType', text: pdf }),
    ];
    if (validates) {
      const validated = await question(request, operation.validateJob, {
        operation: operationAttributes,
        job,
        limitMs: limits.wake,
        signal,
      });
      if (!validated.ok) return err(withoutStatus(validated.error));
    }

    if (mayLeave?.() === false) return fail('printer.cancelled');
    // Until the request leaves, an abort ends it; after that its answer is waited for: it says whether there is a job.
    const beforeLeaving = new AbortController();
    let left = false;
    const onAbort = () => {
      if (!left) beforeLeaving.abort();
    };
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
    const answer = await ask(request, operation.printJob, {
      operation: operationAttributes,
      job,
      data: request.document,
      limitMs: limits.send,
      signal: beforeLeaving.signal,
      onReached: () => {
        left = true;
        tell({ state: 'sent' });
      },
    });
    signal?.removeEventListener('abort', onAbort);
    if (!answer.ok && !answer.error.reached) return err(answer.error.failure);
    // An IPP error is the printer's own word that it made no job.
    if (answer.ok && !isSuccess(answer.value)) return err(refusal(answer.value.code));

    const told = answer.ok ? integers(answer.value.groups, groupTag.job, 'job-id')[0] : undefined;
    const jobId = told ?? (await recoverJobId(request, signal));
    if (jobId === undefined) return ok({ state: 'unknown', reason: { code: 'printer.lost-contact' } });
    tell({ state: 'accepted', jobId });

    const end = await watch(
      request,
      { jobId, jobName: request.jobName },
      {
        signal: signal ?? new AbortController().signal,
        limitMs: limits.follow,
        onState: tell,
        needed,
        copies,
      },
    );
    return ok(end === 'stopped' ? notFollowed(jobId) : end);
  };

  return { status, print, follow, findJob, cancel };
};

const notFollowed = (jobId: number): PrintEnd => ({
  state: 'unknown',
  jobId,
  reason: { code: 'printer.not-followed' },
});

const withoutStatus = ({ code, params }: PrinterFailure): PrinterFailure =>
  params === undefined ? { code } : { code, params };

const printsPdf = (groups: readonly IppGroup[]): boolean =>
  texts(groups, groupTag.printer, 'document-format-supported').some((format) => format.toLowerCase() === pdf);

const mediaCollection = (tray: string | undefined, paper: string | undefined): IppAttribute => {
  const word = (name: string, text: string | undefined): IppAttribute[] =>
    text === undefined ? [] : [keywords(name, [text])];
  const length = (name: string, integer: number) => attribute(name, { type: 'integer', integer });
  return attribute('media-col', {
    type: 'collection',
    members: [
      attribute('media-size', {
        type: 'collection',
        members: [length('x-dimension', A4.width), length('y-dimension', A4.height)],
      }),
      ...word('media-source', tray),
      ...word('media-type', paper),
    ],
  });
};

/** A job that waits while what it needs lies in no tray: which tray wants which paper says more than that paper is wrong. */
const withPaper = (
  conditions: PrinterCondition[],
  loaded: LoadedPaper[] | null,
  needed: NeededPaper | undefined,
): PrinterCondition[] => {
  if (needed === undefined || isLoaded(loaded, needed)) return conditions;
  return [
    ...conditions.filter(({ code }) => code !== 'printer.wrong-paper'),
    { ...lackOf(needed), blocking: true },
  ];
};

/** A job can be "completed" with faults (RFC 8011, 5.3.8): the clerk has to look at the paper. Warnings say no such thing. */
const faults = (reasons: readonly string[]): PrinterCondition[] =>
  reasons
    .filter((reason) => reason === 'job-completed-with-errors')
    .map((reason) => ({ code: 'printer.needs-attention', params: { reason }, blocking: false }));

/** Polling sees the same state again and again; it is told once. */
const onlyChanges = (onState: FollowOptions['onState']): ((state: PrintState) => void) => {
  let last = '';
  return (state) => {
    const text = JSON.stringify(state);
    if (text === last) return;
    last = text;
    onState?.(state);
  };
};
