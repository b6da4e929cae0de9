import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { expect, it, vi } from 'vitest';
import type { ReaderLearning } from '../../../electron/contract/devices.ts';
import type { CallInput } from '../../../electron/contract/index.ts';
import type { DeviceView } from '../../../electron/contract/settings.ts';
import { createScriptedCounter } from '../../../test/previews/visit/scripted-counter.ts';
import { createClient } from '../counter/client.ts';
import { createDesk } from '../counter/desk.svelte.ts';
import { createIntents } from '../counter/intents.ts';
import { writeCode } from '../shell/write-code.ts';
import ScreenHarness from './testing/ScreenHarness.svelte';

const id = (n: number): string => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const reader: DeviceView = {
  ...{
    key: 'reader:usb:0403:6001',
    knownBy: 'make',
    purposes: [],
    isNew: true,
    movedTo: null,
    known: null,
    printer: null,
  },
  ...{ kind: 'reader', address: '/dev/ttyUSB1', name: 'FTDI', vendorId: '0403', productId: '6001' },
  ...{ serialNumber: null, selected: false, state: 'unknown', trouble: null },
};
const listening: ReaderLearning = {
  ...{ key: reader.key, address: reader.address, purpose: 'codes', step: 'sampling', otherSpeed: false },
  line: { baudRate: 9_600, dataBits: 8, parity: 'none', stopBits: 1 },
  ...{ samples: [], hearing: null, trouble: null, read: { zones: 0, codes: 0 } },
};

/** happy-dom does not know which option is `:checked`, which is how the window reads a select. */
async function pick(label: RegExp, value: string): Promise<void> {
  const select = await screen.findByLabelText(label);
  if (!(select instanceof HTMLSelectElement)) throw new Error(`${label} is no select`);
  const option = [...select.options].find((one) => one.value === value) ?? null;
  vi.spyOn(select, 'querySelector').mockReturnValue(option);
  await fireEvent.change(select);
}

