import type { PrintEnd } from '../../devices/printer/port.ts';
import type { Print } from './table.ts';

type After = Pick<Print, 'state' | 'trouble'>;

/** How a print stands once its job has ended; `asked`: of how many papers it was to be. */
export function afterEnd(end: PrintEnd, asked: number): After {
  // The printer had it: a job aborted or cancelled there may have left sheets in the tray, which only a person sees.
  if (end.state !== 'completed') return { state: 'unknown', trouble: end.reason };
  const [fault] = end.faults;
  if (fault !== undefined)
    return {
      state: 'unknown',
      trouble: { code: fault.code, ...(fault.params && { params: fault.params }) },
    };
  if (end.copies < asked)
    return {
      state: 'completed',
      trouble: { code: 'printer.fewer-copies', params: { copies: end.copies, asked } },
    };
  return { state: 'completed', trouble: end.handedOn ? { code: 'printer.handed-on' } : null };
}

/** How it stands when the desk itself failed in the middle of it: whether what may have left came out, only a person sees. */
export const afterFault = (reached: Print['state']): After =>
  reached === 'sent' || reached === 'accepted'
    ? { state: 'unknown', trouble: { code: 'printer.broken-off' } }
    : { state: 'failed', trouble: { code: 'printer.internal' } };
