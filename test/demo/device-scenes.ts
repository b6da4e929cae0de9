import sharp from 'sharp';
import { chanceOf } from '../chaos/random.ts';
import { type CardSlot, openCardSlot } from '../rigs/card-slot.ts';
import { generalSubmission, said, saidBefore } from '../rigs/desk-pages.ts';
import type { TrainingDesk } from '../rigs/training-desk.ts';
import { virtualChip } from '../rigs/virtual-chip.ts';
import { person } from '../rigs/visits.ts';
import { zonePicture } from '../rigs/zone-pictures.ts';

/** The devices of the day in the window: what they say, what stops them, how they go on. Each works as it did when its scene ends. */

type Scene = {
  desk: TrainingDesk;
  screen(name: string): Promise<void>;
  check(what: string, ok: boolean, detail?: unknown): void;
};

/** Ctrl+D, as the administrator: each device with its state and its test, and one trouble each, mended. */
export async function devicesOnTheirPage({ desk, screen, check }: Scene): Promise<void> {
  const { pages, page, devices } = desk;
  const { reader, scanner, printer } = devices.controls;
  const { document } = person('person-01');
  await pages.go('Control+D', said('devices_title'));
  const rowOf = (text: string) => page.getByRole('listitem').filter({ hasText: text });
  const readerRow = rowOf(devices.settings.reader.path);
  const state = (is: string) => said(`settings_device_state_${is}`);
  await pages.seen(readerRow.getByText(state('ready'), { exact: true }));
  await screen('zarizeni');
  const test = async (label: string): Promise<void> => {
    await pages.tabTo(page.getByRole('button', { name: new RegExp(`: ${label}$`) }).first());
    await pages.keyboard.press('Enter');
  };

  await test(said('devices_test_read'));
  await pages.seen(page.getByText(said('devices_test_waiting')));
  reader.sendLines(document.mrz);
  const read = page.getByText(saidBefore('devices_test_read_done'));
  await pages.seen(read);
  const told = (await read.first().textContent()) ?? '';
  check(
    'the reader tells that it read a document, and not whose',
    told.includes('CZE') && !told.includes('999000018'),
    told,
  );
  await reader.unplug();
  await pages.seen(readerRow.getByText(state('absent'), { exact: true }));
  await screen('zarizeni-ctecka-vytazena');
  await reader.plugIn();
  await pages.seen(readerRow.getByText(state('ready'), { exact: true }));
  check('a pulled reader is told and comes back by itself', true);

  await scanner.fail('COVER_OPEN');
  await test(said('devices_test_scan'));
  await pages.seen(page.getByText(said('failure_scanner_cover_open')));
  await scanner.fail(undefined);
  await test(said('devices_test_scan'));
  await pages.seen(page.getByRole('img', { name: said('devices_test_scan_done') }));
  check('an open cover is told; closed, the scanner scans', true);

  await printer.condition('media-empty-error');
  await test(said('devices_test_print'));
  await pages.seen(page.getByText(said('failure_printer_out_of_paper')));
  await screen('zarizeni-bez-papiru');
  await printer.condition(undefined);
  await pages.seen(page.getByText(said('devices_test_print_done')));
  await screen('zarizeni-vyzkousena');
  check('a printer without paper is told, and the test page comes out when there is some', true);
}

/**
 * A visit with the zone read out of a picture of the document, a feeder that jams, and a printer that runs out of paper: up to the accepted
 * submission.
 */
export async function visitWithTroubles({ desk, screen, check }: Scene): Promise<void> {
  const { pages, page, devices } = desk;
  const { scanner, printer } = devices.controls;
  const { document } = person('person-01');
  const card = await zonePicture(chanceOf('demo', 'card'), {
    ...{ lines: [...document.mrz], format: 'TD1', turn: 0, skew: 2, blur: 0.6, grain: 3, jpeg: null },
  });
  await scanner.lay(new Uint8Array(card.bytes));
  await pages.openVisit();
  await pages.seen(pages.primaryButton(said('visit_image_read')));
  await pages.keyboard.press('Alt+o');
  await pages.seen(page.getByRole('heading', { name: said('visit_image_title') }));
  await screen('radky-z-obrazu');
  const lines = await page.getByLabel(said('visit_mrz_label'), { exact: true }).inputValue();
  check('the zone is read out of the picture', lines.trim() === document.mrz.join('\n'), lines);
  await scanner.lay(null);
  await pages.primary(said('visit_use_zone'));
  await pages.registerAnswered('not-listed');
  await pages.writePerson('person-01');
  await pages.confirmPerson();

  await pages.startService('general-submission');
  await pages.chooseOffice('Klatovy');
  await pages.fillForm(
    generalSubmission('Lavička v parku', 'Žádám o opravu lavičky u kašny v Cvičném parku.'),
  );
  await pages.formDone();
  await pages.choose(said('visit_scan_source'), said('visit_scan_source_feeder'));
  await scanner.jamAfter(2);
  await pages.keyboard.press('F9');
  await pages.seen(page.getByText(said('failure_scanner_jammed')));
  const shown = page.locator('[data-page]');
  for (const number of [1, 2])
    await pages.seen(page.getByRole('img', { name: said('visit_page_picture', { number }) }));
  check('the pages before the jam are kept', (await shown.count()) === 2, await shown.count());
  await screen('podavac-uvazl');
  await scanner.jamAfter(undefined);
  await scanner.load(1);
  await pages.scan(3);
  await scanner.load(undefined);
  check('the scan goes on behind them', (await shown.count()) === 3, await shown.count());
  await pages.attachmentsDone();

  await printer.condition('media-empty-error');
  await pages.primary(said('visit_print_request'));
  await pages.seen(page.getByText(said('failure_printer_out_of_paper')));
  await screen('tisk-bez-papiru');
  await printer.condition(undefined);
  await pages.printed('request');
  await pages.signed();
  await pages.accept();
  await pages.delivered('reference-number');
  await pages.toHandOver();
  await pages.handOver();
}

