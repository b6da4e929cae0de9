import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { expect, it } from 'vitest';
import type { EventData } from '../../../electron/contract/events.ts';
import { type ServiceDefinition, serviceDefinition } from '../../../electron/contract/services.ts';
import { uuidv7 } from '../../../electron/values/ids.ts';
import { ok } from '../../../electron/values/result.ts';
import generalSubmission from '../../../resources/catalogue/services/general-submission.json' with {
  type: 'json',
};
import { createScriptedCounter, SEPARATOR_ID } from '../../../test/previews/visit/scripted-counter.ts';
import { createClient } from '../counter/client.ts';
import { createDesk } from '../counter/desk.svelte.ts';
import { createIntents } from '../counter/intents.ts';
import { keyboard } from '../shell/testing/keyboard.ts';
import Harness from './testing/Harness.svelte';

const newId = (): string =>
  uuidv7({ now: Date.now, random: (n) => crypto.getRandomValues(new Uint8Array(n)) });

/** The step where papers are scanned, of a service that is begun behind the window. */
async function atAttachments(
  more: readonly { id: string; title: { cs: string; en: string } }[] = [],
  over: Partial<ServiceDefinition> = {},
) {
  const { form: _, ...formless } = serviceDefinition.parse(generalSubmission);
  const enclosures = formless.attachments?.slots ?? [];
  const papers = {
    ...formless,
    id: 'papers',
    steps: ['attachments' as const, 'accept' as const],
    attachments: {
      slots: [...enclosures, ...more.map((slot) => ({ ...slot, required: false, maxPages: 100 }))],
    },
    ...over,
  };
  const counter = createScriptedCounter({ definitions: [papers] });
  counter.visit.identity.state = 'verified';
  counter.visit.id = newId();
  const must = async (name: string, input: object) => {
    const reply = (await counter.bridge.call(name, newId(), input)) as { ok: boolean; value: never };
    if (!reply.ok) throw new Error(`${name}: ${JSON.stringify(reply)}`);
  };
  await must('services.start', {
    visitId: counter.visit.id,
    definitionId: 'papers',
  });
  const client = createClient({
    bridge: counter.bridge,
    intents: createIntents({ getItem: () => null, setItem: () => {} }, newId, Date.now),
    reportBug: () => {},
    newBugId: newId,
  });
  render(Harness, { desk: createDesk(client), visitId: counter.visit.id, onleave: () => {} });
  return counter;
}

const pages = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-page]')];
const ids = (): (string | undefined)[] => pages().map(({ dataset }) => dataset['page']);
const press = (key: string) => fireEvent.keyDown(document.activeElement ?? document.body, { key });

it('names the pages that seem to be blank, and takes away only what the clerk says', async () => {
  const counter = await atAttachments();
  counter.world.scan.pages = 6;
  await screen.findByText('Příloha je zatím prázdná');
  await press('F9');
  // The counter of the tests says it of each fifth page.
  await screen.findByText('Zřejmě prázdné: stránka č. 5. Před odstraněním prohlédněte.');
  expect(ids()).toHaveLength(6);
  const [blank] = ids().slice(4);
  await fireEvent.click(screen.getByRole('button', { name: 'Ponechat' }));
  await waitFor(() => expect(screen.queryByText(/^Zřejmě prázdné/)).toBeNull());
  expect(ids()).toContain(blank);
  expect(counter.calls.filter(({ name }) => name === 'attachments.delete-page')).toEqual([]);
  await press('F9');
  await screen.findByText('Zřejmě prázdné: stránka č. 10. Před odstraněním prohlédněte.');
  const [tenth] = ids().slice(9);
  await fireEvent.click(screen.getByRole('button', { name: 'Odstranit prázdné' }));
  await waitFor(() => expect(ids()).toHaveLength(11));
  expect(ids()).toContain(blank);
  expect(ids()).not.toContain(tenth);
});

