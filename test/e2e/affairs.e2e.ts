import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { said } from '../rigs/desk-pages.ts';
import { pageTexts, withPdf } from '../rigs/pdf-checks.ts';
import { person } from '../rigs/visits.ts';
import { startWholeDesk, type WholeDesk } from '../rigs/whole-desk.ts';

/** The affairs of a verified person in the real window, by keyboard: submissions followed, the mailbox read and answered. */

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
  await desk.look(screen);
};

test('a submission is followed and printed, a message read with its file, a dangerous one not, and answered', async () => {
  const { pages, devices, window } = desk;
  const press = async (name: string): Promise<void> => {
    await pages.tabTo(window.getByRole('button', { name, exact: true }));
    await pages.keyboard.press('Enter');
  };
  await pages.openVisit();
  devices.reader.sendLines(person('person-09').document.mrz);
  await pages.registerAnswered('not-listed');
  await pages.writePerson('person-09');
  await pages.confirmPerson();
  await pages.keyboard.press('Alt+v');
  await pages.seen(pages.heading(said('affairs_title')));
  await pages.primary(said('person_page_look'));
  await pages.seen(window.getByRole('heading', { name: said('person_next') }));
  await pages.seen(window.locator('[data-step="read-messages"]'));
  await accessible('person');
  await pages.tabTo(window.getByRole('radio', { name: said('person_page_overview'), exact: true }));
  await pages.keyboard.press('ArrowRight');
  await pages.seen(window.getByRole('heading', { name: 'Žádost o povolení kácení lípy' }));
  await pages.seen(window.getByText('Ing. Božena Lípová').first());
  await accessible('tracking');
  await press(said('tracking_print'));
  await pages.printed('submission-course');
  const [paper] = await devices.printer.printed();
  expect((await withPdf(paper ?? Buffer.alloc(0), pageTexts)).join(' ')).toContain('MUKT/C1/2026');

  // By what comes next: a digit leads from the overview to the first message.
  await pages.tabTo(window.getByRole('radio', { name: said('person_page_submissions'), exact: true }));
  await pages.keyboard.press('ArrowLeft');
  await pages.primary(said('person_go_read_messages'));
  await pages.seen(window.getByText(said('mailbox_not_data_box')));
  await pages.seen(window.getByText(said('mailbox_unread', { count: 2 })));
  await pages.tabTo(window.getByRole('button', { name: 'Podklady' }));
  await pages.keyboard.press('Enter');
  await press(`${said('mailbox_open_file')}: faktura.exe`);
  await pages.seen(window.getByText(said('failure_mailbox_file_unknown')));
  await accessible('mailbox-refused');
  await pages.tabTo(window.getByRole('button', { name: 'Výzva k doplnění' }));
  await pages.keyboard.press('Enter');
  await press(`${said('mailbox_open_file')}: vyzva.pdf`);
  await pages.seen(window.locator('.sheet img'));
  await accessible('mailbox');
  await press(said('mailbox_hand_over'));
  await pages.seen(window.getByText('předáno na přepážce'));
  await press(said('mailbox_reply'));
  await pages.seen(pages.primaryButton(said('visit_form_complete')));
}, 240_000);
