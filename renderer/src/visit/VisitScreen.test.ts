import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import type { ZoneOfImage } from '../../../electron/contract/identity.ts';
import { type ServiceView, serviceDefinition } from '../../../electron/contract/services.ts';
import { uuidv7 } from '../../../electron/values/ids.ts';
import { buildMrz, type MrzContent } from '../../../electron/values/testing/build-mrz.ts';
import generalSubmission from '../../../resources/catalogue/services/general-submission.json' with {
  type: 'json',
};
import legalizace from '../../../resources/catalogue/services/legalizace.json' with { type: 'json' };
import {
  createScriptedCounter,
  readingOf,
  type World,
} from '../../../test/previews/visit/scripted-counter.ts';
import { createClient } from '../counter/client.ts';
import { createDesk } from '../counter/desk.svelte.ts';
import { createIntents } from '../counter/intents.ts';
import { keyboard } from '../shell/testing/keyboard.ts';
import Harness from './testing/Harness.svelte';

const content: MrzContent = {
  ...{ format: 'TD1', documentCode: 'ID', issuer: 'CZE', documentNumber: '998001234', nationality: 'CZE' },
  ...{ birthDate: { year: 1984, month: 5, day: 17 }, expiryDate: { year: 2033, month: 8, day: 2 }, sex: 'F' },
  ...{ surname: 'Nováková', givenNames: 'Žaneta' },
};
const withWrongDigit = (): string[] =>
  buildMrz(content).map((line, index) =>
    index === 0 ? `${line.slice(0, 14)}${(Number(line.charAt(14)) + 3) % 10}${line.slice(15)}` : line,
  );

const imageOf = (lines: readonly string[]): ZoneOfImage => ({
  format: 'TD1',
  turn: 0,
  lines: lines.map((line) => [...line].map((character) => ({ character, confidence: 0.99, seen: null }))),
});

// Names of roles keep the non-breaking spaces of Czech typography.
const named = (text: string): RegExp =>
  new RegExp(`^${text.replace(/[()]/g, '\\$&').replaceAll(' ', '\\s')}`);

let opened = 0;
async function open(world: Partial<World> = {}, first = 'Kdo přišel k přepážce') {
  const counter = createScriptedCounter(world);
  // Drafts belong to a visit's id; each test has a visit of its own.
  opened += 1;
  counter.visit.id = `01900000-0000-7000-8000-9${String(opened).padStart(11, '0')}`;
  const stored = new Map<string, string>();
  const bugs: unknown[] = [];
  const newId = (): string =>
    uuidv7({ now: Date.now, random: (n) => crypto.getRandomValues(new Uint8Array(n)) });
  const client = createClient({
    bridge: counter.bridge,
    intents: createIntents(
      { getItem: (key) => stored.get(key) ?? null, setItem: (key, value) => stored.set(key, value) },
      newId,
      Date.now,
    ),
    reportBug: (_id, what) => bugs.push(what),
    newBugId: newId,
  });
  const left = vi.fn();
  render(Harness, { desk: createDesk(client), visitId: counter.visit.id, onleave: left });
  await heading(first);
  const sent = (name: string): unknown[] =>
    counter.calls.filter((call) => call.name === name).map(({ input }) => input);
  return { counter, bugs, left, sent };
}
const heading = (name: string) => screen.findByRole('heading', { level: 1, name: named(name) });
const fill = (label: string, value: string) =>
  fireEvent.input(screen.getAllByLabelText(label)[0] ?? document.body, { target: { value } });
// happy-dom does not know which option is `:checked`, which is how the window reads a select.
const choose = async (label: string, value: string): Promise<void> => {
  const select = screen.getByLabelText(label);
  const option = select.querySelector(`option[value="${value}"]`);
  vi.spyOn(select, 'querySelector').mockReturnValue(option);
  await fireEvent.change(select);
};
const press = (key: string, keys: { ctrlKey?: boolean; altKey?: boolean } = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...keys });
const next = async (label: string): Promise<void> => {
  await waitFor(() =>
    expect(screen.getByRole('button', { name: named(label) })).toHaveProperty('disabled', false),
  );
  await press('Enter', { ctrlKey: true });
};

