import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { expect, it } from 'vitest';
import { addDays, legalDate } from '../../../../electron/values/time.ts';
import { createScriptedCounter, type World } from '../../../../test/previews/visit/scripted-counter.ts';
import { createClient } from '../../counter/client.ts';
import { createDesk } from '../../counter/desk.svelte.ts';
import { createIntents } from '../../counter/intents.ts';
import Harness from '../testing/Harness.svelte';
import type { PersonPage } from './page.ts';

const today = legalDate(new Date());
const asOf = '2026-04-01T08:00:00.000Z';
const id = (n: number): string => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const purpose = { code: 'person-asks', note: '' };

const submission = (n: number, subject: string, state: 'assigned' | 'completion-asked' | 'closed') => ({
  submissionId: id(n),
  medium: 'paper' as const,
  office: 'Městský úřad Klatovy',
  subject,
  handedInOn: '2026-02-03',
  receiptNumber: null,
  referenceNumber: `MUKT/${n}/2026`,
  states: [
    { state: 'received' as const, at: asOf, by: null, note: null, deadline: null },
    {
      state,
      at: asOf,
      by: null,
      note: null,
      deadline: state === 'completion-asked' ? addDays(today, 5) : null,
    },
  ],
  asOf,
});
const message = {
  messageId: id(50),
  officeId: 'klatovy',
  office: 'Městský úřad Klatovy',
  subject: 'Výzva',
  sentAt: asOf,
  referenceNumber: null,
  attachments: 0,
  isRead: false,
  handedOverAt: null,
  repliedAt: null,
};
const account: NonNullable<PersonPage['accounts']>['own'][number] = {
  accountId: id(60),
  registrationNumber: 'U-2026-000007',
  kind: 'person',
  state: 'registered',
  name: 'Žaneta Nováková',
  userName: 'zaneta',
  email: null,
  phone: null,
  birthDate: null,
  ico: null,
  registeredAt: asOf,
  activatedAt: null,
  mergedInto: null,
  users: [],
  memberOf: [],
};
const page: PersonPage = {
  verified: {
    who: { kind: 'person', name: { givenNames: 'Žaneta', surname: 'Nováková' } },
    actingAs: 'in-person',
    concerns: null,
    at: asOf,
    by: { clerkId: '', name: { titlesBefore: 'Bc.', givenNames: 'Alžběta', surname: 'Novotná' } },
    documentKind: 'id-card',
    means: 'reader',
    strength: 'read',
    compared: [
      { field: 'surname', with: 'reader', agreement: 'alike', how: null, reason: null },
      { field: 'expiry', with: 'reader', agreement: 'differs', how: null, reason: null },
    ],
    notChecked: ['chip-not-read', 'population-register'],
  },
  accounts: { own: [account], alike: 0 },
  organisations: [
    {
      name: 'Spolek přátel žížal',
      ico: '99900211',
      rights: null,
      statutoryBody: { together: 2 },
      isRegisterAsked: true,
      inVisitAs: null,
      powers: [{ scope: { cs: 'jen uživatelé', en: 'users only' }, validTo: addDays(today, 3) }],
    },
  ],
  submissions: {
    submissions: [
      submission(1, 'Kácení lípy', 'assigned'),
      submission(2, 'Ohlášení plotu', 'completion-asked'),
      submission(3, 'Stará věc', 'closed'),
    ],
    asOf,
    isFresh: true,
  },
  mailbox: { hasMailbox: true, messages: [message], asOf, isFresh: true },
  bookings: { bookings: [], asOf, isFresh: true },
  services: [
    { holder: 'person', action: 'activate', definitionId: 'account-citizen' },
    { holder: 'organisation', action: 'change-users', definitionId: 'account-organisation' },
  ],
  proxyWarningDays: 30,
};

let opened = 0;
async function open(shown: PersonPage, answers: World['answers'] = {}) {
  const counter = createScriptedCounter({
    failing: { name: 'services.start', failure: { code: 'store.no-space' } },
    answers: {
      'looks.purposes': () => ({
        ok: true,
        value: [
          { code: 'person-asks', label: { cs: 'Žádá sám', en: 'Asks' }, needsNote: false, isDefault: true },
        ],
      }),
      'person.look': () => ({ ok: true, value: shown }),
      'mailbox.open': () => ({
        ok: true,
        value: {
          header: { ...message, isRead: true },
          body: 'Dobrý den',
          attachments: [],
          asOf,
          isFresh: true,
        },
      }),
      ...answers,
    },
  });
  opened += 1;
  counter.visit.id = `01900000-0000-7000-8000-8${String(opened).padStart(11, '0')}`;
  counter.visit.identity = {
    ...counter.visit.identity,
    state: 'verified',
    actingAs: 'in-person',
    applicant: { kind: 'person', name: { givenNames: 'Žaneta', surname: 'Nováková' } },
  };
  const client = createClient({
    bridge: counter.bridge,
    intents: createIntents({ getItem: () => null, setItem: () => {} }, () => id(900 + opened), Date.now),
    reportBug: (_id, what) => {
      throw new Error(String(what));
    },
    newBugId: () => id(999),
  });
  render(Harness, { desk: createDesk(client), visitId: counter.visit.id, onleave: () => {} });
  await screen.findByRole('heading', { level: 1, name: /^Výběr\sslužby/ });
  await press('v', { altKey: true });
  await screen.findByRole('heading', { level: 1, name: /^Věci\sosoby/ });
  const sent = (name: string): unknown[] =>
    counter.calls.filter((call) => call.name === name).map(({ input }) => input);
  return { counter, sent };
}
const press = (key: string, keys: { ctrlKey?: boolean; altKey?: boolean } = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key, ...keys });
const primary = async (label: RegExp): Promise<void> => {
  await waitFor(() => {
    const [button] = screen.getAllByRole('button', { name: label }).slice(-1);
    expect(button).toHaveProperty('disabled', false);
  });
  await press('Enter', { ctrlKey: true });
};
async function looked(shown: PersonPage, answers: World['answers'] = {}) {
  const desk = await open(shown, answers);
  await primary(/^Nahlédnout/);
  await screen.findByRole('heading', { name: /^Co dál/ });
  return desk;
}
const part = (name: RegExp): HTMLElement => {
  const section = screen.getByRole('heading', { level: 2, name }).closest('section');
  if (!(section instanceof HTMLElement)) throw new Error('a panel is a section');
  return section;
};

