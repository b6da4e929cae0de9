import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { legalDate } from '../../electron/values/time.ts';
import { said } from '../rigs/desk-pages.ts';
import { pageTexts, withPdf } from '../rigs/pdf-checks.ts';
import { until } from '../rigs/process.ts';
import { startWholeDesk, type WholeDesk } from '../rigs/whole-desk.ts';

/** The end of a day in the real window, by keyboard alone: money in and out, a cancelled receipt, the drawer counted, closed. */

let desk: WholeDesk;
beforeAll(async () => {
  desk = await startWholeDesk();
}, 120_000);
afterAll(() => desk?.close());
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await desk.window.screenshot({ path: 'out/look/e2e.png' });
});

const look = async (screen: string): Promise<void> => {
  const { violations } = await new AxeBuilder({ page: desk.window }).setLegacyMode().analyze();
  expect(violations.map(({ id, nodes }) => `${screen}: ${id} ${nodes[0]?.html}`)).toEqual([]);
};

/** Money brought or taken by hand. */
async function move(direction: string, amount: string, purpose: string): Promise<void> {
  const { pages } = desk;
  await pages.keyboard.press('F9');
  const dialog = desk.window.getByRole('dialog');
  await pages.seen(dialog);
  await pages.choose(said('cash_direction'), direction);
  await pages.type(pages.field(said('cash_amount'), dialog), amount);
  await pages.choose(said('cash_purpose'), purpose);
  await pages.tabTo(dialog.getByRole('button', { name: said('cash_move_confirm') }));
  await pages.keyboard.press('Enter');
  await dialog.waitFor({ state: 'hidden' });
}

test('a clerk keeps the cash desk', async () => {
  const { pages } = desk;
  await desk.signIn('novakova');
  await pages.go('F7', said('cash_title'));
  await look('cash desk, empty');
  await move(said('cash_in'), '500', said('cash_purpose_float'));
  await move(said('cash_out'), '200', said('cash_purpose_treasury'));
  await pages.paidCopy();
  await pages.go('F7', said('cash_title'));
  await pages.seen(desk.window.getByRole('table').getByText(said('cash_kind_fee')));
  await look('cash desk');
  await pages.keyboard.press('Control+Enter');
  await pages.seen(pages.heading(said('closing_title')));
  await pages.seen(desk.window.getByRole('heading', { name: said('closing_send_title') }));
  await look('closing, as a clerk');
  await pages.signOut();
}, 120_000);

test('a supervisor cancels a receipt, counts the drawer and closes', async () => {
  const { pages, devices } = desk;
  const { window } = desk;
  await desk.signIn('dvorak');
  await pages.go('F7', said('cash_title'));
  await pages.tabTo(window.getByRole('button', { name: new RegExp(`^${said('cash_cancel')}`) }).first());
  await pages.keyboard.press('Enter');
  const asked = window.getByRole('dialog');
  await pages.seen(asked);
  await look('cancel a receipt');
  await pages.keyboard.insertText('poplatek vybrán omylem');
  await pages.keyboard.press('Enter');
  await asked.waitFor({ state: 'hidden' });
  await pages.seen(window.getByText(said('cash_kind_refund')));

  await pages.keyboard.press('Control+Enter');
  await pages.seen(pages.heading(said('closing_title')));
  await until('everything is delivered and printed', async () => {
    const { open } = await desk.call('closing.state', {});
    return open.every(({ kind }) => kind === 'exception');
  });
  await pages.type(window.locator('[data-count="200"]'), '1');
  await pages.keyboard.press('Enter');
  await pages.focused(window.locator('[data-count="100"]'));
  await pages.keyboard.insertText('1');
  await pages.type(window.locator('[data-count="50"]'), '1');
  expect(await window.locator('[data-difference]').textContent()).toContain('50');
  await pages.keyboard.press('Control+Enter');
  await pages.seen(window.getByText(said('reason_missing')));
  await look('closing, incomplete');
  await window.screenshot({ path: 'out/look/closing.png', fullPage: true });
  await pages.type(pages.field(said('closing_difference_reason')), 'přebývá mince z minulého dne');
  await pages.type(pages.field(said('closing_reason_all')), 'posoudí se zítra');
  await pages.keyboard.press('Enter');
  await pages.type(window.getByLabel(said('closing_password'), { exact: true }), 'Cvicna-Prepazka-2');
  await pages.keyboard.press('Control+Enter');
  await pages.seen(window.getByText(said('failure_clerk_wrong_password')));
  await pages.type(window.getByLabel(said('closing_password'), { exact: true }), 'Cvicna-Prepazka-3');
  await pages.keyboard.press('Control+Enter');
  const number = `1/${legalDate(new Date()).slice(0, 4)}`;
  await pages.seen(window.getByText(said('closing_done', { number })));
  await look('closed');
  await window.screenshot({ path: 'out/look/closed.png' });

  const { closings } = await desk.call('closing.list', { before: null, limit: 5 });
  expect(closings).toMatchObject([{ number, counted: 350 }]);
  const root = closings[0]?.rootHash ?? '';
  expect(root).toMatch(/^[0-9a-f]{64}$/);
  // The hash stands in groups over several lines.
  const report = await until('the report is printed', async () => {
    const papers = await devices.printer.printed();
    const texts = await Promise.all(papers.map((bytes) => withPdf(bytes, (file) => pageTexts(file))));
    return texts.map((pages) => pages.join('\n')).find((text) => text.replace(/\s/g, '').includes(root));
  });
  for (const said of [
    'přebývá mince z minulého dne',
    'posoudí se zítra',
    '350 Kč',
    'Ing. Řehoř Dvořák, Ph.D.',
  ])
    expect(report.replace(/\s+/g, ' ')).toContain(said);

  const { backups } = await until('a backup follows the closing', async () => {
    const view = await desk.call('backups.get', {});
    return view.backups.some(({ reason }) => reason === 'closing') && view;
  });
  expect(backups[0]?.entries).toBeGreaterThanOrEqual(closings[0]?.checkpointSize ?? Number.NaN);
  await pages.go('F8', said('exceptions_title'));
  await look('exceptions');
  expect((await desk.call('closing.state', {})).cash.expected).toBe(350);
}, 120_000);
