import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { said } from '../rigs/desk-pages.ts';
import { pageTexts, withPdf } from '../rigs/pdf-checks.ts';
import { person } from '../rigs/visits.ts';
import { startWholeDesk, type WholeDesk } from '../rigs/whole-desk.ts';

/** Extracts of registers in the real window, by keyboard alone; each screen on the way is looked at by axe. */

let desk: WholeDesk;
beforeAll(async () => {
  desk = await startWholeDesk();
  await desk.signIn('novakova');
}, 120_000);
afterAll(() => desk?.close());
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await desk.window.screenshot({ path: 'out/look/e2e.png' });
});

const accessible = async (screen: string): Promise<void> => {
  const { violations } = await new AxeBuilder({ page: desk.window }).setLegacyMode().analyze();
  expect(violations.map(({ id, nodes }) => `${screen}: ${id} ${nodes[0]?.html}`)).toEqual([]);
  await desk.window.screenshot({ path: `out/look/extract-${screen.replaceAll(' ', '-')}.png` });
};

const papersSince = async (before: number) =>
  Promise.all(
    (await desk.devices.printer.printed())
      .slice(before)
      .map((bytes) => withPdf(bytes, (file) => pageTexts(file))),
  );

test('an extract of a public register: asked, read, counted, certified, paid', async () => {
  const { pages, devices } = desk;
  const before = (await devices.printer.printed()).length;
  await pages.openVisit();
  await pages.keyboard.press('Alt+2');
  await pages.startService('extract-trade');
  await pages.fillForm([{ label: 'IČO', type: '99900220' }]);
  await pages.primary(said('visit_form_complete'));
  await pages.seen(pages.primaryButton(said('extract_ask')));
  await accessible('ask');
  await pages.primary(said('extract_ask'));
  await pages.seen(desk.window.getByText(said('extract_seal_certificate')));
  await pages.seen(desk.window.locator('.sheet img'));
  await accessible('answered');
  await pages.primary(said('extract_print'));
  await pages.printed('extract');
  await accessible('agreement');
  await pages.primary(said('extract_agrees'));
  await pages.seen(desk.window.locator('[data-field="sheets"]'));
  await accessible('sheets');
  await pages.type(desk.window.locator('[data-field="sheets"] input'), '4');
  await pages.primary(said('extract_sheets_done'));
  await pages.seen(pages.primaryButton(said('visit_issue')));
  await accessible('issue');
  await pages.primary(said('visit_issue'));
  await pages.printed('extract-clause');
  await accessible('issued');
  await pages.keyboard.press('Alt+9');
  await pages.seen(pages.heading(said('visit_payment')));
  await accessible('payment');
  await pages.pay('500');
  await pages.toHandOver();
  await accessible('hand over');
  await pages.handOver();
  const [extract, clause, receipt] = await papersSince(before);
  expect(extract?.[0]).toContain('CVIČNÝ TISK – NEPLATNÉ');
  expect(clause?.join(' ').replace(/\s+/g, ' ')).toContain('skládající se z 4 listů');
  expect(receipt?.join(' ')).toContain('další stránky');
}, 240_000);

test('a clause spoiled after payment: the number is cancelled, and the window says what goes back', async () => {
  const { pages } = desk;
  await pages.openVisit();
  await pages.keyboard.press('Alt+2');
  await pages.startService('extract-trade');
  await pages.fillForm([{ label: 'IČO', type: '99900211' }]);
  await pages.primary(said('visit_form_complete'));
  await pages.primary(said('extract_ask'));
  await pages.primary(said('extract_print'));
  await pages.primary(said('extract_agrees'));
  // One page is one sheet: nothing is left to be typed.
  await pages.primary(said('extract_sheets_done'));
  await pages.primary(said('visit_issue'));
  await pages.printed('extract-clause');
  await pages.keyboard.press('Alt+9');
  await pages.pay('500');
  await pages.keyboard.press('Alt+3');
  await pages.tabTo(pages.primaryButton(said('visit_cancel_number')));
  await pages.keyboard.press('Enter');
  await pages.type(desk.window.getByRole('dialog').getByRole('textbox'), 'poškozená doložka');
  await pages.keyboard.press('Enter');
  const back = said('visit_refund_cash', {
    amount: '100\u00a0Kč',
    number: `V-1/${new Date().getFullYear()}`,
  });
  await pages.seen(desk.window.getByText(back));
  await accessible('cancelled and refunded');
  await pages.keyboard.press('Alt+9');
  await pages.printed('refund-receipt');
  // The change of before is not given a second time.
  await pages.seen(desk.window.getByText(back));
  expect(await desk.window.getByText(said('visit_change_back'), { exact: true }).count()).toBe(0);
  await pages.toHandOver();
  await pages.seen(desk.window.getByText(said('visit_give_refund_cash', { amount: '100\u00a0Kč' })));
  await pages.handOver();
}, 240_000);

test('a person’s own extract: the signed request, a dealing by hand, and the ticket', async () => {
  const { pages, devices } = desk;
  await pages.openVisit();
  devices.reader.sendLines(person('person-06').document.mrz);
  await pages.registerAnswered('not-listed');
  await pages.writePerson('person-06');
  await pages.confirmPerson();
  await pages.startService('extract-criminal-record');
  await pages.fillForm([{ label: 'Místo narození', type: 'Klatovy' }]);
  await pages.primary(said('visit_form_complete'));
  await pages.printRequest();
  await pages.primary(said('visit_signed'));
  await pages.primary(said('extract_ask'));
  await pages.seen(pages.primaryButton(said('extract_hand_ticket')));
  await accessible('manual');
  await pages.primary(said('extract_hand_ticket'));
  await pages.printed('extract-ticket');
  await accessible('ticket handed');
  await pages.toHandOver();
  await pages.handOver();
}, 240_000);