it('scans a page again and one before it by keys, and shows it large', async () => {
  const counter = await atAttachments();
  counter.world.scan.pages = 2;
  await screen.findByText('Příloha je zatím prázdná');
  await press('F9');
  await waitFor(() => expect(ids()).toHaveLength(2));
  const places = () =>
    counter.calls.flatMap(({ name, input }) =>
      name === 'attachments.scan' ? [Reflect.get(Object(input), 'place')] : [],
    );
  const [first, second] = ids();
  await waitFor(() =>
    expect(screen.getByRole('button', { name: /Skenovat/ })).toHaveProperty('disabled', false),
  );
  pages()[1]?.focus();
  await press('+');
  expect(await screen.findByRole('dialog')).toBeTruthy();
  await press('Escape');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  counter.world.scan = { pages: 0, parts: [], end: 'failed', failure: { code: 'scanner.jammed' } };
  pages()[1]?.focus();
  await press('s');
  await screen.findByText(/V podavači uvázl papír/);
  await waitFor(() =>
    expect(screen.getByRole('button', { name: /Skenovat/ }).getAttribute('aria-busy')).not.toBe('true'),
  );
  pages()[0]?.focus();
  await press('Insert');
  await waitFor(() =>
    expect(places()).toEqual([
      { at: 'end' },
      { at: 'instead', pageId: second },
      { at: 'before', pageId: first },
    ]),
  );
  // The clerk goes on where the page is, though none came.
  await waitFor(() => expect(document.activeElement).toBe(pages()[0]));
});

it('waits for the text of pages before they are bound, visibly, until it is read or the clerk goes on', async () => {
  const counter = await atAttachments();
  const bound = () => counter.calls.filter(({ name }) => name === 'services.complete-attachments').length;
  const asked = () => counter.calls.find(({ name }) => name === 'attachments.texts')?.input;
  await screen.findByText('Příloha je zatím prázdná');
  counter.world.textsLeft = 2;
  await fireEvent.click(screen.getByRole('button', { name: /Přílohy hotovy/ }));
  await screen.findByText('Čte se text stránek, zbývá: 2');
  const serviceId = String(Reflect.get(Object(asked()), 'serviceId'));
  counter.emit('texts-changed', { serviceId: newId(), left: 0 });
  counter.emit('texts-changed', { serviceId, left: 1 });
  await screen.findByText('Čte se text stránek, zbývá: 1');
  expect(bound()).toBe(0);
  counter.emit('texts-changed', { serviceId, left: 0 });
  await waitFor(() => expect(bound()).toBe(1));

  const other = await atAttachments();
  other.world.textsLeft = 1;
  await screen.findByRole('button', { name: /Přílohy hotovy/ });
  // The same keys twice: once before it is known what is waited for, and once while it is.
  const done = () => fireEvent.keyDown(document.body, { key: 'Enter', ctrlKey: true });
  await done();
  await done();
  await screen.findByText('Čte se text stránek, zbývá: 1');
  await done();
  const called = (called: string) => other.calls.filter(({ name }) => name === called).length;
  expect(called('attachments.texts')).toBe(1);
  expect(called('services.complete-attachments')).toBe(0);
  await fireEvent.keyDown(document.body, { key: 't', altKey: true });
  await waitFor(() => expect(called('services.complete-attachments')).toBe(1));
});

it('binds by itself only what the clerk saw when they said so: a page that changed meanwhile is shown first', async () => {
  const counter = await atAttachments();
  counter.world.scan.pages = 2;
  await screen.findByText('Příloha je zatím prázdná');
  await press('F9');
  await waitFor(() => expect(ids()).toHaveLength(2));
  counter.world.textsLeft = 2;
  const done = await screen.findByRole('button', { name: /Přílohy hotovy/ });
  await waitFor(() => expect(done).toHaveProperty('disabled', false));
  await fireEvent.click(done);
  await screen.findByText('Čte se text stránek, zbývá: 2');
  // What was read tells that a page lies askew.
  const [{ id: serviceId = '', slots = [], steps = [] } = {}] = counter.visit.services;
  const page = slots[0]?.pages[1];
  if (page) Object.assign(page, { lies: 90, changes: ['turned'] });
  counter.changed();
  await screen.findByText('otočeno');
  counter.emit('texts-changed', { serviceId, left: 0 });
  await screen.findByText(/^Přílohy se při dokončování změnily/);
  expect(steps[0]?.state).toBe('current');
  // Nor does the clerk's word that the text is not to be waited for change what the clerk saw.
  await fireEvent.click(done);
  await screen.findByText('Čte se text stránek, zbývá: 2');
  if (page) Object.assign(page, { lies: 0, changes: ['straightened'] });
  counter.changed();
  await screen.findByText('narovnáno');
  await fireEvent.keyDown(document.body, { key: 't', altKey: true });
  await screen.findByText(/^Přílohy se při dokončování změnily/);
  expect(steps[0]?.state).toBe('current');
  counter.world.textsLeft = 0;
  await fireEvent.click(done);
  await waitFor(() => expect(counter.visit.services[0]?.steps[0]?.state).toBe('done'));
});