async function verified(desk: Awaited<ReturnType<typeof open>>): Promise<void> {
  desk.counter.read(buildMrz(content));
  await heading('Ověření totožnosti');
  await fill('Jméno, popř. jména', 'Žaneta');
  await fill('Příjmení', 'Nováková');
  await next('Potvrdit totožnost');
  await heading('Výběr služby');
}
async function start(title: string): Promise<void> {
  const filter = await screen.findByRole('combobox', { name: named('Hledat službu') });
  await fireEvent.input(filter, { target: { value: title } });
  await waitFor(() => expect(screen.getAllByRole('option')).toHaveLength(1));
  await fireEvent.keyDown(filter, { key: 'Enter' });
}

describe('a visit somebody else served', () => {
  it('is shown once the clerk said why', async () => {
    const failing: World['failing'] = { name: 'visits.get', failure: { code: 'look.purpose-missing' } };
    const desk = await open({ failing }, 'Návštěva');
    await screen.findByRole('heading', { name: named('Proč se na návštěvu díváte') });
    await fireEvent.click(await screen.findByRole('button', { name: /^Zobrazit návštěvu/ }));
    await heading('Kdo přišel k přepážce');
    expect(desk.sent('search.open')).toEqual([
      { visitId: desk.counter.visit.id, purpose: { code: 'person-asks', note: '' } },
    ]);
  });
});

describe('the document of a witness', () => {
  it('read by the reader goes to the witness whose fields the hand is in, else to the first who has none', async () => {
    const [signed] = [
      { ...serviceDefinition.parse(legalizace), steps: ['signing' as const, 'issue' as const] },
    ];
    const desk = await open({ definitions: [signed] });
    await verified(desk);
    await start('Legalizace');
    await heading('Legalizace');
    const fieldOf = (name: string) => document.querySelector<HTMLInputElement>(`[name="${name}"]`);
    await waitFor(() => expect(fieldOf('cannotRead')).toBeTruthy());
    const read = (documentNumber: string) => desk.counter.read(buildMrz({ ...content, documentNumber }));
    // Nobody is asked for: the applicant is verified, and no witness is needed.
    read('998001300');
    expect(fieldOf('witness0.number')).toBeNull();
    await fireEvent.click(fieldOf('cannotRead') ?? document.body);
    await waitFor(() => expect(fieldOf('witness0.number')).toBeTruthy());
    fieldOf('witness1.number')?.focus();
    read('998001302');
    await waitFor(() => expect(fieldOf('witness1.number')?.value).toBe('998001302'));
    expect(fieldOf('witness0.number')?.value).toBe('');
    fieldOf('birthPlace')?.focus();
    read('998001301');
    await waitFor(() => expect(fieldOf('witness0.number')?.value).toBe('998001301'));
    expect(fieldOf('witness1.number')?.value).toBe('998001302');
    // The name is never taken from the zone.
    expect(fieldOf('witness0.surname')?.value).toBe('');
    expect(desk.sent('identity.take-document')).toHaveLength(1);
    expect(desk.bugs).toEqual([]);
  });
});

