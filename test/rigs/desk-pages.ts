import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright';
import { z } from 'zod';
import { projectRoot } from '../../scripts/places.ts';
import { person } from './visits.ts';

/**
 * The window as a clerk uses it: everything by role, accessible name and keyboard, in Czech. Nothing here moves the
 * mouse, and nothing waits for a time: each step waits for what the clerk would look for before going on.
 */

const messages = join(projectRoot, 'renderer', 'messages');
const written = Object.assign(
  {},
  ...readdirSync(messages)
    .filter((name) => name.endsWith('cs.json'))
    .map((name): unknown => JSON.parse(readFileSync(join(messages, name), 'utf8'))),
);

/** A text of the window by its key, with what goes into it. Throws when there is no plain text of that key. */
export function said(key: string, params: Readonly<Record<string, string | number>> = {}): string {
  const text = z.string({ error: `no text ${key}` }).parse(Reflect.get(written, key));
  return text.replace(/\{(\w+)\}/g, (_whole, name: string) => String(params[name] ?? `{${name}}`));
}

/** The fixed part of a text in front of its first parameter. */
export const saidBefore = (key: string): string => said(key).split('{')[0]?.trim() ?? '';

const catalogue = (id: string) =>
  z
    .object({ title: z.object({ cs: z.string() }) })
    .parse(
      JSON.parse(readFileSync(join(projectRoot, 'resources', 'catalogue', 'services', `${id}.json`), 'utf8')),
    );

/** The Czech title of a service of the catalogue. */
export const serviceTitle = (id: string): string => catalogue(id).title.cs;

/** What goes into a form, in the order in which it is typed. `choose` picks the option of a select or radio group. */
export type Filling = { label: string; type: string } | { label: string; choose: string };

export const generalSubmission = (subject: string, content: string): Filling[] => [
  { label: 'Druh podání', choose: 'žádost' },
  { label: 'Věc', type: subject },
  { label: 'Co se žádá nebo navrhuje', type: content },
];

export const dogRegistration: Filling[] = [
  { label: 'Držen od', type: '15. 8. 2026' },
  { label: 'Jméno psa', type: 'Žofka' },
  { label: 'Plemeno', type: 'jezevčík hladkosrstý' },
  { label: 'Pohlaví', choose: 'fena' },
  { label: 'Barva', type: 'černá s pálením' },
  { label: 'Narozen (měsíc/rok)', type: '4/2026' },
  { label: 'Číslo čipu', type: '203098100999001' },
  { label: 'Účel chovu', choose: 'společenský' },
  { label: 'Osvobození nebo úleva', choose: 'žádné' },
];

export const tradeNotification: Filling[] = [
  { label: 'Druh živnosti', choose: 'volná' },
  { label: 'Předmět podnikání', type: 'Velkoobchod a maloobchod' },
  { label: 'Datum zahájení', type: '1. 12. 2026' },
  { label: 'Právní důvod užívání', choose: 'vlastní prostory nebo bydliště' },
];

export const describedPaper: Filling[] = [
  { label: 'Věc', type: 'Oprava osvětlení' },
  { label: 'Počet listů bez příloh', type: '2' },
  { label: 'Počet příloh', type: '1' },
  { label: 'Počet listů příloh', type: '5' },
  { label: 'Podatel', choose: 'osoba' },
  { label: 'Příjmení', type: 'Vzorová' },
  { label: 'Listina se', choose: 'jen popíše' },
  { label: 'Popis obsahu', type: 'Žádost s plánkem ulice.' },
];

const LIMIT_MS = 30_000;

