import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { legalDate } from '../../electron/values/time.ts';
import { deskPages, said } from '../rigs/desk-pages.ts';
import { type Desk, launchDesk } from '../rigs/electron.ts';
import { pageTexts, withPdf } from '../rigs/pdf-checks.ts';
import { until } from '../rigs/process.ts';
import { startWholeDesk, type WholeDesk } from '../rigs/whole-desk.ts';

/** The end of a day in the real window, by keyboard alone: money in and out, a cancelled receipt, the drawer counted, closed. */

let desk: WholeDesk;
/** A desk of another room, where the supervisor is. */
let elsewhere: Desk | undefined;
beforeAll(async () => {
  desk = await startWholeDesk();
}, 120_000);
afterAll(async () => {
  await elsewhere?.close();
  await desk?.close();
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await desk.window.screenshot({ path: 'out/look/e2e.png' });
});

const look = async (screen: string, page = desk.window): Promise<void> => {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
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
  // An office with one supervisor has nobody else to judge what the supervisor did; the review says so.
  const today = legalDate(new Date());
  const { items } = await desk.call('exceptions.list', {
    filter: { from: today, to: today, kind: 'receipt-cancelled', openOnly: true },
    after: null,
    limit: 5,
  });
  const reviewed = await desk.call('exceptions.review', {
    exceptionId: items[0]?.id ?? '',
    note: 'klient měl nárok na osvobození',
  });
  expect(reviewed.review?.own).toBe(true);
  expect((await desk.call('closing.state', {})).cash.expected).toBe(350);
}, 120_000);

/** The drawer counted and every open item carried over, up to the last field before the confirmation. */
async function count(pieces: Readonly<Record<string, string>>): Promise<void> {
  const { pages, window } = desk;
  await pages.go('F7', said('cash_title'));
  await pages.keyboard.press('Control+Enter');
  await pages.seen(pages.heading(said('closing_title')));
  await until('everything is delivered and printed', async () => {
    const { open } = await desk.call('closing.state', {});
    return open.every(({ kind }) => kind === 'exception');
  });
  for (const [piece, amount] of Object.entries(pieces))
    await pages.type(window.locator(`[data-count="${piece}"]`), amount);
  await pages.type(pages.field(said('closing_reason_all')), 'posoudí vedoucí');
  await pages.keyboard.press('Enter');
}

