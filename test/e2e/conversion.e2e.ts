import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { SigningKey } from '../../electron/contract/settings.ts';
import {
  certificateFile as certificateFileOf,
  certificatePassword,
  signedDocument,
} from '../rigs/converted.ts';
import { dataMessage } from '../rigs/data-message.ts';
import { said } from '../rigs/desk-pages.ts';
import { pageTexts, withPdf } from '../rigs/pdf-checks.ts';
import { documentToSign } from '../rigs/signing.ts';
import { PIN, softwareCard } from '../rigs/software-card.ts';
import { startWholeDesk, type WholeDesk } from '../rigs/whole-desk.ts';

/** Authorised conversion in the real window, by keyboard alone; each screen on the way is looked at by axe. */

let desk: WholeDesk;
let folder: string;
let card: Awaited<ReturnType<typeof softwareCard>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'virtuos-conversion-'));
  card = await softwareCard('Karta');
  card.giveToElectronUser();
  desk = await startWholeDesk({
    env: { ...card.env, PATH: `${card.toolFolder}:${process.env['PATH']}` },
  });
  const key = fileOf('novakova.p12', await certificateFileOf(desk.portal.url(), 'novakova'));
  await signWith({ kind: 'file', path: key });
}, 120_000);
afterAll(async () => {
  await desk?.close();
  await card?.remove();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await desk.window.screenshot({ path: 'out/look/e2e.png' });
});

/** The administrator sets where the keys are, and the clerk comes to the desk. */
async function signWith(signing: SigningKey): Promise<void> {
  await desk.signIn('hajickova');
  await desk.call('settings.save', { ...(await desk.call('settings.get', {})), signing });
  await desk.pages.signOut();
  await desk.signIn('novakova');
}

/** Puts the keys of the training accounts on the card. */
async function fillCard(...names: string[]): Promise<void> {
  for (const [at, name] of names.entries()) await card.putTrainingKey(desk.portal.url(), name, `0${at + 1}`);
  card.giveToElectronUser();
}

const accessible = async (screen: string): Promise<void> => {
  const { violations } = await new AxeBuilder({ page: desk.window }).setLegacyMode().analyze();
  expect(violations.map(({ id, nodes }) => `${screen}: ${id} ${nodes[0]?.html}`)).toEqual([]);
  const title = await desk.window.getByRole('heading', { level: 1 }).boundingBox();
  const frame = await desk.window.locator('.screen').boundingBox();
  expect(title?.y, `${screen}: the heading stays in view`).toBeGreaterThanOrEqual(frame?.y ?? Infinity);
  await desk.window.screenshot({ path: `out/look/conversion-${screen.replaceAll(' ', '-')}.png` });
};
const fileOf = (name: string, bytes: Uint8Array): string => {
  writeFileSync(join(folder, name), bytes);
  return desk.desk.handOver(join(folder, name));
};
const papersSince = async (before: number) =>
  Promise.all(
    (await desk.devices.printer.printed())
      .slice(before)
      .map((bytes) => withPdf(bytes, (file) => pageTexts(file))),
  );