describe('a service that asks for a stronger verification', () => {
  const asking = (identityStrength: 'read' | 'proven') => ({
    definitions: [
      {
        ...serviceDefinition.parse(generalSubmission),
        ...{ id: 'strong', order: 0, title: { cs: 'Silná služba', en: 'Strong service' }, identityStrength },
      },
    ],
  });
  const choose = async (): Promise<void> => {
    const filter = await screen.findByRole('combobox', { name: named('Hledat službu') });
    await fireEvent.input(filter, { target: { value: 'Silná' } });
  };

  it('says by what at this desk it is reached, and one key opens the confirmation again and begins', async () => {
    const answers: World['answers'] = {
      'devices.card-readers': () => ({ ok: true, value: [{ name: 'ACR', card: null }] }),
    };
    const desk = await open({ ...asking('proven'), answers });
    await verified(desk);
    await choose();
    await screen.findByRole('heading', { name: named('Čím lze ověření na této přepážce zesílit') });
    // A zone proves no more than is there already.
    expect(screen.queryByRole('button', { name: named('Přečíst doklad čtečkou') })).toBeNull();
    await screen.findByRole('button', { name: named('Přečíst čip dokladu') });
    await press('F9');
    await heading('Čip dokladu');
    expect(desk.sent('identity.reopen')).toEqual([{ visitId: desk.counter.visit.id }]);
    expect(desk.bugs).toEqual([]);
  });

  it('says what to do where nothing at this desk reaches it', async () => {
    await verified(await open(asking('proven')));
    await choose();
    await screen.findByText(named('Čip dokladu nelze na této přepážce přečíst'));
  });

  it('is reached by the reader after a document that was typed', async () => {
    const desk = await open(asking('read'));
    await verified(desk);
    desk.counter.visit.identity.strength = 'seen';
    await fireEvent.click(screen.getByRole('combobox', { name: named('Hledat službu') }));
    desk.counter.emit('frame-changed', desk.counter.frame());
    await choose();
    await screen.findByRole('button', { name: named('Přečíst doklad čtečkou') });
    await press('c', { altKey: true });
    await heading('Kdo přišel k přepážce');
    desk.counter.read(buildMrz(content));
    await heading('Ověření totožnosti');
  });
});