it('leaves pages where they are while they are bound', async () => {
  const counter = await atAttachments();
  counter.world.scan.pages = 2;
  await screen.findByText('Příloha je zatím prázdná');
  await press('F9');
  await waitFor(() => expect(ids()).toHaveLength(2));
  counter.world.answers['services.complete-attachments'] = () => new Promise<never>(() => {});
  const done = await screen.findByRole('button', { name: /Přílohy hotovy/ });
  await waitFor(() => expect(done).toHaveProperty('disabled', false));
  await fireEvent.click(done);
  await waitFor(() => expect(done.getAttribute('aria-busy')).toBe('true'));
  await waitFor(() =>
    expect(counter.calls.some(({ name }) => name === 'services.complete-attachments')).toBe(true),
  );
  const before = counter.calls.length;
  pages()[0]?.focus();
  await fireEvent.keyDown(pages()[0] ?? document.body, { key: 'ArrowRight', altKey: true });
  for (const key of ['r', 'z', 'b', 's', 'Insert', 'Delete', 'F9']) await press(key);
  expect(counter.calls.slice(before).map(({ name }) => name)).toEqual([]);
});

it('shows a page as it was scanned and back, lighter and darker, by keys', async () => {
  const counter = await atAttachments();
  counter.world.scan.pages = 1;
  await screen.findByText('Příloha je zatím prázdná');
  await press('F9');
  await screen.findByText('oříznuto, narovnáno');
  const treated = () =>
    counter.calls.flatMap(({ name, input }) => {
      if (name !== 'attachments.treat-page') return [];
      const { pageId: _, ...changed } = Object(input);
      return [changed];
    });
  pages()[0]?.focus();
  await press('z');
  await screen.findByText('jak naskenováno');
  await press('b');
  await screen.findByText('jas +1');
  // Large, the same key does the same.
  await press('+');
  const dialog = await screen.findByRole('dialog');
  await fireEvent.keyDown(dialog.querySelector('[role="img"]') ?? dialog, { key: 'z' });
  await waitFor(() => expect(treated()).toEqual([{ undone: true }, { brightness: 1 }, { undone: false }]));
});

it('asks where each part of a batch goes, and moves nothing by itself', async () => {
  const counter = await atAttachments();
  counter.world.scan.pages = 5;
  counter.world.scan.parts = [2];
  await screen.findByText('Příloha je zatím prázdná');
  await press('F9');
  await screen.findByText(/^Dávka má zřejmě více dokumentů: 2/);
  expect(ids()).toHaveLength(5);
  expect(screen.getByText('2. část')).toBeTruthy();
  const moved = () => counter.calls.filter(({ name }) => name === 'attachments.move-pages');
  expect(moved()).toEqual([]);
  await fireEvent.click(screen.getByRole('button', { name: 'Ponechat pohromadě' }));
  await waitFor(() => expect(screen.queryByText(/^Dávka má zřejmě/)).toBeNull());
  expect(moved()).toEqual([]);
  expect(ids()).toHaveLength(5);
});