export function deskPages(page: Page) {
  const { keyboard } = page;
  page.setDefaultTimeout(LIMIT_MS);

  const heading = (name: string): Locator => page.getByRole('heading', { level: 1, name, exact: true });
  const seen = (locator: Locator): Promise<void> => locator.first().waitFor({ state: 'visible' });
  const hasFocus = (control: Locator): Promise<boolean> =>
    control.evaluate((element) => element === document.activeElement);

  /** Waits until a control has the focus by itself. */
  const focused = async (control: Locator): Promise<void> => {
    await control.waitFor({ state: 'visible' });
    await page.waitForFunction(
      (element) => element === document.activeElement,
      await control.elementHandle(),
    );
  };

  /** Goes to a control with Tab, or with Shift+Tab when it lies before the focus, as a clerk does. */
  const tabTo = async (control: Locator): Promise<void> => {
    await control.waitFor({ state: 'visible' });
    const before = await control.evaluate(
      (element) =>
        document.activeElement !== null &&
        document.activeElement !== document.body &&
        (document.activeElement.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING) !== 0,
    );
    for (let pressed = 0; pressed < 120; pressed += 1) {
      if (await hasFocus(control)) return;
      await keyboard.press(before ? 'Shift+Tab' : 'Tab');
    }
    throw new Error('the keyboard does not reach the control');
  };

  const field = (label: string, within: Page | Locator = page): Locator =>
    within
      .getByRole('textbox', { name: label, exact: true })
      .or(within.getByLabel(label, { exact: true }))
      .first();

  /** Writes into a field over what it holds. */
  const type = async (control: Locator, text: string): Promise<void> => {
    await tabTo(control);
    await keyboard.press('Control+A');
    if (text === '') await keyboard.press('Delete');
    else await keyboard.insertText(text);
  };

  const choose = async (label: string, option: string): Promise<void> => {
    const select = page.getByRole('combobox', { name: label, exact: true });
    const group = page.getByRole('group', { name: label, exact: true });
    await seen(select.or(group));
    if (await group.isVisible()) {
      const radio = group.getByRole('radio', { name: option, exact: true });
      // Tab reaches the chosen one of a group, or the first; the arrows go on from there.
      const entry =
        (await group.locator('input:checked').count()) > 0
          ? group.locator('input:checked')
          : group.getByRole('radio').first();
      await tabTo(entry);
      for (let pressed = 0; pressed < 12 && !(await radio.isChecked()); pressed += 1)
        await keyboard.press(pressed === 0 && (await hasFocus(radio)) ? 'Space' : 'ArrowDown');
      return;
    }
    await tabTo(select);
    const shown = (): Promise<string> =>
      select.evaluate((element) =>
        element instanceof HTMLSelectElement ? (element.selectedOptions[0]?.label ?? '') : '',
      );
    await keyboard.press('Home');
    for (let pressed = 0; pressed < 60; pressed += 1) {
      if ((await shown()) === option) return;
      await keyboard.press('ArrowDown');
    }
    throw new Error(`${label}: no option ${option}`);
  };

  /** The one next step of the screen, pressed by its key once it is offered. */
  const primaryButton = (name: string): Locator => page.getByRole('button', { name, exact: true });
  const primary = async (name: string, key = 'Control+Enter'): Promise<void> => {
    const button = primaryButton(name).and(page.locator('button:not([disabled]):not([aria-busy])'));
    await seen(button);
    await keyboard.press(key);
  };
  const go = async (key: string, title: string): Promise<void> => {
    await keyboard.press(key);
    await seen(heading(title));
  };

  const signIn = async (username: string, password: string): Promise<void> => {
    await seen(heading(said('sign_in_title')));
    await type(page.getByLabel(said('field_username'), { exact: true }), username);
    await type(page.getByLabel(said('field_password'), { exact: true }), password);
    await keyboard.press('Enter');
    await seen(heading(said('home_title')));
  };

  /** Out by the menu of the person, which the keyboard opens. */
  const signOut = async (): Promise<void> => {
    const menu = page.locator('header').getByRole('button', { expanded: false }).last();
    await tabTo(menu);
    await keyboard.press('Enter');
    const item = page.getByRole('menuitem', { name: said('action_sign_out') });
    await seen(item);
    // The opened menu takes the focus a moment after it is seen; a key before that goes nowhere.
    await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'menuitem');
    await keyboard.press('End');
    await page.waitForFunction((element) => element === document.activeElement, await item.elementHandle());
    await keyboard.press('Enter');
    await seen(heading(said('sign_in_title')));
  };

  const home = (): Promise<void> => go('F2', said('home_title'));

  const openVisit = async (): Promise<void> => {
    await home();
    await seen(primaryButton(said('home_new_visit')));
    await keyboard.press('n');
    await seen(heading(said('visit_take_title')));
  };

  /** The register's answer stands beside the document. */
  const registerAnswered = async (state: string): Promise<void> => {
    await seen(heading(said('visit_confirm_title')));
    await seen(page.locator(`[data-register="${state}"]`));
  };

  /** Copies the name and the address from the visual zone, as they are written there. */
  const writePerson = async (id: string): Promise<void> => {
    const { person: who } = person(id);
    const named = (name: string): Locator => page.locator(`[data-field="${name}"] input`);
    await seen(named('surname'));
    if (who.name.titlesBefore) await type(named('titlesBefore'), who.name.titlesBefore);
    await type(named('givenNames'), who.name.givenNames ?? '');
    await type(named('surname'), who.name.surname);
    if (who.name.titlesAfter) await type(named('titlesAfter'), who.name.titlesAfter);
    if (who.birthNumber) await type(named('birthNumber'), who.birthNumber);
    if (who.citizenship) await type(named('citizenship'), who.citizenship);
    if (who.address) {
      if (who.address.street) await type(named('street'), who.address.street);
      if (who.address.number) await type(named('houseNumber'), who.address.number);
      if (who.address.municipality) await type(named('municipality'), who.address.municipality);
      if (who.address.postalCode) await type(named('postalCode'), who.address.postalCode);
    }
  };

  const confirmPerson = async (): Promise<void> => {
    await primary(said('visit_confirm'));
    await seen(heading(said('visit_services_title')));
  };

  const startService = async (id: string): Promise<void> => {
    const title = serviceTitle(id);
    await seen(heading(said('visit_services_title')));
    const filter = page.getByRole('combobox', { name: said('visit_services_filter') });
    await seen(page.getByRole('option'));
    await type(filter, title);
    await seen(page.getByRole('option', { selected: true }).filter({ hasText: title }));
    await keyboard.press('Enter');
    await seen(heading(title));
  };

  const chooseOffice = async (name: string): Promise<void> => {
    const office = page.getByRole('combobox', { name: said('visit_addressee') });
    await type(office, name);
    await seen(page.getByRole('option', { selected: true }).filter({ hasText: name }));
    await keyboard.press('Enter');
    await page.waitForFunction(
      ([element, text]) => element instanceof HTMLInputElement && element.value.includes(String(text)),
      [await office.elementHandle(), name] as const,
    );
  };

  const fillForm = async (filling: readonly Filling[]): Promise<void> => {
    for (const entry of filling) {
      if ('choose' in entry) await choose(entry.label, entry.choose);
      else await type(field(entry.label), entry.type);
    }
  };

  /** `next` is what the following step offers: a form that asks for no attachments has none of theirs. */
  const formDone = async (next = 'visit_attachments_done'): Promise<void> => {
    await primary(said('visit_form_complete'));
    await seen(primaryButton(said(next)));
  };

  /** Scans with F9 what lies in the scanner and waits for the picture of page `count`. */
  const scan = async (count: number): Promise<void> => {
    await seen(
      primaryButton(said('visit_scan')).and(page.locator('button:not([disabled]):not([aria-busy])')),
    );
    await keyboard.press('F9');
    await seen(page.getByRole('img', { name: said('visit_page_picture', { number: count }) }));
    await seen(primaryButton(said('visit_scan')));
  };

  /** Shows page `number` large. */
  const enlargePage = async (number: number): Promise<void> => {
    await tabTo(page.locator('[data-page]').nth(number - 1));
    await keyboard.press('+');
    await seen(page.getByRole('dialog').locator('img'));
  };

  /**
   * Adds a file with Ctrl+O; `file` must be one the desk's user can read. Chromium ignores a chooser that is asked for while it still closes
   * the last one, which no hand is fast enough for: then the key is pressed again.
   */
  const addFile = async (file: string): Promise<void> => {
    for (let pressed = 1; ; pressed += 1) {
      const chooser = page.waitForEvent('filechooser', { timeout: 5_000 }).catch((error: unknown) => {
        if (pressed === 3) throw error;
        return null;
      });
      await keyboard.press('Control+O');
      const opened = await chooser;
      if (opened !== null) return opened.setFiles(file);
    }
  };

  const attachmentsDone = async (): Promise<void> => {
    await primary(said('visit_attachments_done'));
    await seen(primaryButton(said('visit_print_request')));
  };

  const printed = (kind: string): Promise<void> =>
    seen(page.locator(`[data-print="${kind}"][data-state="completed"]`));

  const printRequest = async (): Promise<void> => {
    await primary(said('visit_print_request'));
    await printed('request');
  };

  const signed = async (): Promise<void> => {
    await primary(said('visit_signed'));
    await seen(primaryButton(said('visit_accept')));
  };

  const accept = async (): Promise<void> => {
    await primary(said('visit_accept'));
    await seen(page.getByText(saidBefore('visit_accepted')));
    await printed('acceptance-receipt');
  };

  const delivered = (state: string): Promise<void> => seen(page.locator(`[data-delivery="${state}"]`));

  /** From a result to the hand-over, and to the next client. */
  const toHandOver = async (): Promise<void> => {
    await primary(said('visit_to_hand_over'));
    await seen(heading(said('visit_hand_over')));
    await seen(primaryButton(said('visit_handed_over')).and(page.locator('button:not([disabled])')));
  };
  const handOver = async (): Promise<void> => {
    await primary(said('visit_handed_over'));
    await seen(heading(said('home_title')));
  };

  /** Answers question after question, as a hand does: keys as quick as a machine's are a code reader's. */
  const answerQuestions = async (answers: readonly ('a' | 'n')[]): Promise<void> => {
    const questions = page.locator('[data-question]');
    await seen(questions);
    await focused(questions.first().getByRole('radio').first());
    for (const [index, answer] of answers.entries()) {
      await keyboard.press(answer);
      if (index + 1 < answers.length)
        await page.waitForFunction(
          (element) => element?.contains(document.activeElement) ?? false,
          await questions.nth(index + 1).elementHandle(),
        );
    }
  };
  /** Answers all questions and goes on; `next` is a field of the step behind them. */
  const answerExclusions = async (answers: readonly ('a' | 'n')[], next = 'sourceSheets'): Promise<void> => {
    await answerQuestions(answers);
    await primary(said('visit_exclusions_done'));
    await seen(page.locator(`[data-field="${next}"]`));
  };

  const writeCounts = async (counts: {
    sourceSheets: number;
    sourcePages: number;
    description: string;
    sourceIs: string;
  }): Promise<void> => {
    const named = (name: string): Locator => page.locator(`[data-field="${name}"] input`);
    await type(named('sourceSheets'), String(counts.sourceSheets));
    await type(named('sourcePages'), String(counts.sourcePages));
    await type(named('description'), counts.description);
    await choose(said('visit_count_source_is'), counts.sourceIs);
  };

  const pay = async (handed: string): Promise<void> => {
    await seen(heading(said('visit_payment')));
    await type(field(said('visit_handed')), handed);
    await primary(said('visit_pay_cash'));
    await printed('fee-receipt');
  };

  /** A visit with a certified copy of two pages, paid in cash. */
  async function paidCopy(): Promise<void> {
    await openVisit();
    await keyboard.press('Alt+2');
    await startService('vidimace');
    await answerExclusions(['n', 'n', 'n', 'n', 'n', 'a', 'a']);
    await writeCounts({
      sourceSheets: 1,
      sourcePages: 2,
      description: 'výuční list',
      sourceIs: 'prvopis',
    });
    await primary(said('visit_count_done'));
    await primary(said('visit_issue'));
    await printed('register-book-row');
    await keyboard.press('Alt+9');
    await pay('100');
    await toHandOver();
    await handOver();
  }

  return {
    paidCopy,
    page,
    keyboard,
    heading,
    seen,
    focused,
    tabTo,
    field,
    type,
    choose,
    primary,
    primaryButton,
    go,
    signIn,
    signOut,
    home,
    openVisit,
    registerAnswered,
    writePerson,
    confirmPerson,
    startService,
    chooseOffice,
    fillForm,
    formDone,
    scan,
    enlargePage,
    addFile,
    attachmentsDone,
    printed,
    printRequest,
    signed,
    accept,
    delivered,
    toHandOver,
    handOver,
    answerExclusions,
    answerQuestions,
    writeCounts,
    pay,
  };
}

export type DeskPages = ReturnType<typeof deskPages>;