it('leads through samples, says in words what was learnt and ends the learning however it is left', async () => {
  let learning: ReaderLearning | null = null;
  const asked: CallInput<'devices.learn-reader'>[] = [];
  const counter = createScriptedCounter({
    answers: {
      'devices.look': () => ({ ok: true, value: { devices: [reader], failed: [] } }),
      'devices.card-readers': () => ({ ok: true, value: [] }),
      'authorities.get': () => ({ ok: true, value: { isTraining: true, list: null, revocations: [] } }),
      'devices.reader-protocols': () => ({ ok: true, value: [] }),
      'devices.reader-learning': () => ({ ok: true, value: learning }),
      'devices.learn-reader': (input) => {
        asked.push(input);
        learning = listening;
        return { ok: true, value: listening };
      },
      'devices.end-learning': () => {
        learning = null;
        return { ok: true, value: {} };
      },
    },
  });
  const desk = createDesk(
    createClient({
      bridge: counter.bridge,
      intents: createIntents({ getItem: () => null, setItem: () => {} }, () => id(900), Date.now),
      reportBug: (_id, what) => {
        throw new Error(String(what));
      },
      newBugId: () => id(999),
    }),
  );
  render(ScreenHarness, { desk, show: 'devices' });
  await fireEvent.click(await screen.findByRole('button', { name: 'FTDI: Naučit čtečku' }));
  await fireEvent.click(await screen.findByRole('radio', { name: /Kódy na papíře/ }));
  await fireEvent.click(screen.getByRole('button', { name: 'Začít' }));
  await screen.findByText(/Načtěte oba kódy ze zkušební stránky/);
  // Not to the cross, where Enter would end it.
  await waitFor(() => expect(document.activeElement?.textContent).toContain('Začít znovu'));
  expect(asked).toEqual([
    { key: reader.key, address: reader.address, purpose: 'codes', protocol: null, line: null },
  ]);
  expect(screen.queryByRole('button', { name: 'Používat čtečku takto' })).toBeNull();

  const change = (to: Partial<ReaderLearning>): void => {
    learning = { ...listening, ...to };
    counter.emit('reader-learning-changed', {});
  };
  change({ otherSpeed: true, line: { baudRate: 115_200, dataBits: 8, parity: 'none', stopBits: 1 } });
  await screen.findByText(/Nyní poslouchám: 115200 Bd, 8N1/);
  change({ trouble: { code: 'reader.learn-contradiction' } });
  await screen.findByText(/Vzorky se liší způsobem odeslání/);
  const learnt: Partial<ReaderLearning> = {
    step: 'trying',
    samples: [[{ mark: 'STX' }, { hidden: 15 }, { mark: 'CR' }]],
    hearing: {
      kind: 'learnt',
      framing: {
        ...{ start: '02', aim: true, end: '0d0a', tail: '', encoding: 'windows-1250', reads: 'code' },
        check: null,
      },
    },
    read: { zones: 0, codes: 1 },
  };
  change(learnt);
  await screen.findByText('Způsob je znám.', { exact: false });
  const said = screen.getByRole('dialog').textContent ?? '';
  for (const words of ['CR LF', 'STX', 'AIM', 'WINDOWS-1250', 'kódy: 1', '(15 zn.)'])
    expect(said).toContain(words);
  const keep = screen.getByRole('button', { name: 'Používat čtečku takto' });
  await waitFor(() => expect(document.activeElement).toBe(keep));
  expect(screen.queryByText(/Ve vzorcích byly jen kódy/)).toBeNull();
  await fireEvent.click(screen.getByRole('button', { name: 'Začít znovu' }));
  await waitFor(() =>
    expect(document.activeElement).toBe(screen.getByRole('radio', { name: /Kódy na papíře/ })),
  );
  await fireEvent.click(screen.getByRole('radio', { name: /Doklady totožnosti/ }));
  // Whoever knows the line says so.
  await pick(/Rychlost linky/, '19200');
  await pick(/Znaky na lince/, '7O2');
  await fireEvent.click(screen.getByRole('button', { name: 'Začít' }));
  await waitFor(() =>
    expect(asked.at(-1)).toMatchObject({
      purpose: 'usual',
      line: { baudRate: 19_200, dataBits: 7, parity: 'odd', stopBits: 2 },
    }),
  );
  await screen.findByText(/Poslouchám: 9600 Bd, 8N1/);
  change({ ...learnt, purpose: 'usual' });
  await screen.findByText(/Ve vzorcích byly jen kódy/);
  expect(screen.queryByText(/skončilo samo/)).toBeNull();
  learning = null;
  counter.emit('reader-learning-changed', {});
  await screen.findByText(/skončilo samo/);

  await fireEvent.keyDown(screen.getByRole('dialog'), { key: 'Escape' });
  await waitFor(() =>
    expect(counter.calls.filter(({ name }) => name === 'devices.end-learning')).toHaveLength(2),
  );
});

it('writes a code into the field with the cursor, as much as it takes, and into nothing else', () => {
  const field = document.createElement('input');
  document.body.append(field);
  const typed: string[] = [];
  field.addEventListener('input', () => typed.push(field.value));
  field.value = 'AB';
  field.setSelectionRange(1, 1);
  expect(writeCode(field, '12\r\n3')).toBe(true);
  field.maxLength = 8;
  field.setSelectionRange(5, 5);
  expect(writeCode(field, '456789')).toBe(true);
  expect(typed).toEqual(['A12 3B', 'A12 345B']);
  field.readOnly = true;
  field.value = '';
  expect([
    writeCode(field, '1'),
    writeCode(document.createElement('button'), '1'),
    writeCode(null, '1'),
  ]).toEqual([false, false, false]);
  const secret = document.createElement('input');
  secret.type = 'password';
  expect(writeCode(secret, '1')).toBe(false);
  field.remove();
});