it('moves the parts of a batch to the attachments the clerk names, and to no other', async () => {
  const counter = await atAttachments([
    { id: 'decision', title: { cs: 'Rozhodnutí', en: 'Decision' } },
    { id: 'mandate', title: { cs: 'Plná moc', en: 'Power of attorney' } },
  ]);
  counter.world.scan.pages = 5;
  counter.world.scan.parts = [2, 4];
  await screen.findByText('Příloha je zatím prázdná');
  await press('F9');
  await screen.findByText(/^Dávka má zřejmě více dokumentů: 3/);
  const choices = screen
    .getAllByRole<HTMLSelectElement>('combobox')
    .filter(({ options }) => [...options].some(({ value }) => value === 'mandate'));
  // They follow one another, as a proposal.
  expect(choices.map(({ value }) => value)).toEqual(['enclosure', 'decision', 'mandate']);
  expect(choices.map(({ labels }) => labels?.[0]?.textContent?.replaceAll('\u00a0', ' ').trim())).toEqual([
    expect.stringContaining('1–2'),
    expect.stringContaining('3–4'),
    expect.stringContaining('5'),
  ]);
  const moved = () =>
    counter.calls.flatMap(({ name, input }) => (name === 'attachments.move-pages' ? [input] : []));
  expect(moved()).toEqual([]);
  await fireEvent.change(choices[1] as HTMLSelectElement, { target: { value: 'mandate' } });
  await fireEvent.change(choices[2] as HTMLSelectElement, { target: { value: 'enclosure' } });
  const all = ids();
  await fireEvent.click(screen.getByRole('button', { name: 'Rozdělit' }));
  await waitFor(() => expect(ids()).toEqual([all[0], all[1], all[4]]));
  expect(moved()).toEqual([{ pageIds: [all[2], all[3]], slotId: 'mandate' }]);
  await waitFor(() => expect(screen.queryByText(/^Dávka má zřejmě/)).toBeNull());
});

it('scans by the profile of the attachment, which the clerk changes by a key for this one', async () => {
  const counter = await atAttachments();
  counter.world.scan.pages = 1;
  await screen.findByText('Příloha je zatím prázdná');
  await fireEvent.keyDown(document.body, { key: 'p', altKey: true });
  await waitFor(() => expect(screen.getByLabelText('Účel')).toHaveProperty('value', 'card'));
  await press('F9');
  await waitFor(() => expect(ids()).toHaveLength(1));
  await fireEvent.click(screen.getByLabelText('oříznout'));
  await waitFor(() =>
    expect(screen.getByRole('button', { name: /Skenovat/ })).toHaveProperty('disabled', false),
  );
  await press('F9');
  await waitFor(() => expect(ids()).toHaveLength(2));
  const settings = counter.calls.flatMap(({ name, input }) =>
    name === 'attachments.scan' ? [Reflect.get(Object(input), 'settings')] : [],
  );
  expect(settings).toMatchObject([
    { crop: true, split: 'none', blank: false },
    { crop: false, split: 'none' },
  ]);
});

it('says that a separator sheet is printed only once it is, and what holds it up until then', async () => {
  const counter = await atAttachments();
  await screen.findByText('Příloha je zatím prázdná');
  await fireEvent.change(screen.getByLabelText(/^Zdroj/), { target: { value: 'feeder' } });
  await fireEvent.change(await screen.findByLabelText(/^Dělit dávku/), { target: { value: 'separators' } });
  await fireEvent.click(await screen.findByRole('button', { name: /oddělovací list/i }));
  await screen.findByText('Oddělovací list se tiskne.');
  const tell = (to: Partial<EventData<'print-changed'>>): void =>
    counter.emit('print-changed', {
      ...{ jobId: newId(), documentId: SEPARATOR_ID, kind: 'separator-sheet', copyNumber: 1, pages: 1 },
      ...{ visitId: null, state: 'accepted', trouble: null, at: '2026-12-01T08:00:00.000Z' },
      ...to,
    });
  tell({ trouble: { code: 'printer.out-of-paper' } });
  await screen.findByText(/došel papír/);
  tell({ state: 'failed', trouble: { code: 'printer.job-aborted' } });
  await screen.findByText(/zřejmě nevytiskl/);
  tell({ state: 'completed' });
  await screen.findByText(/je vytištěn\./);
});

it('says after an end of the counter which scan it cut off, and lets the clerk scan on', async () => {
  const counter = await atAttachments([{ id: 'decision', title: { cs: 'Rozhodnutí', en: 'Decision' } }]);
  counter.world.scan.end = 'scanning';
  await screen.findByText('Příloha je zatím prázdná');
  await press('F9');
  const stop = await screen.findByRole('button', { name: 'Zastavit skenování' });
  expect(screen.getByRole('button', { name: /Přílohy hotovy/ })).toHaveProperty('disabled', true);
  counter.connect(false);
  counter.visit.services[0]?.slots[0]?.warnings.push({
    code: 'attachments.scan-cut-off',
    params: { pages: 1 },
  });
  counter.connect(true);
  await screen.findByText(/^Skenování přerušil konec programu\. Uložené stránky: 1\./);
  await waitFor(() => expect(stop.textContent).toMatch(/Skenovat/));
  await waitFor(() =>
    expect(screen.getByRole('button', { name: /Přílohy hotovy/ })).toHaveProperty('disabled', false),
  );
});

