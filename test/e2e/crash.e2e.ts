import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { legalDate } from '../../electron/values/time.ts';
import { generalSubmission, said } from '../rigs/desk-pages.ts';
import { pageTexts, withPdf } from '../rigs/pdf-checks.ts';
import { until } from '../rigs/process.ts';
import { person, wholeLog } from '../rigs/visits.ts';
import { killAtWrite, killCounter, startWholeDesk, type WholeDesk } from '../rigs/whole-desk.ts';

/** The counter is killed at each step of a visit; the clerk goes on where she was, and nothing is doubled. */

let desk: WholeDesk;
beforeEach(async () => {
  desk = await startWholeDesk();
  await desk.signIn('novakova');
}, 120_000);
afterEach(() => desk?.close());

const reference = () =>
  until('the reference number comes', async () => {
    await desk.call('desk.try-line', {});
    const { items } = await desk.call('queue.list', { show: 'all', after: null, limit: 50 });
    return items.some(({ referenceNumber }) => referenceNumber !== null) && items;
  });

/** What the portal itself holds, read from its database. */
const effectKinds = (dataDir: string): string[] => {
  const db = new Sqlite(join(dataDir, 'portal.sqlite'), { readonly: true });
  try {
    return z.array(z.string()).parse(db.prepare('SELECT kind FROM effects ORDER BY kind').pluck().all());
  } finally {
    db.close();
  }
};

const titles: Readonly<Record<string, string>> = {
  'copy-clause': 'Vidimační doložka',
  'register-book-row': 'Zápis do ověřovací knihy',
  'fee-receipt': 'Stvrzenka č.',
};
const papersOf = (printed: readonly Buffer[]): Promise<string[]> =>
  Promise.all(printed.map(async (bytes) => (await withPdf(bytes, pageTexts)).join(' ')));

const readerReady = () =>
  until('the reader is ready', async () =>
    (await desk.call('devices.list', {})).some(
      ({ kind, selected, state }) => kind === 'reader' && selected && state === 'ready',
    ),
  );

test('killed before the acceptance, at every step: the clerk goes on where she was', async () => {
  const { pages, devices, window } = desk;
  await pages.openVisit();
  await killCounter(desk);
  await pages.seen(pages.heading(said('visit_take_title')));

  // The new counter has looked for the reader anew.
  await readerReady();
  devices.reader.sendLines(person('person-01').document.mrz);
  await pages.registerAnswered('not-listed');
  await pages.writePerson('person-01');
  await killCounter(desk);
  await pages.seen(pages.heading(said('visit_confirm_title')));
  // What was typed and not sent yet is still there.
  expect(await window.locator('[data-field="surname"] input').inputValue()).toBe(
    person('person-01').person.name.surname,
  );
  await pages.confirmPerson();
  await killCounter(desk);
  await pages.seen(pages.heading(said('visit_services_title')));

  await pages.startService('general-submission');
  await pages.fillForm(generalSubmission('Oprava chodníku', 'Žádám o opravu chodníku.'));
  await pages.chooseOffice('Nýrsko');
  await killCounter(desk);
  await pages.formDone();

  await pages.scan(1);
  await killCounter(desk);
  await pages.seen(window.getByRole('img', { name: said('visit_page_picture', { number: 1 }) }));
  await pages.attachmentsDone();
  await pages.printRequest();
}, 240_000);

