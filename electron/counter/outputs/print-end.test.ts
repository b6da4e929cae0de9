import { expect, it } from 'vitest';
import type { PrintEnd } from '../../devices/printer/port.ts';
import { afterEnd, afterFault } from './print-end.ts';

const completed: Extract<PrintEnd, { state: 'completed' }> = {
  ...{ state: 'completed', jobId: 1, faults: [], copies: 1 },
};

it('an end in which fewer papers came out than were asked for is said', () => {
  expect(afterEnd(completed, 1)).toEqual({ state: 'completed', trouble: null });
  expect(afterEnd({ ...completed, copies: 2 }, 2)).toEqual({ state: 'completed', trouble: null });
  expect(afterEnd({ ...completed, handedOn: true }, 3)).toEqual({
    state: 'completed',
    trouble: { code: 'printer.fewer-copies', params: { copies: 1, asked: 3 } },
  });
});

it('only a person tells of a job that ended otherwise', () => {
  expect(afterEnd({ ...completed, faults: [{ code: 'printer.jammed', blocking: true }] }, 1)).toMatchObject({
    state: 'unknown',
    trouble: { code: 'printer.jammed' },
  });
  expect(afterEnd({ state: 'cancelled', jobId: 1, reason: { code: 'printer.job-cancelled' } }, 1)).toEqual({
    state: 'unknown',
    trouble: { code: 'printer.job-cancelled' },
  });
});

it('a fault of the desk gives up nothing that may have reached the printer, so that it is not printed once more unasked', () => {
  expect(
    ['preparing', 'rendered', 'sent', 'accepted'].map((state) => afterFault(state as 'sent').state),
  ).toEqual([...['failed', 'failed', 'unknown', 'unknown']]);
});