test('a signed file to paper: taken, judged, printed, compared, counted, certified, paid', async () => {
  const { pages, devices, window } = desk;
  const before = (await devices.printer.printed()).length;
  await pages.openVisit();
  await pages.keyboard.press('Alt+2');
  await pages.startService('conversion-to-paper');
  await pages.seen(pages.primaryButton(said('conversion_choose_file')));
  await accessible('input');
  await pages.addFile(fileOf('potvrzeni.pdf', await signedDocument(desk.portal.url())));
  await pages.seen(pages.primaryButton(said('conversion_confirm')));
  await pages.seen(window.locator('.sheet img'));
  expect(await window.locator('[data-signature="valid"]').count()).toBe(1);
  await accessible('validation');
  await pages.primary(said('conversion_confirm'));
  await pages.answerQuestions(['n', 'n', 'n', 'n']);
  await accessible('exclusions');
  await pages.primary(said('visit_exclusions_done'));
  await pages.seen(pages.primaryButton(said('conversion_print')));
  await accessible('before print');
  await pages.primary(said('conversion_print'));
  await pages.printed('conversion-document');
  await pages.seen(window.locator('.sheet img'));
  await accessible('comparison');
  await pages.keyboard.press('Enter');
  await pages.seen(window.locator('[data-agreed="1"]'));
  await pages.primary(said('conversion_agrees'));
  await pages.seen(window.locator('[data-field="sheets"]'));
  await pages.type(window.locator('[data-field="sheets"] input'), '1');
  await pages.type(window.locator('[data-field="description"] input'), 'potvrzení o přijetí podání');
  // A date that is none is not dropped as if none were on the document.
  await pages.type(window.locator('[data-field="writtenOn"] input'), '31. 2. 2026');
  await pages.primary(said('conversion_count_done'));
  await pages.seen(window.getByText(said('date_not_a_day')));
  await pages.type(window.locator('[data-field="writtenOn"] input'), '1. 4. 2026');
  await accessible('count');
  await pages.primary(said('conversion_count_done'));
  await pages.seen(pages.primaryButton(said('visit_issue')));
  await accessible('issue');
  await pages.primary(said('visit_issue'));
  await pages.printed('conversion-clause');
  await accessible('issued');
  await pages.keyboard.press('Alt+9');
  await pages.pay('50');
  await pages.toHandOver();
  await accessible('hand over');
  await pages.handOver();
  const [output, clause] = await papersSince(before);
  expect(output?.join(' ')).toContain('Potvrzení o přijetí');
  const text = clause?.join(' ').replace(/\s+/g, ' ');
  expect(text).toContain('skládající se z 1 listu');
  expect(text).toContain('uznávaným elektronickým podpisem');
  expect(text).toContain('kvalifikovaným elektronickým časovým razítkem');
}, 300_000);

/** A paper up to its signature: scanned, compared page by page, counted. */
async function upToTheSignature(): Promise<void> {
  const { pages, window } = desk;
  await pages.openVisit();
  await pages.keyboard.press('Alt+2');
  await pages.startService('conversion-to-electronic');
  await pages.answerQuestions(['n', 'n', 'n', 'n', 'n', 'n', 'a']);
  await pages.primary(said('visit_exclusions_done'));
  await pages.scan(1);
  await pages.scan(2);
  await accessible('scanned');
  await pages.primary(said('conversion_scan_complete'));
  const sheet = window.locator('.sheet');
  await pages.seen(sheet.locator('img'));
  await accessible('scan comparison');
  await pages.keyboard.press('Enter');
  await pages.seen(window.locator('[data-agreed="1"] img'));
  await pages.keyboard.press('Enter');
  await pages.seen(window.locator('[data-agreed="2"]'));
  await pages.primary(said('conversion_scan_done'));
  await pages.seen(window.locator('[data-field="sheets"]'));
  await pages.type(window.locator('[data-field="sheets"] input'), '1');
  await pages.type(window.locator('[data-field="description"] input'), 'výuční list');
  await pages.tabTo(window.locator('[data-field="watermark"] input'));
  await pages.keyboard.press('Space');
  await accessible('features');
  await pages.primary(said('conversion_count_done'));
  await pages.seen(window.locator('[data-field="pin"] input'));
}
async function sign(pin: string): Promise<void> {
  await desk.pages.type(desk.window.locator('[data-field="pin"] input'), pin);
  await desk.pages.primary(said('conversion_sign'));
}