test('killed from the print to the hand-over: nothing is doubled, on paper or at the portal', async () => {
  const { pages, devices } = desk;
  await pages.openVisit();
  devices.reader.sendLines(person('person-01').document.mrz);
  await pages.registerAnswered('not-listed');
  await pages.writePerson('person-01');
  await pages.confirmPerson();
  await pages.startService('general-submission');
  await pages.fillForm(generalSubmission('Oprava chodníku', 'Žádám o opravu chodníku.'));
  await pages.chooseOffice('Nýrsko');
  await pages.formDone();
  await pages.attachmentsDone();
  await pages.printRequest();
  await killCounter(desk);
  await pages.signed();
  await killCounter(desk);

  // Killed as soon as the key is pressed, before or after the commit: the command is carried out once.
  const accepting = pages.accept();
  await killCounter(desk);
  await accepting;
  await killCounter(desk);

  await pages.toHandOver();
  await pages.handOver();
  const items = await reference();
  expect(items.filter(({ kind }) => kind === 'submission')).toHaveLength(1);
  await until('everything is delivered', async () => {
    const { items: all } = await desk.call('queue.list', { show: 'all', after: null, limit: 50 });
    return all.every(({ state }) => state === 'accepted');
  });
  expect(effectKinds(desk.portal.dataDir)).toEqual(['identity-check', 'submission']);
  expect(await devices.printer.printed()).toHaveLength(2);
}, 240_000);

test('killed while it writes: a number is taken, money is taken and the visit ends once each', async () => {
  const { pages, devices, portal, window } = desk;
  /** Waits for a paper; when the printer was asked in vain, the clerk looks into the tray and says so. */
  const settle = async (kind: string): Promise<void> => {
    const paper = window.locator(`[data-print="${kind}"]`);
    const look = paper.getByRole('alert');
    const done = paper.and(window.locator('[data-state="completed"], [data-state="confirmed-by-clerk"]'));
    await pages.seen(done.or(look));
    if (!(await look.isVisible())) return;
    const papers = await papersOf(await devices.printer.printed());
    const out = papers.some((text) => text.includes(titles[kind] ?? kind));
    await pages.tabTo(
      paper.getByRole('button', { name: said(out ? 'visit_print_came_out' : 'visit_print_did_not') }),
    );
    await pages.keyboard.press('Enter');
    if (!out) {
      await pages.tabTo(paper.getByRole('button', { name: said('visit_print_again') }));
      await pages.keyboard.press('Enter');
    }
    await pages.seen(done);
  };
  await pages.openVisit();
  await pages.keyboard.press('Alt+2');
  await pages.startService('vidimace');
  await pages.answerExclusions(['n', 'n', 'n', 'n', 'n', 'a', 'a']);
  await pages.writeCounts({
    sourceSheets: 1,
    sourcePages: 2,
    description: 'vysvědčení',
    sourceIs: 'prvopis',
  });
  await pages.primary(said('visit_count_done'));
  // Before the commit, around it, and after it while the window waits for its answer.
  await killAtWrite(desk, 0, () => pages.primary(said('visit_issue')));
  await settle('copy-clause');
  await settle('register-book-row');
  await pages.primary(said('visit_to_payment'));
  await pages.seen(pages.heading(said('visit_payment')));
  await killAtWrite(desk, 300, () => pages.primary(said('visit_pay_cash')));
  await settle('fee-receipt');
  await pages.toHandOver();
  await killAtWrite(desk, 600, () => pages.primary(said('visit_handed_over')));
  await pages.seen(pages.heading(said('home_title')));

  await until('everything is delivered', async () => {
    const { items } = await desk.call('queue.list', { show: 'all', after: null, limit: 50 });
    return items.length >= 2 && items.every(({ state }) => state === 'accepted');
  });
  const kinds = effectKinds(portal.dataDir);
  expect(kinds).toEqual(['certification', 'receipt']);
  const papers = await papersOf(await devices.printer.printed());
  for (const title of Object.values(titles))
    expect(papers.filter((text) => text.includes(title) && !text.includes('opakovaný tisk'))).toHaveLength(1);
  for (const text of papers) expect(text).toContain(`1/${legalDate(new Date()).slice(0, 4)}`);
  await pages.signOut();
  await desk.signIn('dvorak');
  const { state: _state, number: _number, search: _search, ...filter } = wholeLog;
  const { choices } = await desk.call('day-log.totals', { filter });
  for (const kind of ['copy-certified', 'fee-paid', 'visit-closed'])
    expect(choices.kinds).toContainEqual({ kind, count: 1 });
}, 240_000);