describe('the person', () => {
  it('is taken from the reader at once and confirmed from the visual zone, never from the machine-readable one', async () => {
    const desk = await open();
    await verified(desk);
    expect(desk.sent('identity.take-document')).toMatchObject([
      {
        document: { number: '998001234', kind: 'id-card', source: 'reader' },
        zone: buildMrz(content).join('\n'),
      },
    ]);
    expect(desk.sent('identity.confirm')).toMatchObject([
      {
        name: { givenNames: 'Žaneta', surname: 'Nováková' },
        birthDate: { year: 1984, month: 5, day: 17 },
        actingAs: 'in-person',
      },
    ]);
    expect(desk.bugs).toEqual([]);
  });

  it('leaves the name empty and says whether the typed one agrees with the zone', async () => {
    const { counter } = await open();
    counter.read(buildMrz(content));
    await heading('Ověření totožnosti');
    expect(screen.getByLabelText('Příjmení')).toHaveProperty('value', '');
    await fill('Jméno, popř. jména', 'Žaneta');
    await fill('Příjmení', 'Novák');
    expect(await screen.findByText('jméno se liší od strojové zóny')).toBeTruthy();
    await fill('Příjmení', 'Nováková');
    expect(await screen.findByText('jméno odpovídá strojové zóně')).toBeTruthy();
  });

  it('whose data differ from the zone stands beside it; it is confirmed once the clerk decided with a reason', async () => {
    const { counter, sent, bugs } = await open();
    counter.read(buildMrz(content));
    await heading('Ověření totožnosti');
    await fill('Jméno, popř. jména', 'Žaneta Marie');
    await fill('Příjmení', 'Veselá');
    const row = (field: string) => document.querySelector(`[data-compared="${field}"]`);
    await waitFor(() => expect(row('surname')?.textContent).toMatch(/Veselá\s*NOVAKOVA\s*liší se/));
    expect(row('givenNames')?.textContent).toMatch(/liší se: jedno jméno chybí/);
    expect(row('birthDate')?.textContent).toMatch(/shoda/);
    await next('Potvrdit totožnost');
    expect(await screen.findByText(/Zapsané údaje se liší od toho, co říká doklad/)).toBeTruthy();

    // By keys alone: the first open one asks for a reason, the one without weight does not.
    await press('r', { altKey: true });
    await fill('Důvod', 'předložila oddací list');
    await fireEvent.click(
      screen
        .getAllByRole('button', { name: /^Platí zapsaný údaj/ })
        .find((one) => one.closest('dialog, [role=dialog]')) ?? document.body,
    );
    await waitFor(() => expect(row('surname')?.textContent).toMatch(/předložila oddací list/));
    await press('r', { altKey: true });
    await waitFor(() => expect(row('givenNames')?.textContent).toMatch(/platí zapsaný údaj/));
    await next('Potvrdit totožnost');
    await heading('Výběr služby');
    expect(sent('identity.confirm').at(-1)).toMatchObject({
      settled: [
        { field: 'surname', reason: 'předložila oddací list' },
        { field: 'givenNames', reason: null },
      ],
    });
    await press('1', { altKey: true });
    await heading('Totožnost ověřena');
    const shown = screen.getByText('Porovnáno').nextElementSibling?.textContent ?? '';
    expect(shown).toMatch(/Liší se příjmení: strojová zóna ze čtečky \(předložila oddací list\)/);
    expect(document.querySelector('[data-strength]')?.getAttribute('data-strength')).toBe('seen');
    expect(bugs).toEqual([]);
  });

  it('is read from the chip: opened by six digits, shown check by check, taken over as the chip says', async () => {
    const { counter, sent, bugs } = await open();
    await press('F9');
    await heading('Čip dokladu');
    await fill('Číslo CAN', '12345');
    await next('Přečíst čip');
    expect(await screen.findByText('CAN má přesně šest číslic.')).toBeTruthy();
    await fill('Číslo CAN', '123 456');
    await next('Přečíst čip');
    expect(await screen.findByText('Průběh čtení')).toBeTruthy();
    expect(sent('identity.read-chip')).toMatchObject([{ key: { kind: 'can', can: '123456' } }]);
    counter.chip({ state: 'reading', part: 'photo', fraction: 0.5 });
    await waitFor(() => expect(screen.getByRole('progressbar', { name: 'Fotografie' })).toBeTruthy());
    counter.chip({ state: 'failed', failure: { code: 'chip.removed' } });
    expect(await screen.findByText(/Doklad byl během čtení odebrán/)).toBeTruthy();
    counter.chip({
      state: 'done',
      result: {
        zone: readingOf(buildMrz(content)),
        photo: { bytes: Uint8Array.of(0xff, 0xd8, 0xff), mediaType: 'image/jpeg' },
        proof: {
          strength: 'data-proven',
          checks: [
            { name: 'groups', state: 'passed', reason: null },
            { name: 'chip', state: 'not-checked', reason: 'chip-offers-none' },
          ],
        },
      },
    });
    expect(
      await screen.findByRole('img', { name: named('Fotografie držitele z čipu dokladu') }),
    ).toBeTruthy();
    expect(screen.getByText('Čip takové ověření neumožňuje.')).toBeTruthy();
    await next('Převzít údaje z čipu');
    await heading('Ověření totožnosti');
    expect(sent('identity.take-document')).toMatchObject([
      { document: { number: '998001234', kind: 'id-card', source: 'chip' }, zone: null },
    ]);
    await waitFor(() => expect(sent('identity.end-chip')).toHaveLength(1));
    expect(bugs).toEqual([]);
  });

  it('that was read before opens the chip by its own data, unless the clerk takes the digits', async () => {
    const { counter, sent } = await open();
    counter.read(buildMrz(content));
    await heading('Ověření totožnosti');
    await press('F9');
    await heading('Čip dokladu');
    await next('Přečíst čip');
    await waitFor(() => expect(sent('identity.read-chip')).toHaveLength(1));
    counter.chip({ state: 'failed', failure: { code: 'chip.wrong-key' } });
    await fireEvent.click(await screen.findByLabelText(named('Šest číslic z dokladu (CAN)')));
    await fill('Číslo CAN', '123456');
    await next('Číst znovu');
    await waitFor(() => expect(sent('identity.read-chip')).toHaveLength(2));
    expect(sent('identity.read-chip')).toMatchObject([
      {
        key: {
          kind: 'document',
          number: '998001234',
          birthDate: { year: 1984, month: 5, day: 17 },
          expiry: '2033-08-02',
        },
      },
      { key: { kind: 'can', can: '123456' } },
    ]);
  });

  it('with a wrong check digit is compared and corrected by the clerk, and that is told', async () => {
    const { counter, sent } = await open();
    counter.read(withWrongDigit());
    await heading('Porovnejte údaje s dokladem');
    expect(sent('identity.take-document')).toEqual([]);
    await fill('Číslo dokladu', '998001235');
    await next('Porovnáno');
    await heading('Ověření totožnosti');
    expect(sent('identity.take-document')).toMatchObject([
      { document: { number: '998001235', source: 'reader' }, zone: withWrongDigit().join('\n') },
    ]);
  });

  it('keeps what is typed when a reading fails or garbage comes', async () => {
    const { counter } = await open();
    await fill('Strojově čitelné řádky dokladu', 'IDCZE998');
    counter.read(['IDCZE9980', '12']);
    expect(await screen.findByText(/není úplný|řádků místo/)).toBeTruthy();
    expect(screen.getByLabelText('Strojově čitelné řádky dokladu')).toHaveProperty('value', 'IDCZE998');
  });

  it('is read from an image by one key, with what is doubtful in words; mended and confirmed, it says what was changed', async () => {
    const image = imageOf(buildMrz(content));
    const [first = []] = image.lines;
    // The fifth digit of the number looked like an O, the eighth could not be read, a letter of the name is doubtful.
    first[9] = { character: first[9]?.character ?? '', confidence: 0.2, seen: 'O' };
    first[12] = { character: null, confidence: 0, seen: null };
    const name = image.lines[2] ?? [];
    name[2] = { character: name[2]?.character ?? '', confidence: 0.71, seen: null };
    const { sent } = await open({ image });
    await screen.findByRole('button', { name: named('Přečíst z obrazu') });
    await press('o', { altKey: true });
    const field = await waitFor(() => {
      const found = screen.getByLabelText('Strojově čitelné řádky dokladu');
      expect(found).toHaveProperty('value', expect.stringContaining('?'));
      return found as HTMLTextAreaElement;
    });
    expect(screen.getByText('1. řádek, 10. znak: viděno O, zapsáno 0')).toBeTruthy();
    expect(screen.getByText('1. řádek, 13. znak')).toBeTruthy();
    expect(screen.getByText(/^3. řádek, 3. znak: . \(71 %\)$/)).toBeTruthy();
    expect(sent('identity.take-document')).toEqual([]);
    expect(screen.getByRole('button', { name: named('Použít řádky') })).toHaveProperty('disabled', true);

    await fill('Strojově čitelné řádky dokladu', field.value.replace('?', '3'));
    await next('Použít řádky');
    await heading('Ověření totožnosti');
    expect(sent('identity.take-document')).toMatchObject([
      {
        document: { number: '998001234', source: 'image' },
        zone: buildMrz(content).join('\n'),
      },
    ]);
    expect(screen.getByText('z obrazu, opraveno znaků: 2')).toBeTruthy();
  });

  it('typed anew after an image is a typed document', async () => {
    const { sent } = await open({ image: imageOf(buildMrz(content)) });
    await screen.findByRole('button', { name: named('Přečíst z obrazu') });
    await press('o', { altKey: true });
    await screen.findByText(/jistotou aspoň 90/);
    await fill('Strojově čitelné řádky dokladu', '');
    await fill('Strojově čitelné řádky dokladu', buildMrz(content).join('\n'));
    await next('Použít řádky');
    await heading('Ověření totožnosti');
    expect(sent('identity.take-document')).toMatchObject([{ document: { source: 'typed-mrz' } }]);
  });

  it('stays to be typed when nothing was found in the image', async () => {
    await open({
      image: imageOf(buildMrz(content)),
      failing: { name: 'identity.read-image', failure: { code: 'mrz-image.none' } },
    });
    await fill('Strojově čitelné řádky dokladu', 'IDCZE998');
    await press('o', { altKey: true });
    expect(await screen.findByText(/nejsou strojově čitelné řádky/)).toBeTruthy();
    expect(screen.getByLabelText('Strojově čitelné řádky dokladu')).toHaveProperty('value', 'IDCZE998');
  });

  it('does not confirm while the register is being asked', async () => {
    const { counter, sent } = await open({ register: { state: 'asking', asOf: null, listedSince: null } });
    counter.read(buildMrz(content));
    await heading('Ověření totožnosti');
    await press('Enter', { ctrlKey: true });
    expect(sent('identity.confirm')).toEqual([]);
  });

  it('with an expired document can only be refused', async () => {
    const { counter } = await open();
    counter.read(buildMrz({ ...content, expiryDate: { year: 2021, month: 3, day: 4 } }));
    await heading('Ověření totožnosti');
    expect(await screen.findByRole('button', { name: /^Odmítnout totožnost/ })).toBeTruthy();
    expect(screen.queryByRole('button', { name: /Pokračovat s.odůvodněním/ })).toBeNull();
  });

  it('with a listed document is refused, or confirmed with a reason', async () => {
    const { counter } = await open({ register: { state: 'listed', asOf: '2026-03-31', listedSince: null } });
    counter.read(buildMrz(content));
    await heading('Ověření totožnosti');
    expect(await screen.findByRole('button', { name: /Pokračovat s.odůvodněním/ })).toBeTruthy();
    expect(screen.getByRole('button', { name: /^Odmítnout totožnost/ })).toBeTruthy();
  });

  it('says of an unlisted document that this does not make it valid', async () => {
    const { counter } = await open();
    counter.read(buildMrz(content));
    expect(await screen.findByText(/To neznamená, že je platný/)).toBeTruthy();
  });

  it('keeps every field and shows the sentence when the confirmation fails', async () => {
    const { counter } = await open({
      failing: { name: 'identity.confirm', failure: { code: 'store.no-space' } },
    });
    counter.read(buildMrz(content));
    await heading('Ověření totožnosti');
    await fill('Příjmení', 'Nováková');
    await next('Potvrdit totožnost');
    expect(await screen.findByText(/Disk je plný/)).toBeTruthy();
    expect(screen.getByLabelText('Příjmení')).toHaveProperty('value', 'Nováková');
  });
});