it('asks nothing of the counter before the purpose is confirmed, and then once for everything', async () => {
  const { counter, sent } = await open(page);
  expect(screen.queryByRole('heading', { name: /^Co dál/ })).toBeNull();
  expect(counter.calls.map(({ name }) => name)).not.toContain('person.look');
  await primary(/^Nahlédnout/);
  await screen.findByRole('heading', { name: /^Co dál/ });
  expect(sent('person.look')).toEqual([{ visitId: counter.visit.id, purpose }]);
  expect(part(/^Ověření/).textContent).toMatch(
    /osobně podle dokladu.*Liší se platnost dokladu.*čip dokladu; registr obyvatel.*Novotná/su,
  );
  expect(part(/^Účet/).textContent).toMatch(/U-2026-000007.*zaregistrovaný.*Chybí aktivace/su);
  expect(part(/^Za\skoho/).textContent).toMatch(/Spolek přátel žížal.*společně 2.*jen uživatelé/su);
  expect(part(/^Podání/).textContent).toMatch(/Otevřená: 2.*Ohlášení plotu/su);
  expect(part(/^Zprávy/).textContent).toMatch(/Nepřečtené: 1/u);
  expect(part(/^Rezervace/).textContent).toMatch(/Žádná rezervace/u);
});

it('leads by the keyboard from each step to where it is done', async () => {
  const { counter, sent } = await looked(page);
  const steps = [...document.querySelectorAll('[data-step]')].map((step) => step.getAttribute('data-step'));
  expect(steps).toEqual(['complete-submission', 'read-messages', 'activate-account', 'power-ends']);
  await press('3');
  await waitFor(() =>
    expect(sent('services.start')).toEqual([{ visitId: counter.visit.id, definitionId: 'account-citizen' }]),
  );
  // The one beside which the deadline stands comes under Ctrl+Enter.
  await primary(/^Otevřít\spodání/);
  expect(await screen.findByRole('heading', { name: 'Ohlášení plotu' })).toBeTruthy();
  await fireEvent.click(screen.getByRole('radio', { name: 'Přehled' }));
  await screen.findByRole('heading', { name: /^Co dál/ });
  await press('2');
  expect(await screen.findByText('Dobrý den')).toBeTruthy();
  expect(sent('mailbox.open')).toEqual([{ visitId: counter.visit.id, messageId: id(50), purpose }]);
  // What was read asks for nothing any more.
  await fireEvent.click(screen.getByRole('radio', { name: 'Přehled' }));
  await screen.findByRole('heading', { name: /^Co dál/ });
  expect(document.querySelector('[data-step="read-messages"]')).toBeNull();
  expect(sent('person.look')).toHaveLength(1);
});

it('without a line shows what was heard with its age, and says what cannot be known', async () => {
  await looked({
    ...page,
    accounts: null,
    organisations: [],
    submissions: { ...page.submissions, isFresh: false },
    mailbox: { hasMailbox: true, messages: [], asOf: null, isFresh: false },
    bookings: null,
  });
  expect(screen.getByText(/^Portál nyní neodpovídá\. Zobrazeno/u)).toBeTruthy();
  expect(part(/^Účet/).textContent).toMatch(/Bez\sspojení nelze zjistit/u);
  expect(part(/^Za\skoho/).textContent).toMatch(/Bez\sspojení nelze zjistit/u);
  expect(part(/^Podání/).textContent).toMatch(/Naposledy známo k\s1\.\s4\.\s2026.*Otevřená: 2/su);
  expect(part(/^Zprávy/).textContent).toMatch(/přepážka o\stéto části nic neví/u);
  expect(part(/^Zprávy/).textContent).not.toMatch(/Ve\sschránce/u);
  expect(part(/^Rezervace/).textContent).toMatch(/Bez\scelého data narození/u);
  const steps = [...document.querySelectorAll('[data-step]')].map((step) => step.getAttribute('data-step'));
  expect(steps).toEqual(['complete-submission']);
});

it('keeps nothing of the person when the identity is opened again', async () => {
  const { counter } = await looked(page, {
    'identity.reopen': () => {
      counter.visit.identity = { ...counter.visit.identity, state: 'document-taken' };
      return { ok: true, value: counter.visit.identity };
    },
  });
  await press('1', { altKey: true });
  await fireEvent.click(await screen.findByRole('button', { name: /^Opravit/ }));
  await screen.findByRole('heading', { level: 1, name: /^Ověření/ });
  counter.visit.identity = { ...counter.visit.identity, state: 'verified' };
  counter.changed();
  await screen.findByRole('button', { name: /^Věci/ });
  await press('v', { altKey: true });
  await screen.findByRole('button', { name: /^Nahlédnout/ });
  expect(screen.queryByText('U-2026-000007')).toBeNull();
});
