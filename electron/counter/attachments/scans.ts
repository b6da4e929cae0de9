import { z } from 'zod';
import type { ScanPlace, ScanView } from '../../contract/attachments.ts';
import * as deskValues from '../../store/desk-values.ts';
import type { Reader, Tx } from '../../store/open.ts';
import type { Desk } from '../desk.ts';
import { findService } from '../visits/table.ts';

/**
 * The scans of the desk: those at work, in memory, and which were begun and have not come to their end, in the store. The end of the program cuts
 * a scan off: its pages are kept, and that there may be more sheets is said at the attachment until it is scanned or bound again.
 */

const KEY = 'attachments.scans';
const begunScans = z.array(
  z.strictObject({ scanId: z.string(), serviceId: z.string(), slotId: z.string(), isCutOff: z.boolean() }),
);
type BegunScan = z.output<typeof begunScans>[number];

const begunIn = (tx: Reader): BegunScan[] => begunScans.parse(deskValues.get(tx, KEY) ?? []);
const keepBegun = (tx: Tx, scans: readonly BegunScan[]): void =>
  scans.length === 0 ? deskValues.forget(tx, KEY) : deskValues.set(tx, KEY, [...scans]);

/** Whether the program ended in the middle of the last scan of an attachment. */
export const wasCutOff = (tx: Reader, serviceId: string, slotId: string): boolean =>
  begunIn(tx).some((one) => one.isCutOff && one.serviceId === serviceId && one.slotId === slotId);

/** What is bound is whole, as the clerk says. */
export const forgetCutOff = (tx: Tx, serviceId: string): void =>
  keepBegun(
    tx,
    begunIn(tx).filter((one) => !one.isCutOff || one.serviceId !== serviceId),
  );

export type Scan = { view: ScanView; abort: AbortController };

export function createScans(desk: Pick<Desk, 'emit' | 'store'>) {
  const atWork = new Map<string, Scan>();
  const running = new Set<Promise<void>>();
  let stopped = false;
  return {
    isAny: (): boolean => atWork.size > 0,
    /** Whether pages of the service may still come. */
    isOf: (serviceId: string): boolean =>
      [...atWork.values()].some(({ view }) => view.serviceId === serviceId),
    /** Keeps in the store that a scan begins. */
    note(tx: Tx, { scanId, serviceId, slotId }: ScanView): void {
      keepBegun(tx, [...begunIn(tx), { scanId, serviceId, slotId, isCutOff: false }]);
    },
    /** Runs beside the calls to its end, which is waited for when the desk stops. */
    run(view: ScanView, work: (scan: Scan) => Promise<void>): Promise<void> {
      const scan = { view, abort: new AbortController() };
      if (stopped) scan.abort.abort();
      atWork.set(view.scanId, scan);
      const over = work(scan).finally(() => running.delete(over));
      running.add(over);
      return over;
    },
    tell(scan: Scan, change: Partial<ScanView>): void {
      scan.view = { ...scan.view, ...change };
      desk.emit('scan-changed', scan.view);
    },
    cancel: (scanId: string): void => atWork.get(scanId)?.abort.abort(),
    end({ view: { scanId, serviceId, slotId, pagesDone, state } }: Scan, place: ScanPlace): void {
      atWork.delete(scanId);
      // Nobody cancelled it: the next run finds what was begun, and says that it was cut off.
      if (stopped && state === 'cancelled') return;
      // Sheets that were left are scanned behind the others, to the last: a page scanned again or before another is none of them.
      const goesOn = place.at === 'end' && state === 'done' && pagesDone > 0;
      const isOver = (one: BegunScan): boolean =>
        one.scanId === scanId || (goesOn && one.serviceId === serviceId && one.slotId === slotId);
      desk.store.write((tx) =>
        keepBegun(
          tx,
          begunIn(tx).filter((one) => !isOver(one)),
        ),
      );
    },
    /** Before anything is scanned: what was begun by an earlier run has been cut off. */
    start(): void {
      desk.store.write((tx) =>
        keepBegun(
          tx,
          begunIn(tx)
            .filter(({ serviceId }) => findService(tx, serviceId)?.state === 'in-progress')
            .map((one) => ({ ...one, isCutOff: true })),
        ),
      );
    },
    /** No program that scans for the desk, and no page it has in hand, outlives it. */
    async stop(): Promise<void> {
      stopped = true;
      for (const { abort } of atWork.values()) abort.abort();
      await Promise.allSettled(running);
    },
  };
}
export type Scans = ReturnType<typeof createScans>;