/** The virtual card reader, or why there is none: it wants root, its driver, and no other service of cards on the machine. */
export const cardSlot = (): Promise<CardSlot | { missing: string }> =>
  openCardSlot().catch((error: unknown) => ({
    missing: error instanceof Error ? error.message : String(error),
  }));

/** Chips on the card reader: wrong digits, a document pulled away, and a copy, which passes with a reason only. */
export async function chipsOnTheReader({ desk, screen, check }: Scene, slot: CardSlot): Promise<void> {
  const { pages, page } = desk;
  const can = '246810';
  const drawn =
    '<svg xmlns="http://www.w3.org/2000/svg" width="240" height="320"><rect width="240" height="320" fill="#dfe7ee"/><circle cx="120" cy="130" r="62" fill="#c9a58b"/><path d="M30 320c8-100 172-100 180 0z" fill="#34506b"/></svg>';
  const photo = new Uint8Array(await sharp(Buffer.from(drawn)).jpeg().toBuffer());
  const lay = (how: { pulledAfter?: number; isCopy?: boolean } = {}) =>
    slot.insert(
      virtualChip({ zone: person('person-01').document.mrz.join(''), can, photo, proof: 'chip-aes', ...how }),
    );
  const digits = page.getByLabel(said('visit_chip_can'), { exact: true });
  const read = async (code: string): Promise<void> => {
    await pages.type(digits, code);
    await pages.keyboard.press('Control+Enter');
  };

  await pages.openVisit();
  await pages.keyboard.press('F9');
  await pages.seen(page.getByRole('heading', { name: said('visit_chip_title') }));
  let takeOut = await lay();
  await read('111111');
  await pages.seen(page.getByText(said('failure_chip_wrong_key')));
  await takeOut();
  takeOut = await lay({ pulledAfter: 14 });
  await read(can);
  await pages.seen(page.getByText(said('failure_chip_removed')));
  await screen('cip-vytazen');
  await takeOut();
  check('wrong digits and a chip pulled away are told', true);

  takeOut = await lay({ isCopy: true });
  await pages.primary(said('visit_chip_again'));
  await pages.seen(page.locator('[data-strength="refuted"]'));
  await pages.seen(page.locator('[data-check="chip"][data-state="failed"]'));
  await pages.seen(page.getByRole('img', { name: said('visit_chip_photo_alt') }));
  await screen('cip-kopie');
  await pages.primary(said('visit_chip_take'));
  await pages.registerAnswered('not-listed');
  await pages.seen(page.getByText(said('failure_identity_chip_refuted')));
  await takeOut();
  check(
    'a copied chip stops the confirmation',
    await pages.primaryButton(said('visit_refuse')).first().isVisible(),
  );
  await pages.writePerson('person-01');
  await pages.tabTo(pages.primaryButton(said('visit_override')));
  await pages.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await pages.focused(dialog.getByRole('textbox', { name: said('reason_label') }));
  await pages.keyboard.insertText('Doklad prověřila Policie ČR.');
  await screen('cip-kopie-duvod');
  await pages.keyboard.press('Enter');
  await dialog.waitFor({ state: 'hidden' });
  await screen('cip-kopie-s-oduvodnenim');
  await pages.primary(said('visit_confirm_overridden'));
  await pages.seen(pages.heading(said('visit_services_title')));
  check('it passes with a reason', true);
  // Nothing was done for anybody: such a visit is cancelled.
  await pages.tabTo(page.getByRole('button', { name: said('visit_cancel') }).first());
  await pages.keyboard.press('Enter');
  await pages.focused(dialog.getByRole('textbox', { name: said('reason_label') }));
  await pages.keyboard.insertText('Ukázka čipu.');
  await pages.keyboard.press('Enter');
  await pages.seen(pages.heading(said('home_title')));
}