test('a paper to a file: scanned, compared page by page, counted, signed, put into the depot', async () => {
  const { pages, devices, window } = desk;
  const before = (await devices.printer.printed()).length;
  await upToTheSignature();
  await accessible('sign');
  await sign('spatne');
  await pages.seen(window.getByText(said('failure_token_wrong_pin', { count: 1 })));
  await pages.type(window.locator('[data-field="pin"] input'), certificatePassword);
  await pages.keyboard.press('Enter');
  await pages.seen(pages.primaryButton(said('conversion_deliver_depot')));
  await pages.seen(window.locator('.sheet img'));
  await accessible('delivery');
  await pages.primary(said('conversion_deliver_depot'));
  await pages.printed('depot-receipt');
  await accessible('delivered');
  await pages.keyboard.press('Alt+9');
  await pages.pay('100');
  await pages.toHandOver();
  await pages.handOver();
  const [receipt] = await papersSince(before);
  expect(receipt?.join(' ')).toMatch(/[A-Z2-9]{4}(-[A-Z2-9]{4}){4}/);
}, 300_000);

test('a paper to a file by a card: whose, how long it holds, wrong PINs and its lock are told before and after', async () => {
  const { pages, window } = desk;
  await pages.signOut();
  // Two people's certificates on one card: the clerk's own signs, and it has only days left.
  await fillCard('dvorak', 'ending');
  await signWith({ kind: 'card', module: card.module });
  const soon = window.locator('section').getByText(/podpisový certifikát platí jen do .* \(zbývá dnů: 19\)/);
  await pages.seen(soon);
  await accessible('card warned of');
  await upToTheSignature();
  await pages.seen(window.getByText(said('certificate_seen_now')));
  await pages.seen(window.getByText('Bc. Žaneta Nováková', { exact: true }));
  await accessible('card');
  for (const count of [1, 2]) {
    await sign('0000');
    await pages.seen(window.getByText(said('failure_token_wrong_pin', { count })));
  }
  await card.lock();
  await sign(PIN);
  await pages.seen(window.getByText(said('failure_token_locked')));
  expect(await window.getByText(said('failure_token_locked')).count()).toBe(1);
  await accessible('card locked');
  await card.unlock();
  await sign(PIN);
  await pages.seen(pages.primaryButton(said('conversion_deliver_depot')));
  await pages.seen(window.locator('.sheet img'));
  await accessible('card signed');
  await pages.primary(said('conversion_deliver_depot'));
  await pages.printed('depot-receipt');
  await pages.keyboard.press('Alt+9');
  await pages.pay('100');
  await pages.toHandOver();
  await pages.handOver();
}, 300_000);

test('a data message: its seal is shown, one of its files is chosen; and a file nobody signed is refused', async () => {
  const { pages, window } = desk;
  await pages.openVisit();
  await pages.keyboard.press('Alt+2');
  await pages.startService('conversion-to-paper');
  const message = await dataMessage(desk.portal.url(), [
    { name: 'průvodní dopis.txt', mimeType: 'text/plain', content: Buffer.from('Dobrý den') },
    { name: 'rozhodnutí.pdf', content: await signedDocument(desk.portal.url()) },
  ]);
  await pages.addFile(fileOf('zprava.zfo', message));
  await pages.seen(window.getByText(said('conversion_message_valid')));
  await accessible('message');
  await pages.keyboard.press('Space');
  await pages.keyboard.press('ArrowDown');
  await pages.primary(said('conversion_message_take'));
  await pages.seen(pages.primaryButton(said('conversion_confirm')));
  await pages.seen(window.locator('.sheet img'));
  expect(await window.locator('[data-signature="valid"]').count()).toBe(2);
  await accessible('message validation');
  // Another file in its place: one nobody signed. What was found is said, and the conversion refused with its paragraph.
  await pages.tabTo(window.getByRole('button', { name: said('conversion_validation_other') }));
  await pages.keyboard.press('Enter');
  await pages.seen(pages.primaryButton(said('conversion_choose_file')));
  await pages.addFile(fileOf('nepodepsano.pdf', await documentToSign()));
  await pages.seen(pages.primaryButton(said('conversion_refuse')));
  await pages.seen(window.getByText(said('finding_document_no_signature')));
  await accessible('unsigned');
  await pages.primary(said('conversion_refuse'));
  await pages.seen(window.getByText(said('visit_service_refused_title')));
  await accessible('refused');
}, 120_000);
