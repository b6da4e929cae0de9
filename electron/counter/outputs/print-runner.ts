import { join } from 'node:path';
import type { ContractFailure } from '../../contract/shared.ts';
import type { PrintEnd, PrinterAddress, PrinterCondition } from '../../devices/printer/port.ts';
import { wait } from '../../devices/timers.ts';
import { loadTemplate } from '../../documents/template/load.ts';
import { recordBlob } from '../../store/blobs.ts';
import type { Tx } from '../../store/open.ts';
import type { Result } from '../../values/result.ts';
import type { Desk } from '../desk.ts';
import { addressOf, printerFor, wishFor } from '../devices/chosen.ts';
import { aside } from '../log.ts';
import { outputOwner } from '../retention/owners.ts';
import { createLanes } from './lanes.ts';
import { afterEnd, afterFault } from './print-end.ts';
import {
  AS_RECEIVED,
  findOutput,
  findPrint,
  isInProgress,
  type Output,
  type Print,
  printsInProgress,
  printsToCallBack,
  printViewOf,
  savePrint,
  setRendered,
} from './table.ts';

/** Printed on the printer's panel and in its log, so it is the print's id and nothing else. */
export const jobNameOf = (print: Pick<Print, 'jobId'>): string => `virtuos-${print.jobId}`;

/** How long a busy printer is waited for, and the pause between two tries. */
const BUSY_MS = 10 * 60_000;
const BUSY_PAUSE_MS = 500;

/**
 * Takes every print from its order to its end: pages made, sent, accepted, completed. Each step is durable before the
 * next one begins, so that after a crash the print goes on where it was. Once a document may have reached the
 * printer it is never sent again by the machine: then the printer is asked, and where it does not know, the clerk.
 */
