import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { tick } from 'svelte';
import { beforeEach, expect, it } from 'vitest';
import type { EventData } from '../../../electron/contract/events.ts';
import type { CallOutput } from '../../../electron/contract/index.ts';
import type { DeviceView } from '../../../electron/contract/settings.ts';
import { createScriptedCounter, type World } from '../../../test/previews/visit/scripted-counter.ts';
import { createClient } from '../counter/client.ts';
import { createDesk } from '../counter/desk.svelte.ts';
import { createIntents } from '../counter/intents.ts';
import { navigation } from '../shell/navigation.svelte.ts';
import { howLong } from './how-long.ts';
import ScreenHarness from './testing/ScreenHarness.svelte';

const at = '2026-04-01T08:00:00.000Z';
const id = (n: number): string => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const agenda = { cs: 'Podatelna', en: 'Submissions' };

const booking = (n: number, state: 'arrived' | 'booked', isServedHere = true) => ({
  id: id(n),
  number: `A${n}`,
  agenda,
  state,
  day: '2026-04-01',
  time: '09:00',
  priority: null,
  arrivedAt: state === 'arrived' ? at : null,
  calledAt: null,
  counter: null,
  timesCalled: 0,
  isHere: false,
  isServedHere,
  isPending: false,
  visitId: null,
});
const empty: CallOutput<'bookings.room'> = {
  asOf: at,
  line: [],
  nextId: null,
  called: [],
  expected: [],
  lost: [],
  agendas: [],
  counters: [],
  counterId: null,
  hours: [],
  priorities: [],
  breakReasons: [],
  break: null,
  noShowAfterMinutes: 10,
};
const task: CallOutput<'queue.list'>['items'][number] = {
  id: id(70),
  visitId: id(80),
  ticket: 7,
  kind: 'submission',
  title: 'Obecné podání',
  madeAt: at,
  state: 'returned',
  owner: 'clerk',
  actions: ['complete'],
  handedOverAt: null,
  attempts: 1,
  nextTryAt: null,
  heldBy: null,
  problem: null,
  referenceNumber: null,
  fileNumber: null,
  answeredAt: at,
  officeSays: null,
  deadline: '2026-04-30',
  course: null,
};

beforeEach(() => navigation.go({ screen: 'home' }));

async function open(
  of: {
    room?: CallOutput<'bookings.room'>;
    items?: CallOutput<'queue.list'>['items'];
    visits?: CallOutput<'visits.in-progress'>;
  } = {},
  world: Partial<World> = {},
  show: 'home' | 'queue' | 'devices' = 'home',
) {
  const counter = createScriptedCounter({
    ...world,
    answers: {
      'bookings.room': () => ({ ok: true, value: of.room ?? empty }),
      'queue.list': () => ({ ok: true, value: { items: of.items ?? [], more: false } }),
      'visits.in-progress': () => ({ ok: true, value: of.visits ?? [] }),
      ...world.answers,
      'waiting.call-next': () => ({
        ok: true,
        value: { booking: booking(1, 'arrived'), visitId: id(90) },
      }),
    },
  });
  const client = createClient({
    bridge: counter.bridge,
    intents: createIntents({ getItem: () => null, setItem: () => {} }, () => id(900), Date.now),
    reportBug: (_id, what) => {
      throw new Error(String(what));
    },
    newBugId: () => id(999),
  });
  const desk = createDesk(client);
  render(ScreenHarness, { desk, show });
  await screen.findByRole('heading', { level: 1 });
  if (show === 'home') {
    await screen.findByRole('heading', { name: /^Čekárna/ });
    await screen.findByRole('heading', { name: /^Nová\snávštěva|^Rozpracovaná/ });
  }
  /** The session is locked or unlocked, as the counter tells it. */
  const lock = (locked: boolean): void => {
    const { frame } = desk;
    if (frame === null || frame.session === null) throw new Error('a clerk is signed in');
    counter.emit('frame-changed', { ...frame, session: { ...frame.session, locked } });
  };
  return {
    counter,
    lock,
    called: () => counter.calls.filter(({ name }) => name === 'waiting.call-next'),
  };
}
/** A letter waits whether more come, as of a code reader; a key that does nothing says that none does. */
const press = async (key: string, more: KeyboardEventInit = {}) => {
  await fireEvent.keyDown(document.body, { key, ...more });
  await fireEvent.keyDown(document.body, { key: 'F12' });
};
const panel = (name: RegExp): string =>
  screen.getByRole('heading', { level: 2, name }).closest('section')?.textContent ?? '';

it('says of each panel with nothing that there is nothing, and calls nobody then', async () => {
  const { called } = await open();
  expect(panel(/^Moje\súkoly/)).toMatch(/Žádný úkol/u);
  expect(panel(/^Odložené/)).toMatch(/Žádná návštěva/u);
  expect(panel(/^Dnešní/)).toMatch(/Nikdo další/u);
  expect(panel(/^Spojení/)).toMatch(/funguje od.*Žádný úkon nečeká/su);
  await press('v');
  expect(called()).toEqual([]);
  expect(screen.getByRole('button', { name: /^Vyvolat/ })).toHaveProperty('disabled', true);
});