it('takes no scan for running that a counter answers for which came back since', async () => {
  const counter = await atAttachments();
  await screen.findByText('Příloha je zatím prázdná');
  const [{ id: serviceId = '', slots = [] } = {}] = counter.visit.services;
  let answer = (): void => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  counter.world.answers['attachments.scan'] = async () => {
    await held;
    return ok({
      ...{ scanId: newId(), serviceId, slotId: slots[0]?.slotId ?? 'enclosure', state: 'scanning' as const },
      ...{ pagesDone: 0, separators: 0, progress: null, failure: null },
    });
  };
  await press('F9');
  const button = screen.getByRole('button', { name: /Skenovat/ });
  await waitFor(() => expect(button.getAttribute('aria-busy')).toBe('true'));
  counter.connect(false);
  counter.connect(true);
  answer();
  await waitFor(() => expect(button.getAttribute('aria-busy')).not.toBe('true'));
  expect(button.textContent).toMatch(/Skenovat/);
});

it('compares a scan with its paper by the pages that were bound, not by those that were scanned', async () => {
  const counter = await atAttachments([], {
    kind: 'conversion-to-electronic',
    steps: ['attachments', 'comparison', 'accept'],
  });
  counter.world.scan.pages = 2;
  await screen.findByText('Příloha je zatím prázdná');
  await press('F9');
  await waitFor(() => expect(ids()).toHaveLength(2));
  const done = await screen.findByRole('button', { name: /Naskenováno vše/ });
  await waitFor(() => expect(done).toHaveProperty('disabled', false));
  counter.calls.length = 0;
  await fireEvent.click(done);
  await screen.findByText('Porovnejte sken s listinou');
  const [{ id: serviceId = '' } = {}] = counter.visit.services;
  const shown = () =>
    counter.calls.flatMap(({ name, input }) => (name === 'conversions.scan-page' ? [input] : []));
  await waitFor(() => expect(shown()).toEqual([{ serviceId, page: 0, maxPixels: 1600 }]));
  expect(counter.calls.some(({ name }) => name === 'attachments.thumbnail')).toBe(false);

  // Only a hand agrees, once for each time it strikes: no code that is read with Enter behind it, no key that is held down.
  const agreed = () =>
    counter.calls.flatMap(({ name, input }) => (name === 'conversions.agree-page' ? [input] : []));
  await waitFor(() => expect(document.querySelector('.sheet img')).not.toBe(null));
  const sheet = document.querySelector<HTMLElement>('.sheet');
  sheet?.focus();
  const { strike, read } = keyboard();
  read('CZ1234567\n');
  strike('Enter', sheet, { repeat: true });
  strike('Enter', screen.getByRole('button', { name: /Strana.souhlasí/ }), { repeat: true });
  expect(agreed()).toEqual([]);
  strike('Enter');
  await waitFor(() => expect(agreed()).toEqual([{ serviceId, page: 1 }]));
});

it('does with a page nothing of what a code reader types', async () => {
  const counter = await atAttachments([{ id: 'decision', title: { cs: 'Rozhodnutí', en: 'Decision' } }]);
  counter.world.scan.pages = 2;
  await screen.findByText('Příloha je zatím prázdná');
  await press('F9');
  await waitFor(() => expect(ids()).toHaveLength(2));
  await waitFor(() =>
    expect(screen.getByRole('button', { name: /Skenovat/ })).toHaveProperty('disabled', false),
  );
  const done = () =>
    counter.calls.flatMap(({ name }) =>
      /^attachments\.(treat|rotate|delete|move|scan)/.test(name) ? [name] : [],
    );
  expect(done()).toEqual(['attachments.scan']);
  pages()[0]?.focus();
  const { strike, read } = keyboard();
  read('S2RZB-2');
  read('CZ22SBR\n');
  strike('r', pages()[0], { repeat: true });
  strike('Delete', pages()[0], { repeat: true });
  strike('b');
  await waitFor(() => expect(done()).toEqual(['attachments.scan', 'attachments.treat-page']));
});
