import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { dogRegistration, generalSubmission, said, tradeNotification } from '../rigs/desk-pages.ts';
import { pageTexts, withPdf } from '../rigs/pdf-checks.ts';
import { until } from '../rigs/process.ts';
import { person, wholeLog } from '../rigs/visits.ts';
import { startWholeDesk, type WholeDesk } from '../rigs/whole-desk.ts';

/** Whole visits in the real window, by keyboard alone; each screen on the way is looked at by axe. */

let desk: WholeDesk;
beforeAll(async () => {
  desk = await startWholeDesk();
}, 120_000);
afterAll(() => desk?.close());
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await desk.window.screenshot({ path: 'out/look/e2e.png' });
});

const accessible = async (screen: string): Promise<void> => {
  const { violations } = await new AxeBuilder({ page: desk.window })
    // A new page for axe's own use cannot be opened in the desk; it has one frame.
    .setLegacyMode()
    .analyze();
  expect(violations.map(({ id, nodes }) => `${screen}: ${id} ${nodes[0]?.html}`)).toEqual([]);
};

test('an ordinary visit, from the reader to the hand-over, without the mouse', async () => {
  const { pages, devices } = desk;
  await accessible('sign-in');
  await desk.signIn('novakova');
  await accessible('home');
  await pages.openVisit();
  await accessible('take the document');
  devices.reader.sendLines(person('person-01').document.mrz);
  await pages.registerAnswered('not-listed');
  await pages.writePerson('person-01');
  await accessible('confirm the person');
  await pages.confirmPerson();
  await accessible('services');
  await pages.startService('general-submission');
  await pages.fillForm(generalSubmission('Oprava chodníku', 'Žádám o opravu chodníku v Cvičné ulici.'));
  await pages.chooseOffice('Nýrsko');
  await accessible('form');
  await pages.formDone();
  await pages.scan(1);
  await accessible('attachments');
  await pages.enlargePage(1);
  await accessible('a page, large');
  await pages.keyboard.press('Escape');
  await pages.attachmentsDone();
  await accessible('print and sign');
  await pages.printRequest();
  await pages.signed();
  await accessible('accept');
  await pages.accept();
  await accessible('accepted');
  await pages.delivered('reference-number');
  await pages.toHandOver();
  await accessible('hand over');
  await pages.handOver();

  const { items } = await desk.call('queue.list', { show: 'all', after: null, limit: 50 });
  expect(items.filter(({ kind }) => kind === 'submission')).toMatchObject([
    { state: 'accepted', referenceNumber: expect.stringMatching(/\/\d{4}/) },
  ]);
  const papers = await Promise.all(
    (await devices.printer.printed()).map((bytes) => withPdf(bytes, (file) => pageTexts(file))),
  );
  expect(papers).toHaveLength(2);
  for (const page of papers.flat()) expect(page).toContain('CVIČNÝ TISK – NEPLATNÉ');
  expect(papers[0]?.join('')).toContain('Oprava chodníku');
  expect(papers[1]?.join('')).toContain('Potvrzení o přijetí podání');
}, 240_000);

