import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { said } from '../rigs/desk-pages.ts';
import { makeDeskFolder } from '../rigs/electron.ts';
import { until } from '../rigs/process.ts';
import { startWholeDesk, type WholeDesk } from '../rigs/whole-desk.ts';

/** A desk whose line is gone: a supervisor carries its acts to the portal on a medium and the answer back, by keyboard. */

let desk: WholeDesk;
let folder: string;
beforeAll(async () => {
  desk = await startWholeDesk();
  // The desk may run as another user.
  folder = makeDeskFolder('medium');
}, 120_000);
afterAll(async () => {
  await desk?.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await desk.window.screenshot({ path: 'out/look/e2e.png' });
});

/** What the person chooses in the system's own dialogs. */
const choosing = (path: string): Promise<void> =>
  desk.desk.app.evaluate(({ dialog }, chosen) => {
    dialog.showSaveDialog = async () => ({ canceled: false, filePath: chosen });
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
  }, path);

test('a supervisor brings acts to the portal on a medium and takes its answer', async () => {
  const { pages, window, portal } = desk;
  await desk.signIn('dvorak');
  await until('the log is there', async () => (await desk.call('medium.get', {})).waiting.entries === 0);
  await pages.signOut();
  await desk.signIn('novakova');
  await portal.stop();
  await pages.paidCopy();
  await pages.signOut();
  await desk.signIn('dvorak');
  const { waiting } = await desk.call('medium.get', {});
  expect(waiting.effects).toBeGreaterThan(0);

  await pages.go('F6', said('settings_title'));
  const medium = join(folder, 'prenos-1.virtuos');
  await choosing(medium);
  await pages.tabTo(window.getByRole('button', { name: said('medium_export') }));
  await pages.keyboard.press('Enter');
  await pages.seen(window.getByText(said('medium_written_value', { number: 1, at: '' }).trim()));
  expect((await desk.call('medium.get', {})).waiting.effects, 'nothing is confirmed yet').toBe(
    waiting.effects,
  );

  const answer = join(folder, 'odpoved.virtuos');
  const brought = join(folder, 'brought.virtuos');
  copyFileSync(medium, brought);
  expect(await portal.importMedium(brought, answer)).toMatchObject({
    ok: true,
    value: { effects: { accepted: waiting.effects, refused: 0, incomplete: 0 } },
  });
  await choosing(desk.desk.handOver(answer));
  const take = window.getByRole('button', { name: said('medium_take') });
  await pages.tabTo(take);
  await pages.keyboard.press('Enter');
  await pages.seen(window.getByText(said('medium_taken_title', { number: 1 })));
  await pages.focused(take);
  expect((await desk.call('medium.get', {})).waiting.effects).toBe(0);
  mkdirSync('out/look', { recursive: true });
  await window.screenshot({ path: 'out/look/medium.png' });
  const { violations } = await new AxeBuilder({ page: window }).setLegacyMode().analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);

  // The same once more is refused with a sentence, and nothing has changed.
  await pages.keyboard.press('Enter');
  await pages.seen(window.getByText(said('failure_medium_already_taken')));
}, 120_000);