describe('a form', () => {
  it('is kept by itself, and a restart of the counter neither loses typing nor moves the clerk', async () => {
    const desk = await open();
    await verified(desk);
    await start('obecne');
    await heading('Obecné podání');
    expect(await screen.findByLabelText(/Adresa pro doručování/)).toBeTruthy();
    await fill('Věc', 'Oprava chodníku');
    await waitFor(() =>
      expect(desk.sent('services.save-form').at(-1)).toMatchObject({ data: { subject: 'Oprava chodníku' } }),
    );
    desk.counter.connect(false);
    await fill('Věc', 'Oprava chodníku před domem');
    desk.counter.connect(true);
    await waitFor(() =>
      expect(desk.sent('services.save-form').at(-1)).toMatchObject({
        data: { subject: 'Oprava chodníku před domem' },
      }),
    );
    await heading('Obecné podání');
    expect(screen.getByLabelText('Věc')).toHaveProperty('value', 'Oprava chodníku před domem');
  });

  it('shows what is missing only when the clerk wants to go on, and then all of it', async () => {
    const desk = await open();
    await verified(desk);
    await start('obecne');
    await heading('Obecné podání');
    expect(screen.queryByText('Vyplňte tento údaj.')).toBeNull();
    await next('Formulář hotov');
    expect(await screen.findByText('K doplnění nebo opravě: 4')).toBeTruthy();
    expect(desk.sent('services.complete-form')).toEqual([]);
  });
});

