import { expect, it } from 'vitest';
import { resources } from '../../../test/rigs/counter.ts';
import { manualTime } from '../../../test/rigs/manual-time.ts';
import { until } from '../../../test/rigs/process.ts';
import type { DeviceView } from '../../contract/settings.ts';
import type { ReaderEvent, ReaderSettings } from '../../devices/id-reader/port.ts';
import { ok } from '../../values/result.ts';
import { createReaderLearning } from './reader-learning.ts';

// The wizard with a line whose bytes and time are set by hand; over a real line it is in the device test.

const device: DeviceView = {
  ...{ key: 'reader:place:/dev/ttyS0', knownBy: 'place', kind: 'reader', name: 'ttyS0' },
  ...{ address: '/dev/ttyS0', vendorId: null, productId: null, serialNumber: null, selected: false },
  ...{
    purposes: [],
    state: 'unknown',
    trouble: null,
    isNew: true,
    movedTo: null,
    known: null,
    printer: null,
  },
};

function wizard() {
  const { timers } = manualTime();
  const opened: ReaderSettings[] = [];
  let hear = (_event: ReaderEvent): void => {};
  let attended = true;
  const problems: unknown[] = [];
  const learning = createReaderLearning(
    {
      timers,
      resources,
      emit: () => {},
      log: { info: () => {}, warn: () => {}, error: (fields) => void problems.push(fields) },
      reader: {
        list: async () => ok([]),
        open: (settings, { onEvent }) => {
          opened.push(settings);
          hear = onEvent;
          return { close: async () => {} };
        },
      },
    },
    { onChange: async () => {}, isAttended: () => attended },
  );
  return {
    learning,
    begin: async () => {
      const begun = await learning.start('window', device, { purpose: 'usual', protocol: null, line: null });
      if (begun.ok) await until('the line is open', () => opened.length > 0);
      return begun;
    },
    timers,
    opened,
    problems,
    hear: (event: ReaderEvent) => hear(event),
    leave: () => {
      attended = false;
      learning.endUnattended();
    },
  };
}

it('ends after half an hour, however much comes over the line', async () => {
  const { learning, begin, timers, hear } = wizard();
  await begin();
  for (let minutes = 0; minutes < 28; minutes += 4) {
    timers.advance(4 * 60_000);
    hear({ type: 'trouble', failure: { code: 'reader.nonsense' } });
  }
  expect(learning.isOn()).toBe(true);
  timers.advance(2 * 60_000);
  expect(learning.isOn()).toBe(false);
  expect(timers.count()).toBe(0);
});

it('ends after five minutes without a reading', async () => {
  const { learning, begin, timers } = wizard();
  await begin();
  timers.advance(5 * 60_000);
  expect(learning.isOn()).toBe(false);
  expect(timers.count()).toBe(0);
});

it('ends when nobody is at its window any more, and begins for nobody', async () => {
  const { learning, begin, leave } = wizard();
  await begin();
  learning.endUnattended();
  expect(learning.isOn()).toBe(true);
  leave();
  expect(learning.isOn()).toBe(false);
  expect(await begin()).toMatchObject({
    error: { code: 'call.not-signed-in' },
  });
  expect(learning.isOn()).toBe(false);
});