test('two submissions and a certified copy in one visit, one payment for two payees; printer without paper meanwhile', async () => {
  const { pages, devices } = desk;
  const before = (await devices.printer.printed()).length;
  await pages.openVisit();
  devices.reader.sendLines(person('person-02').document.mrz);
  await pages.registerAnswered('not-listed');
  await pages.writePerson('person-02');
  await pages.confirmPerson();
  await pages.startService('dog-registration');
  await pages.fillForm(dogRegistration);
  await pages.chooseOffice('Městský úřad Klatovy');
  await pages.formDone();
  await pages.attachmentsDone();
  await devices.printer.condition('media-empty-error');
  await pages.primary(said('visit_print_request'));
  await pages.seen(desk.window.getByText(said('failure_printer_out_of_paper')));
  await devices.printer.condition(undefined);
  await pages.printed('request');
  await pages.signed();
  await pages.accept();
  await pages.keyboard.press('Alt+2');
  await pages.startService('trade-notification');
  await pages.fillForm(tradeNotification);
  await pages.chooseOffice('Městský úřad Klatovy');
  await pages.formDone();
  await pages.attachmentsDone();
  await pages.printRequest();
  await pages.signed();
  await pages.accept();
  await pages.keyboard.press('Alt+2');
  await pages.startService('vidimace');
  await accessible('exclusions');
  await pages.answerExclusions(['n', 'n', 'n', 'n', 'n', 'a', 'a']);
  await pages.writeCounts({
    sourceSheets: 2,
    sourcePages: 3,
    description: 'maturitní vysvědčení',
    sourceIs: 'prvopis',
  });
  await accessible('counts');
  await pages.primary(said('visit_count_done'));
  await pages.primary(said('visit_issue'));
  await pages.printed('register-book-row');
  await accessible('certified');
  await pages.keyboard.press('Alt+9');
  await accessible('payment');
  await pages.pay('2000');
  await pages.toHandOver();
  await pages.handOver();
  const papers = (await devices.printer.printed()).slice(before);
  expect(papers).toHaveLength(7);
  const texts = await Promise.all(papers.map((bytes) => withPdf(bytes, (file) => pageTexts(file))));
  const receipt = texts.flat().find((page) => page.includes('Stvrzenka'));
  expect(receipt).toContain('zaplaceno pro: Obecní živnostenský úřad');
  expect(receipt).toContain('Celkem 1 140 Kč');
}, 240_000);

test('the supervisor finds it all in the day log; the other screens are accessible too', async () => {
  const { pages } = desk;
  await accessible('home with parked');
  await pages.go('F3', said('queue_title'));
  await accessible('queue');
  await pages.go('F6', said('settings_title'));
  await accessible('settings');
  await pages.go('Control+d', said('devices_title'));
  const scan = desk.window.getByRole('button', { name: new RegExp(said('devices_test_scan')) });
  await scan.click();
  await pages.seen(desk.window.getByRole('img', { name: said('devices_test_scan_done') }));
  await pages.keyboard.press('Control+r');
  const report = desk.window.getByLabel(said('devices_report_text'));
  await pages.seen(report);
  await desk.window.getByRole('button', { name: said('devices_report_copy') }).click();
  await pages.seen(desk.window.getByText(said('devices_report_copied')));
  expect(await desk.desk.app.evaluate(({ clipboard }) => clipboard.readText())).toBe(
    await report.inputValue(),
  );
  const saved = join(desk.desk.dataDir, 'report.txt');
  await desk.desk.app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = async () => ({ canceled: false, filePath });
  }, saved);
  await desk.window.getByRole('button', { name: said('devices_report_save') }).click();
  await pages.seen(desk.window.getByText(said('devices_report_saved')));
  expect(readFileSync(saved, 'utf8')).toContain(await report.inputValue());
  await accessible('devices');
  await pages.go('F6', said('settings_title'));
  await pages.keyboard.press('F1');
  await pages.seen(desk.window.getByRole('dialog'));
  await accessible('help');
  await pages.keyboard.press('Escape');
  await pages.keyboard.press('Control+l');
  await pages.seen(desk.window.getByRole('heading', { name: said('lock_title') }));
  await accessible('lock');
  await desk.window.getByLabel(said('field_password'), { exact: true }).fill('Cvicna-Prepazka-1');
  await pages.keyboard.press('Enter');
  await pages.seen(pages.heading(said('settings_title')));
  await pages.signOut();
  await desk.signIn('dvorak');
  await pages.go('F4', said('day_log_title'));
  await pages.seen(desk.window.getByRole('table').getByText('Obecné podání').first());
  await accessible('day log');
  const { state, number, search, ...counted } = wholeLog;
  const totals = await desk.call('day-log.totals', { filter: counted });
  expect(totals).toMatchObject({ visits: 2, cash: 1140, card: 0 });
  const { entries } = await desk.call('day-log.page', {
    filter: { ...counted, state, number, search },
    before: null,
    after: null,
    limit: 200,
  });
  const details = await Promise.all(entries.map(({ sequence }) => desk.call('day-log.entry', { sequence })));
  expect(details.every(({ intact }) => intact)).toBe(true);
  await until('all is delivered', async () => {
    const { queue } = await desk.call('desk.frame', {});
    return queue.waiting === 0 && queue.needsPerson === 0;
  });
}, 240_000);