describe('a certified copy', () => {
  it('goes from the questions to the number by the keyboard alone, without any identity', async () => {
    const desk = await open();
    await press('2', { altKey: true });
    await heading('Výběr služby');
    await start('vidi');
    await screen.findByText(/Klávesa A = ano/);
    const row = (index: number) =>
      document.querySelector<HTMLInputElement>(`[data-question="${index}"] input`) ?? document.body;
    // A code that is read answers nothing.
    row(0).focus();
    const { strike, read } = keyboard();
    read('ANY-NAY-7');
    for (const [index, key] of ['n', 'n', 'n', 'n', 'n', 'a', 'a'].entries()) {
      expect(document.querySelectorAll('[data-question] input:checked')).toHaveLength(index);
      strike(key, row(index));
      await waitFor(() =>
        expect(document.querySelectorAll('[data-question] input:checked')).toHaveLength(index + 1),
      );
    }
    await next('Bez překážek');
    await screen.findByText('Předložená listina');
    await fill('Označení listiny', 'vysvědčení');
    await choose('Listina je', 'original');
    await next('Potvrdit počty');
    await next('Přidělit číslo');
    expect(await screen.findByText('148/2026')).toBeTruthy();
    expect(desk.sent('services.set-count')).toMatchObject([
      { count: { sourceSheets: 1, copyPages: 1, feePages: 1 } },
    ]);
    expect(desk.sent('identity.take-document')).toEqual([]);
  });

  it('answers one question after the other by keys that come before the focus has moved', async () => {
    await open();
    await press('2', { altKey: true });
    await heading('Výběr služby');
    await start('vidi');
    await screen.findByText(/Klávesa A = ano/);
    const first = document.querySelector<HTMLInputElement>('[data-question="0"] input');
    first?.focus();
    const { strike } = keyboard();
    for (const key of ['n', 'n', 'n', 'a']) strike(key, first);
    const answered = () =>
      [...document.querySelectorAll<HTMLInputElement>('[data-question] input:checked')].map((input) =>
        [...(input.closest('[data-question]')?.querySelectorAll('input') ?? [])].indexOf(input),
      );
    await waitFor(() => expect(answered()).toEqual([1, 1, 1, 0]));
  });

  it('is refused by one answer, only when the clerk says so', async () => {
    const desk = await open();
    await press('2', { altKey: true });
    await heading('Výběr služby');
    await start('vidi');
    await screen.findByText(/Klávesa A = ano/);
    await fireEvent.keyDown(document.querySelector('[data-question="0"] input') ?? document.body, {
      key: 'a',
    });
    expect(await screen.findByText('Vidimaci nelze provést')).toBeTruthy();
    expect(desk.sent('services.answer-exclusions')).toEqual([]);
    await next('Odmítnout vidimaci');
    expect(await screen.findByText('Služba byla odmítnuta')).toBeTruthy();
  });
});