export function createPrintRunner(desk: Desk) {
  const { store, clock, log } = desk;
  const running = new Map<string, Promise<void>>();
  const calledBack = new Set<string>();
  /** Documents that certainly have not left: what is given up among them never does. */
  const notLeft = new Map<string, AbortController>();
  const stopping = new AbortController();
  // Documents leave for each printer in the order they were made; waiting for their ends runs side by side.
  const inTurn = createLanes();

  /** Takes up what an earlier run left. */
  function start(): void {
    kick();
  }

  function kick(): void {
    if (stopping.signal.aborted) return;
    for (const print of store.read(printsToCallBack)) withdraw(print);
    for (const print of store.read(printsInProgress)) {
      if (running.has(print.jobId)) continue;
      const work = proceed(print)
        .catch((thrown: unknown) => {
          // What broke off with the counter goes on at the next start.
          if (stopping.signal.aborted) return;
          log.error(
            { job: print.jobId, where: thrown instanceof Error ? thrown.name : 'unknown' },
            'print stopped',
          );
          const now = store.read((tx) => findPrint(tx, print.jobId)) ?? print;
          change(print.jobId, afterFault(now.state));
        })
        .finally(() => {
          running.delete(print.jobId);
          notLeft.delete(print.jobId);
        })
        .then(() => {
          if (stopping.signal.aborted) return;
          // Given up before a printer took it: now it is certain that none has it.
          const after = store.read((tx) => findPrint(tx, print.jobId));
          if (after) withdraw(after);
        })
        // On a full disk not even that can be written; the print is taken up again with the next one.
        .catch(() => log.error({ job: print.jobId }, 'print left as it was'));
      running.set(print.jobId, work);
    }
  }

  async function proceed(print: Print): Promise<void> {
    switch (print.state) {
      case 'preparing':
      case 'rendered':
        return inTurn(laneOf(print), (clear) => renderAndSend(print.jobId, clear));
      case 'sent':
        return resume(print);
      case 'accepted':
        return follow(print, print.printerUri ?? '', print.printerJob ?? 0);
      default:
        return;
    }
  }

  /** One printer that sleeps or is busy holds up no other. */
  function laneOf({ documentId }: Print): string {
    return store.read((tx) => {
      const output = findOutput(tx, documentId);
      return (output && printerFor(desk.settings(tx), output)?.uri) ?? '';
    });
  }

  /** `taken` is called when the next document may go. */
  async function renderAndSend(jobId: string, taken: () => void): Promise<void> {
    if (stopping.signal.aborted) return;
    const print = store.read((tx) => findPrint(tx, jobId));
    const output = print && store.read((tx) => findOutput(tx, print.documentId));
    if (!print || !output || (print.state !== 'preparing' && print.state !== 'rendered')) return;
    const bytes = await pagesOf(output, print.copyNumber);
    if (stopping.signal.aborted) return;
    if (!bytes.ok) {
      change(jobId, { state: 'failed', trouble: bytes.error });
      return;
    }
    change(jobId, { state: 'rendered' });
    await sendUntilTaken(jobId, output, bytes.value, taken);
  }

  /**
   * A printer that takes one job at a time is busy with the one before, or with somebody else's: by its own word it made no
   * job, so that the document is sent again.
   */
  async function sendUntilTaken(
    jobId: string,
    output: Output,
    document: Uint8Array,
    taken: () => void,
  ): Promise<void> {
    const givesUpAt = clock.monotonicMs() + BUSY_MS;
    for (;;) {
      const print = store.read((tx) => findPrint(tx, jobId));
      // Given up while its pages were made or it waited: it never leaves.
      if (!print || !isInProgress(print)) return;
      const settings = store.read((tx) => desk.settings(tx));
      const printer = printerFor(settings, output);
      if (printer === null) {
        change(jobId, { state: 'failed', trouble: { code: 'printer.not-set' } });
        return;
      }
      const held = new AbortController();
      notLeft.set(jobId, held);
      const result = await desk.printer.print(
        {
          ...addressOf(printer),
          ...wishFor(settings, output, print),
          document,
          jobName: jobNameOf({ jobId }),
        },
        {
          signal: AbortSignal.any([held.signal, stopping.signal]),
          // Durable before the first byte leaves: a crash from here on must not print it twice.
          mayLeave: () => change(jobId, { state: 'sent', printerUri: printer.uri }),
          onState: (state) => {
            if (state.state === 'sent') notLeft.delete(jobId);
            else if (state.state === 'accepted') {
              change(jobId, { state: 'accepted', printerJob: state.jobId, trouble: null });
              // Given up while it was on its way.
              callBack();
              taken();
            } else tellConditions(jobId, state.conditions);
          },
        },
      );
      notLeft.delete(jobId);
      if (result.ok) {
        // Watching ended because the counter stops: the job goes on and is taken up again at the next start.
        if (!stopping.signal.aborted) ended(jobId, result.value);
        return;
      }
      if (stopping.signal.aborted) {
        nothingLeft(jobId, { state: 'rendered' });
        return;
      }
      if (result.error.code !== 'printer.busy' || clock.monotonicMs() >= givesUpAt) {
        nothingLeft(jobId, { state: 'failed', trouble: result.error });
        return;
      }
      nothingLeft(jobId, { state: 'rendered', trouble: { code: 'printer.occupied' } });
      if (!(await wait(desk.timers, BUSY_PAUSE_MS, stopping.signal))) return;
    }
  }

  /** By the word of its driver no printer has the document: neither is it looked for there, nor called back. */
  function nothingLeft(jobId: string, to: Pick<Print, 'state'> & Partial<Pick<Print, 'trouble'>>): void {
    if (!change(jobId, { ...to, printerUri: null })) nothingToCallBack(jobId);
  }

  function nothingToCallBack(jobId: string): void {
    store.write((tx) => {
      const now = findPrint(tx, jobId);
      if (now?.state === 'given-up') savePrint(tx, { ...now, printerUri: null });
    });
  }

  /**
   * The document's pages: kept as they were first made; a later print says of itself which one it is. They are kept
   * also when only a later print succeeds, because what was signed has to go with the submission.
   */
  async function pagesOf(output: Output, copyNumber: number): Promise<Result<Uint8Array, ContractFailure>> {
    if (output.erasedAt !== null) return { ok: false, error: { code: 'print.content-erased' } };
    if (output.template === AS_RECEIVED)
      return output.sha256 === null
        ? { ok: false, error: { code: 'print.content-erased' } }
        : store.blobs.read(output.sha256);
    // Its pages were made once and let go when it was handed over: this print is made of what it says.
    if (output.sha256 === null && output.pages !== null && copyNumber > 1) return render(output, copyNumber);
    const original = output.sha256 === null ? await render(output, 1) : await store.blobs.read(output.sha256);
    return !original.ok || copyNumber === 1 ? original : render(output, copyNumber);
  }

  async function render(output: Output, copyNumber: number): Promise<Result<Uint8Array, ContractFailure>> {
    const isRepeated = copyNumber > 1;
    const template = await loadTemplate(join(desk.resources, 'templates'), output.template);
    if (!template.ok) return template;
    const rendered = await desk.documents.renderDocument({
      template: template.value,
      data: isRepeated ? { ...output.data, copyNumber } : output.data,
      environment: desk.environment,
      createdAt: new Date(output.madeAt),
      language: 'cs',
    });
    if (!rendered.ok) return rendered;
    const { bytes, pages } = rendered.value;
    if (isRepeated) return { ok: true, value: bytes };
    const staged = await store.blobs.put(bytes);
    if (!staged.ok) return staged;
    store.write((tx) => {
      recordBlob(tx, staged.value, { mediaType: 'application/pdf', owner: outputOwner(output.documentId) });
      setRendered(tx, output.documentId, staged.value.sha256, pages);
    });
    return { ok: true, value: bytes };
  }

  /** A printer a print went to before, with its certificate as the settings know it. */
  function at(uri: string): PrinterAddress {
    const { printer, others } = store.read((tx) => desk.settings(tx));
    const own = [printer, others.slips].find((one) => one?.uri === uri);
    return own ? addressOf(own) : { uri };
  }

  /** How many papers were asked for. */
  function copiesOf(print: Print): number {
    return store.read((tx) => {
      const output = findOutput(tx, print.documentId);
      return (output && wishFor(desk.settings(tx), output, print).copies) ?? 1;
    });
  }

  /** After a crash between sending and the printer's answer: the printer knows whether it got the job. */
  async function resume(print: Print): Promise<void> {
    const uri = print.printerUri ?? '';
    const found = await desk.printer.findJob(at(uri), jobNameOf(print), { signal: stopping.signal });
    if (stopping.signal.aborted) return;
    if (found.ok && found.value) {
      change(print.jobId, { state: 'accepted', printerJob: found.value.jobId });
      return follow(print, uri, found.value.jobId);
    }
    change(print.jobId, {
      state: 'unknown',
      trouble: found.ok ? { code: 'printer.job-forgotten' } : found.error,
    });
  }

  async function follow(print: Print, uri: string, printerJob: number): Promise<void> {
    const end = await desk.printer.follow(
      at(uri),
      { jobId: printerJob, jobName: jobNameOf(print), copies: copiesOf(print) },
      {
        signal: stopping.signal,
        onState: (state) => {
          if (state.state === 'waiting' || state.state === 'processing')
            tellConditions(print.jobId, state.conditions);
        },
      },
    );
    // Watching ended because the counter stops: the job goes on and is taken up again at the next start.
    if (!stopping.signal.aborted) ended(print.jobId, end);
  }

  /** What was given up: it is kept from leaving, or the printer that is at work on it is asked to let it be. */
  function callBack(): void {
    for (const jobId of running.keys()) {
      const print = store.read((tx) => findPrint(tx, jobId));
      if (print) withdraw(print);
    }
  }

  function withdraw(print: Print): void {
    const { jobId, printerUri: uri } = print;
    if (print.state !== 'given-up') return;
    const held = notLeft.get(jobId);
    if (held) {
      held.abort();
      return;
    }
    if (uri === null || calledBack.has(jobId)) return;
    calledBack.add(jobId);
    aside(
      log,
      'call-back',
      cancelAt(uri, print).finally(() => calledBack.delete(jobId)),
    );
  }

  /** By its name, since a printer that was restarted counts its jobs anew. Whom it does not reach it asks again at the next call or start. */
  async function cancelAt(uri: string, print: Print): Promise<void> {
    const found = await desk.printer.findJob(at(uri), jobNameOf(print), { signal: stopping.signal });
    // Not there yet: it is asked again when the printer has taken it.
    if (!found.ok || (!found.value && running.has(print.jobId))) return;
    if (found.value) {
      // What has ended cannot be cancelled; how it ended is said by whoever follows it.
      const asked = await desk.printer.cancel(at(uri), found.value.jobId, { signal: stopping.signal });
      if (!asked.ok && asked.error.code !== 'printer.refused') return;
    }
    nothingToCallBack(print.jobId);
  }

  /** A void paper came out nevertheless: it lies in the tray, and whoever gave it up has to know. */
  function cameOut(jobId: string, papers: number): void {
    const told = store.write((tx) => {
      const print = findPrint(tx, jobId);
      const output = print && findOutput(tx, print.documentId);
      if (!print || !output || print.state !== 'given-up') return null;
      const after = { ...print, trouble: { code: 'print.void-came-out' } };
      savePrint(tx, after);
      recordEnd(tx, output, after, { outcome: 'completed', papers });
      return { print: after, output };
    });
    if (told) tell(told.print, told.output);
  }

  function ended(jobId: string, end: PrintEnd): void {
    const print = store.read((tx) => findPrint(tx, jobId));
    if (!print) return;
    const papers = end.state === 'completed' ? end.copies : 1;
    const changed = change(jobId, afterEnd(end, copiesOf(print)), papers);
    if (!changed && end.state === 'completed') cameOut(jobId, papers);
  }

  function tellConditions(jobId: string, conditions: readonly PrinterCondition[]): void {
    const worst = conditions.find((condition) => condition.blocking);
    change(jobId, {
      trouble: worst ? { code: worst.code, ...(worst.params && { params: worst.params }) } : null,
    });
  }

  function change(
    jobId: string,
    to: Partial<Pick<Print, 'state' | 'trouble' | 'printerUri' | 'printerJob'>>,
    papers = 1,
  ): boolean {
    const now = clock.now();
    const changed = store.write((tx) => {
      const print = findPrint(tx, jobId);
      const output = print && findOutput(tx, print.documentId);
      // What the clerk decided or gave up is no longer the machine's.
      if (!print || !output || !isInProgress(print)) return null;
      const after = { ...print, ...to };
      if (after.state === print.state && JSON.stringify(after.trouble) === JSON.stringify(print.trouble))
        return null;
      savePrint(tx, { ...after, at: now.toISOString() });
      const isEnd = after.state === 'completed' || after.state === 'failed' || after.state === 'unknown';
      if (isEnd && after.state !== print.state)
        recordEnd(tx, output, after, { outcome: after.state, papers });
      return { print: { ...after, at: now.toISOString() }, output };
    });
    if (!changed) return false;
    tell(changed.print, changed.output);
    return true;
  }

  /** `papers`: how many of it the printer was to make, and made if it completed it. */
  function recordEnd(
    tx: Tx,
    output: Output,
    print: Print,
    { outcome, papers }: { outcome: Print['state']; papers: number },
  ): void {
    // A test of the printer is nothing the desk did for anybody.
    if (output.kind === 'test-page') {
      log.info({ call: 'devices.test-page', code: print.trouble?.code ?? outcome }, 'device tested');
      return;
    }
    desk.act(tx, {
      kind: 'print-ended',
      actId: desk.newId(),
      clerkId: 'desk',
      role: 'machine',
      at: clock.now(),
      ...(output.visitId && { visitId: output.visitId }),
      ...(output.serviceId && { serviceId: output.serviceId }),
      payload: {
        document: output.kind,
        documentId: output.documentId,
        copy: print.copyNumber,
        ...(papers > 1 && { papers }),
        outcome,
        trouble: print.trouble?.code ?? null,
      },
    });
  }

  function tell(print: Print, output: Output): void {
    desk.emit('print-changed', { ...printViewOf(print, output), visitId: output.visitId });
    if (output.visitId) desk.emit('visit-changed', { visitId: output.visitId });
  }

  async function stop(): Promise<void> {
    stopping.abort();
    // What is on its way to the printer is left to the next start; it is durable already.
    await Promise.race([
      Promise.allSettled([...running.values()]),
      new Promise((r) => desk.timers.after(500, () => r(null))),
    ]);
  }

  return {
    start,
    kick,
    callBack,
    stop,
    idle: async () => void (await Promise.allSettled([...running.values()])),
  };
}

export type PrintRunner = ReturnType<typeof createPrintRunner>;