test('a clerk without a supervisor sends the closing, and one at another desk returns it, then approves', async () => {
  const { pages, window } = desk;
  await pages.signOut();
  await desk.signIn('novakova');
  await pages.go('F7', said('cash_title'));
  await move(said('cash_in'), '100', said('cash_purpose_float'));
  await count({ '200': '2', '50': '1' });
  await pages.type(window.getByLabel(said('closing_note')), 'žádám o uzávěrku');
  await pages.keyboard.press('Control+Enter');
  await pages.seen(window.getByText(said('closing_waiting_title')));
  await look('closing sent');
  await window.screenshot({ path: 'out/look/closing-sent.png', fullPage: true });

  elsewhere = await launchDesk({
    size: { width: 1280, height: 800 },
    env: {
      VIRTUOS_PORTAL_URL: desk.portal.url(),
      VIRTUOS_ENROLMENT_CODE: desk.portal.enrolmentCode(),
    },
  });
  const there = elsewhere.window;
  const supervisor = deskPages(there);
  await supervisor.signIn('dvorak', 'Cvicna-Prepazka-3');
  await supervisor.seen(there.getByText('1 uzávěrka čeká na schválení'));
  await look('told of a closing of another desk', there);
  await there.screenshot({ path: 'out/look/elsewhere-told.png' });
  await supervisor.go('F7', said('cash_title'));
  await supervisor.keyboard.press('Control+Enter');
  await supervisor.seen(supervisor.heading(said('closing_title')));
  const show = async (password: string): Promise<void> => {
    await supervisor.type(there.getByLabel(said('elsewhere_password'), { exact: true }), password);
    await supervisor.keyboard.press('Enter');
  };
  const sent = there.locator('[data-closing]');
  const press = async (action: string): Promise<void> => {
    await supervisor.tabTo(sent.getByRole('button', { name: new RegExp(`^${said(action)}`) }));
    await supervisor.keyboard.press('Enter');
  };
  await show('nikoli');
  await supervisor.seen(there.getByText(said('failure_clerk_wrong_password')));
  await until('the closing is at the portal', async () => {
    await show('Cvicna-Prepazka-3');
    await supervisor.seen(sent.or(there.getByText(said('elsewhere_none'))));
    return sent.isVisible();
  });
  for (const text of ['žádám o uzávěrku', '450 Kč', 'posoudí vedoucí', 'Nováková'])
    await supervisor.seen(sent.getByText(text));
  await look('a closing of another desk', there);
  await there.screenshot({ path: 'out/look/elsewhere.png', fullPage: true });
  await press('elsewhere_return');
  const dialog = there.getByRole('dialog');
  await supervisor.seen(dialog);
  await look('return a closing', there);
  await supervisor.keyboard.insertText('přepočítejte padesátky');
  await supervisor.keyboard.press('Enter');
  await supervisor.seen(there.getByText(said('elsewhere_none')));

  await until('the clerk sees why', async () => {
    await desk.call('desk.try-line', {});
    return window.getByText('přepočítejte padesátky').isVisible();
  });
  await look('closing returned');
  await count({ '200': '2', '50': '1' });
  await pages.keyboard.press('Control+Enter');
  await pages.seen(window.getByText(said('closing_waiting_title')));
  // The desk goes on while somebody decides: this belongs to the next closing.
  await pages.go('F7', said('cash_title'));
  await move(said('cash_out'), '50', said('cash_purpose_treasury'));

  await until('the second one is at the portal', async () => {
    await show('Cvicna-Prepazka-3');
    await supervisor.seen(sent.or(there.getByText(said('elsewhere_none'))));
    return sent.isVisible();
  });
  await press('elsewhere_approve');
  await supervisor.seen(there.getByText(said('elsewhere_none')));
  expect(await there.evaluate(() => document.activeElement?.tagName)).not.toBe('BODY');
  await there.screenshot({ path: 'out/look/elsewhere-approved.png', fullPage: true });

  const closing = await until('the desk has closed', async () => {
    await desk.call('desk.try-line', {});
    const { closings } = await desk.call('closing.list', { before: null, limit: 1 });
    return closings[0]?.way === 'remote' && closings[0];
  });
  expect(closing).toMatchObject({ counted: 450, expected: 450 });
  expect(closing.closedBy).toContain('Dvořák');
  await pages.keyboard.press('Control+Enter');
  await pages.seen(window.getByText(said('closing_way_remote')));
  await look('closed from elsewhere');
  await pages.signOut();
}, 180_000);

test('a deputy closes in the place of the supervisor', async () => {
  const { pages, window } = desk;
  await desk.signIn('dvorak');
  await pages.go('F7', said('cash_title'));
  await pages.keyboard.press('Control+Enter');
  await pages.choose(said('deputies_clerk'), 'Matěj Čížek');
  await pages.tabTo(pages.primaryButton(said('deputies_name')));
  await pages.keyboard.press('Enter');
  await pages.seen(window.getByText('Matěj Čížek zastupuje', { exact: false }));
  await look('a deputy is named');
  await pages.signOut();

  await desk.signIn('cizek');
  await count({ '200': '2' });
  await pages.seen(window.getByText(said('closing_as_deputy')));
  expect(await window.getByText(said('elsewhere_title')).count()).toBe(0);
  await pages.type(window.getByLabel(said('closing_password'), { exact: true }), 'Cvicna-Prepazka-2');
  await pages.keyboard.press('Control+Enter');
  await pages.seen(
    window.getByText(said('closing_done', { number: `3/${legalDate(new Date()).slice(0, 4)}` })),
  );
  await pages.seen(window.getByText(said('closing_in_place', { who: 'Ing. Řehoř Dvořák, Ph.D.' })));
  await look('closed by a deputy');
  await window.screenshot({ path: 'out/look/closed-deputy.png', fullPage: true });
}, 120_000);