describe('the primary action', () => {
  it('is done once however often it is pressed', async () => {
    const desk = await open();
    desk.counter.read(buildMrz(content));
    await heading('Ověření totožnosti');
    await fill('Jméno, popř. jména', 'Žaneta');
    await fill('Příjmení', 'Nováková');
    await Promise.all([
      press('Enter', { ctrlKey: true }),
      press('Enter', { ctrlKey: true }),
      press('Enter', { ctrlKey: true }),
    ]);
    await heading('Výběr služby');
    expect(desk.sent('identity.confirm')).toHaveLength(1);
  });
});

const accepted = (
  id: string,
  asked: NonNullable<ServiceView['acceptance']>['delivery']['asked'] = null,
): NonNullable<ServiceView['acceptance']> => ({
  ...{ actId: id, submissionId: id, at: '2026-04-01T08:12:00.000Z', prints: [], corrections: 0 },
  delivery: {
    ...{ state: 'reference-number', referenceNumber: 'MUNY/1/2026', fileNumber: null, problem: null },
    asked,
    course: null,
  },
});

describe('the hand-over', () => {
  it('names each thing, also of two services of one kind', async () => {
    const desk = await open();
    await verified(desk);
    await start('obecne');
    await heading('Obecné podání');
    const [service] = desk.counter.visit.services;
    if (!service) throw new Error('no service was started');
    service.state = 'done';
    service.acceptance = accepted(desk.counter.visit.id);
    desk.counter.visit.services.push({ ...service, id: '01900000-0000-7000-8000-800000000001' });
    desk.counter.changed();
    await press('0', { altKey: true });
    await heading('Předání');
    expect(screen.getAllByText('potvrzení o přijetí – Obecné podání')).toHaveLength(2);
  });
});