it('calls the next by a key, and shows who that is and who is booked', async () => {
  const expected = [1, 2, 3, 4, 5, 6, 7].map((n) => booking(10 + n, 'booked'));
  const room = { ...empty, line: [booking(1, 'arrived'), booking(2, 'arrived')], nextId: id(1), expected };
  const { called } = await open({ room });
  expect(panel(/^Čekárna/)).toMatch(/Čeká 2.*A1/su);
  expect(panel(/^Dnešní/)).toMatch(/\(7\).*A15.*a\sdalší: 2/su);
  expect(panel(/^Dnešní/)).not.toMatch(/A16/u);
  await press('v');
  await waitFor(() => expect(navigation.place).toEqual({ screen: 'visit', visitId: id(90) }));
  expect(called()).toHaveLength(1);
});

it('calls nobody while somebody stands at the desk', async () => {
  const visit = {
    ...{ id: id(81), ticket: 3, state: 'open' as const, openedAt: at, clerkId: 'c-1', clerkName: 'Novotná' },
    ...{ applicant: null, note: null, services: [] },
  };
  const room = { ...empty, line: [booking(1, 'arrived')], nextId: id(1) };
  const { called } = await open({ room, visits: [visit] });
  await screen.findByRole('heading', { name: /^Rozpracovaná/ });
  await press('v');
  expect(called()).toEqual([]);
  await press('n');
  expect(navigation.place).toEqual({ screen: 'visit', visitId: id(81) });
});

it('leads by a digit to each task this clerk can do something about, of a visit to it, else to the queue', async () => {
  const other = { ...task, id: id(71), title: 'Jiné', actions: [] };
  const booked = { ...task, id: id(72), title: 'Rezervace', ticket: null };
  await open({ items: [task, other, booked] });
  await screen.findByText('Obecné podání');
  expect(panel(/^Moje\súkoly/)).toMatch(/Obecné podání.*30\.\s4\.\s2026.*Rezervace/su);
  expect(panel(/^Moje\súkoly/)).not.toMatch(/Jiné/u);
  await press('1');
  expect(navigation.place).toEqual({ screen: 'visit', visitId: id(80) });
  // The upper row of a Czech keyboard writes letters with accents.
  await press('ě', { code: 'Digit2' });
  expect(navigation.place).toEqual({ screen: 'queue' });
});

it('takes a parked visit up by a key, on a Czech keyboard too, and none while somebody stands at the desk', async () => {
  const parked = (n: number, state: 'open' | 'parked') => ({
    ...{ id: id(n), ticket: n, state, openedAt: at, clerkId: 'c-1', clerkName: 'Novotná' },
    ...{ applicant: null, note: null, services: [] },
  });
  const taken = (counter: Awaited<ReturnType<typeof open>>['counter']) =>
    counter.calls.filter(({ name }) => name === 'visits.take-up').map(({ input }) => input);
  const free = await open({ visits: [parked(81, 'parked'), parked(82, 'parked')] });
  await screen.findAllByRole('button', { name: /^Převzít|^Pokračovat/ });
  await press('ě', { code: 'Digit2', altKey: true });
  await waitFor(() => expect(taken(free.counter)).toEqual([{ visitId: id(82) }]));
  cleanup();
  navigation.go({ screen: 'home' });
  const busy = await open({ visits: [parked(80, 'open'), parked(81, 'parked')] });
  await screen.findByRole('heading', { name: /^Rozpracovaná/ });
  await press('1', { altKey: true });
  expect(taken(busy.counter)).toEqual([]);
});

it('without a line says for how long, and how many acts wait', async () => {
  await open({}, { line: 'down' });
  expect(panel(/^Spojení/)).toMatch(/Bez\sspojení již méně než minutu.*3 úkony/su);
  expect(howLong(at, new Date('2026-04-01T10:05:59.000Z'))).toBe('2 h 5 min');
  expect(howLong(at, new Date('2026-04-04T12:05:00.000Z'))).toBe('3 d 4 h');
  expect(howLong(at, new Date('2026-04-01T07:59:00.000Z'))).toBe('méně než minutu');
});

it('leads from a row of the queue that is done to its visit, and from one without a visit nowhere', async () => {
  const done = { ...task, state: 'accepted' as const, owner: 'nobody' as const, actions: [] };
  await open({ items: [done, { ...done, id: id(73), ticket: null }] }, {}, 'queue');
  await waitFor(() => expect(screen.getAllByRole('row')).toHaveLength(3));
  const buttons = screen.getAllByRole('button', { name: /^Návštěva/ });
  expect(buttons).toHaveLength(1);
  await fireEvent.click(buttons[0] ?? document.body);
  expect(navigation.place).toEqual({ screen: 'visit', visitId: id(80) });
});

