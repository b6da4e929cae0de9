import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { said } from '../rigs/desk-pages.ts';
import { pageTexts, withPdf } from '../rigs/pdf-checks.ts';
import { until } from '../rigs/process.ts';
import { startWholeDesk, type WholeDesk } from '../rigs/whole-desk.ts';

/** The waiting room by keyboard alone: a booking, a walk-in, a call, a break. */

let desk: WholeDesk;
beforeAll(async () => {
  desk = await startWholeDesk();
  await desk.signIn('dvorak');
}, 120_000);
afterAll(() => desk?.close());
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await desk.window.screenshot({ path: 'out/look/e2e.png' });
});

const accessible = async (): Promise<void> => {
  const { violations } = await new AxeBuilder({ page: desk.window }).setLegacyMode().analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
};

test('a time is booked and printed, a walk-in is called by one key and opens a visit, the counter has its break', async () => {
  const { pages, devices, window } = desk;
  const { keyboard } = pages;
  const dialog = (name: string) => window.getByRole('dialog', { name });
  const submit = async (label: string): Promise<void> => {
    await pages.tabTo(window.getByRole('button', { name: said(label), exact: true }));
    await keyboard.press('Enter');
  };
  await keyboard.press('F10');
  await pages.seen(pages.heading(said('waiting_title')));
  // Prepared for training: booked for today, whatever day it is.
  await pages.seen(window.getByText(said('waiting_expected', { count: 4 })));
  await accessible();
  await desk.look('waiting-room');

  // What was typed of one person is not there for the next.
  await keyboard.press('o');
  await pages.focused(window.getByLabel(said('booking_surname')));
  await keyboard.type('Zkušební');
  await keyboard.press('Escape');
  await dialog(said('booking_new')).waitFor({ state: 'hidden' });
  await keyboard.press('o');
  await pages.focused(window.getByLabel(said('booking_surname')));
  expect(await window.getByLabel(said('booking_surname')).inputValue()).toBe('');
  await keyboard.type('Vzorový');
  await pages.tabTo(window.getByLabel(said('booking_birth_date')));
  await keyboard.type('1. 4. 1980');
  await pages.seen(dialog(said('booking_new')).getByRole('radio').first());
  await accessible();
  await desk.look('waiting-book');
  await submit('booking_submit');
  await dialog(said('booking_new')).waitFor({ state: 'hidden' });
  const paper = await until('the ticket came out', async () => (await devices.printer.printed())[0]);
  const text = (await withPdf(paper, pageTexts)).join(' ');
  expect(text).toContain('Lístek č.');
  expect(text, 'the portal has confirmed it').not.toContain('POTVRZENÍ');

  await keyboard.press('h');
  await pages.focused(window.getByLabel(said('booking_surname')));
  await keyboard.type('vzorovy');
  await keyboard.press('Enter');
  await pages.seen(dialog(said('booking_find')).getByText('Jan Karel Vzorový'));
  await accessible();
  await desk.look('waiting-find');
  await keyboard.press('Escape');

  await keyboard.press('b');
  await pages.seen(dialog(said('waiting_walk_in')));
  await accessible();
  await submit('waiting_to_line');
  await dialog(said('waiting_walk_in')).waitFor({ state: 'hidden' });
  await pages.seen(window.getByText(said('waiting_line_count', { count: 1 })));
  await pages.seen(window.getByText(said('waiting_next'), { exact: true }));
  await desk.look('waiting-line');

  await keyboard.press('t');
  await pages.seen(dialog(said('waiting_break_start')));
  await accessible();
  await keyboard.press('Enter');
  await pages.seen(window.getByRole('button', { name: said('waiting_break_end') }));
  await keyboard.press('t');
  await window.getByRole('button', { name: said('waiting_break_end') }).waitFor({ state: 'hidden' });

  await keyboard.press('n');
  await pages.seen(pages.heading(said('visit_take_title')));
  await keyboard.press('F10');
  await pages.seen(window.getByRole('button', { name: said('waiting_miss'), exact: true }));
  await accessible();
  await desk.look('waiting-called');
  await pages.tabTo(window.getByRole('button', { name: said('waiting_return'), exact: true }));
  await keyboard.press('Enter');
  await pages.seen(window.getByText(said('waiting_called_none')));
  await keyboard.press('F2');
  await pages.seen(window.getByText(said('waiting_home', { waiting: 1, expected: 4 })));
  await desk.look('waiting-home');
}, 240_000);