describe('a visit that is over', () => {
  it('leads back, and nothing of the person stays in the window', async () => {
    const desk = await open();
    desk.counter.read(buildMrz(content));
    await heading('Ověření totožnosti');
    desk.counter.visit.state = 'parked';
    desk.counter.changed();
    expect(await screen.findByText('Návštěva č. 27 je odložena')).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: /^Zpět/ }));
    expect(desk.left).toHaveBeenCalledOnce();
  });

  it('shows what the office asks for, with the letter, and what was printed of the person', async () => {
    const desk = await open();
    await verified(desk);
    await start('obecne');
    await heading('Obecné podání');
    const [service] = desk.counter.visit.services;
    if (!service) throw new Error('no service was started');
    service.state = 'done';
    service.acceptance = accepted(desk.counter.visit.id, {
      reason: { cs: 'Doplňte místo lavičky.', en: 'Say where the bench is.' },
      deadline: '2026-12-24',
    });
    desk.counter.visit.state = 'closed';
    desk.counter.changed();
    await heading('Návštěva č. 27');
    expect(await screen.findByText(/Doplňte místo lavičky/)).toBeTruthy();
    expect(screen.getByText(/24\. 12\. 2026/)).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Vytisknout výzvu' })).toBeTruthy();
  });

  it('still shows what came of it, and what was accepted is corrected there', async () => {
    const desk = await open();
    await verified(desk);
    await start('obecne');
    await heading('Obecné podání');
    const id = desk.counter.visit.id;
    const [service] = desk.counter.visit.services;
    if (!service) throw new Error('no service was started');
    service.state = 'done';
    service.acceptance = {
      actId: id,
      submissionId: id,
      at: '2026-04-01T08:12:00.000Z',
      prints: [],
      delivery: {
        state: 'rejected',
        referenceNumber: 'MUNY/1/2026',
        fileNumber: null,
        asked: null,
        problem: { code: 'queue.rejected-by-office' },
        course: null,
      },
      corrections: 0,
    };
    desk.counter.visit.state = 'closed';
    desk.counter.changed();
    await heading('Návštěva č. 27');
    expect(await screen.findByText('MUNY/1/2026')).toBeTruthy();
    expect(screen.getByText(/Úřad podání odmítl/)).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: 'Opravit přijaté' }));
    const dialog = await screen.findByRole('dialog');
    await fireEvent.input(screen.getByLabelText(/Co se opravuje/), {
      target: { value: 'Správně je č. 12.' },
    });
    await fireEvent.click(within(dialog).getByRole('button', { name: 'Provést opravu' }));
    expect(await screen.findByText('Počet oprav: 1')).toBeTruthy();
    expect(desk.sent('services.correct')).toEqual([
      { serviceId: service.id, correction: 'Správně je č. 12.' },
    ]);
  });
});