it('asks nothing while the session is locked, and at once when it is open again', async () => {
  const { counter, lock } = await open();
  const asked = (): number => counter.calls.filter(({ name }) => name === 'queue.list').length;
  await waitFor(() => expect(asked()).toBe(1));
  lock(true);
  await tick();
  counter.emit('queue-changed', {});
  await tick();
  expect(asked()).toBe(1);
  lock(false);
  await waitFor(() => expect(asked()).toBe(2));
});

const ofPrinter: DeviceView = {
  ...{ key: 'printer:uuid:1', knownBy: 'itself', kind: 'printer', address: 'ipp://a', name: 'Kyocera' },
  ...{ purposes: ['usual'], isNew: false, movedTo: null, known: null, selected: true, trouble: null },
  ...{ vendorId: null, productId: null, serialNumber: null, state: 'ready' },
  printer: {
    trays: ['main', 'tray-2', 'makers-own'],
    papers: ['stationery'],
    sides: ['one-sided'],
    colours: ['monochrome'],
    copies: 1,
    loaded: [{ tray: 'tray-2', paper: 'stationery', size: { width: 21_590, height: 27_940 } }],
    lacks: [
      { use: 'slips', trouble: { code: 'printer.not-loaded', params: { tray: 'tray-2', paper: 'any' } } },
    ],
    refuses: [],
    endIsToldBy: 'server',
  },
};
const devicesOf = (answers: World['answers'] = {}) =>
  open(
    {},
    {
      answers: {
        'devices.look': () => ({ ok: true, value: { devices: [ofPrinter], failed: [] } }),
        'devices.card-readers': () => ({ ok: true, value: [] }),
        ...answers,
      },
    },
    'devices',
  );

it('says in words what a printer has, what is loaded and what is missing where', async () => {
  await devicesOf();
  const told = (await screen.findByText(/^Zásobníky/)).closest('li')?.parentElement?.parentElement;
  expect(told?.textContent).toMatch(/hlavní zásobník, zásobník 2, makers-own/);
  expect(told?.textContent).toMatch(/Vloženo: zásobník 2 – Letter \(běžný papír\)/);
  expect(told?.textContent).toMatch(
    /Štítky a\slístky: Není vložen papír A4 \(zásobník: zásobník 2; druh: kterýkoli\)/,
  );
  expect(told?.textContent).toMatch(/tiskový server/);
});

it('says that the test page is printed only once it is, and what holds it up until then', async () => {
  const documentId = id(70);
  const { counter } = await devicesOf({
    'devices.look': () => ({
      ok: true,
      value: { devices: [{ ...ofPrinter, purposes: ['usual'] }], failed: [] },
    }),
    'devices.test-page': () => ({ ok: true, value: { documentId } }),
  });
  const tell = (to: Partial<EventData<'print-changed'>>): void =>
    counter.emit('print-changed', {
      ...{ jobId: id(71), documentId, kind: 'test-page', copyNumber: 1, pages: 1, visitId: null },
      ...{ state: 'accepted', trouble: null, at: '2026-12-01T08:00:00.000Z' },
      ...to,
    });
  await fireEvent.click(await screen.findByRole('button', { name: /zkušební stránku/ }));
  await screen.findByText('Zkušební stránka se tiskne.');
  tell({ trouble: { code: 'printer.out-of-paper' } });
  await screen.findByText(/došel papír/);
  // Of another one, ordered before.
  tell({ documentId: id(72), state: 'completed' });
  expect(screen.queryByText(/je vytištěna/)).toBeNull();
  tell({ state: 'completed' });
  await screen.findByText(/je vytištěna/);
  expect(screen.queryByText(/došel papír/)).toBeNull();
});

it('tries the signing key with a PIN that does not stay, and says what was wrong', async () => {
  const pins: string[] = [];
  await devicesOf({
    'devices.test-signing': ({ pin }) => {
      pins.push(pin);
      return pin === '2468'
        ? { ok: true, value: { issuer: 'Cvičná autorita', validTo: '2026-12-01T00:00:00.000Z' } }
        : { ok: false, error: { code: 'token.wrong-pin' } };
    },
  });
  const field = screen.getByLabelText<HTMLInputElement>(/^PIN/);
  const button = screen.getByRole('button', { name: /podpis/i });
  expect(button).toHaveProperty('disabled', true);
  for (const pin of ['1111', '2468']) {
    await fireEvent.input(field, { target: { value: pin } });
    await fireEvent.click(button);
    await waitFor(() => expect(field.value).toBe(''));
    if (pin === '1111') await screen.findByText(/PIN/, { selector: '[role="alert"] *' });
  }
  await screen.findByText(/Klíč podepisuje.*Cvičná autorita/);
  expect(screen.queryByRole('alert')).toBeNull();
  expect(pins).toEqual(['1111', '2468']);
});
