import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { certificateFile, certificatePassword, signedDocument } from '../rigs/converted.ts';
import { said } from '../rigs/desk-pages.ts';
import { pageTexts, withPdf } from '../rigs/pdf-checks.ts';
import { person } from '../rigs/visits.ts';
import { startWholeDesk, type WholeDesk } from '../rigs/whole-desk.ts';

/** Signatures on an electronic document certified in the real window, by keyboard alone; each screen is looked at by axe. */

let desk: WholeDesk;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'virtuos-signatures-'));
  desk = await startWholeDesk();
  const key = fileOf('novakova.p12', await certificateFile(desk.portal.url(), 'novakova'));
  await desk.signIn('hajickova');
  await desk.call('settings.save', {
    ...(await desk.call('settings.get', {})),
    signing: { kind: 'file', path: key },
  });
  await desk.pages.signOut();
  await desk.signIn('novakova');
}, 120_000);
afterAll(async () => {
  await desk?.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await desk.window.screenshot({ path: 'out/look/e2e.png' });
});

const accessible = async (screen: string): Promise<void> => {
  const { violations } = await new AxeBuilder({ page: desk.window }).setLegacyMode().analyze();
  expect(violations.map(({ id, nodes }) => `${screen}: ${id} ${nodes[0]?.html}`)).toEqual([]);
  await desk.window.screenshot({ path: `out/look/electronic-signature-${screen.replaceAll(' ', '-')}.png` });
};
const fileOf = (name: string, bytes: Uint8Array): string => {
  writeFileSync(join(folder, name), bytes);
  return desk.desk.handOver(join(folder, name));
};
const field = (name: string) => desk.window.locator(`[data-field="${name}"] :is(input, select)`).first();

test('two signatures on one document: taken in, judged, chosen, signed by the clerk, given over, paid', async () => {
  const { pages, devices, window } = desk;
  const signed = await signedDocument(desk.portal.url(), { signedBy: 'cizek' });
  await pages.openVisit();
  devices.reader.sendLines(person('person-01').document.mrz);
  await pages.registerAnswered('not-listed');
  await pages.writePerson('person-01');
  await pages.confirmPerson();
  await pages.startService('elegalizace');
  await pages.seen(pages.primaryButton(said('conversion_choose_file')));
  await accessible('input');
  await pages.addFile(fileOf('neni-pdfa.pdf', Buffer.from('%PDF-1.4 nothing')));
  await pages.seen(window.locator('[role="alert"]').first());
  await pages.addFile(fileOf('smlouva.pdf', signed));
  await pages.seen(pages.primaryButton(said('conversion_confirm')));
  await pages.seen(window.locator('.sheet img'));
  await accessible('validation');
  await pages.primary(said('conversion_confirm'));
  await pages.answerExclusions(['n', 'n', 'n', 'n', 'n', 'n', 'n'], 'chosen');
  await pages.primary(said('visit_signing_done'));
  await pages.seen(window.getByText(said('failure_signing_chosen_none')));
  // The certificate is a colleague's: pointed out, and for the clerk to judge.
  await pages.seen(window.getByText(said('electronic_other_name')));
  await pages.tabTo(field('chosen'));
  await pages.keyboard.press('Space');
  await pages.tabTo(window.getByRole('button', { name: said('electronic_seen_add') }));
  await pages.keyboard.press('Enter');
  await pages.focused(field('seen0.page'));
  await pages.type(field('seen0.page'), '1');
  await pages.type(field('seen0.text'), 'usměvavý obličej dole');
  await pages.type(field('description'), 'smlouva o dílo');
  await pages.type(field('birthPlace'), 'Klatovy');
  await accessible('signing');
  await pages.primary(said('visit_signing_done'));
  await pages.seen(field('pin'));
  await accessible('sign');
  await pages.type(field('pin'), certificatePassword);
  await pages.primary(said('conversion_sign'));
  await pages.seen(pages.primaryButton(said('conversion_deliver_depot')));
  await pages.seen(window.locator('.sheet img'));
  await accessible('delivery');
  await pages.primary(said('conversion_deliver_depot'));
  await pages.printed('depot-receipt');
  await accessible('delivered');
  await pages.keyboard.press('Alt+4');
  await pages.primary(said('conversion_deliver_depot'));
  await pages.printed('depot-receipt');
  await pages.keyboard.press('Alt+9');
  await pages.pay('100');
  await pages.toHandOver();
  await accessible('hand over');
  await pages.handOver();
  const papers = await Promise.all(
    (await devices.printer.printed()).map((bytes) => withPdf(bytes, (file) => pageTexts(file))),
  );
  const text = papers.map((paper) => paper.join(' '));
  expect(text.filter((page) => page.includes('uznal(a) elektronický podpis za vlastní'))).toHaveLength(2);
  expect(text.filter((page) => page.includes('Potvrzení o uložení v úschovně'))).toHaveLength(2);
}, 240_000);

test('a document that was changed after its signature: what was found is said, and refused with its paragraph', async () => {
  const { pages, window } = desk;
  const broken = Buffer.from(await signedDocument(desk.portal.url(), { level: 'B-B' }));
  broken.write('9', broken.indexOf('/MediaBox') + 12);
  await pages.openVisit();
  desk.devices.reader.sendLines(person('person-01').document.mrz);
  await pages.registerAnswered('not-listed');
  await pages.writePerson('person-01');
  await pages.confirmPerson();
  await pages.startService('elegalizace');
  await pages.seen(pages.primaryButton(said('conversion_choose_file')));
  await pages.addFile(fileOf('zmeneno.pdf', broken));
  await pages.seen(pages.primaryButton(said('visit_refuse_signature')));
  await pages.seen(window.getByText(said('electronic_broken')));
  await accessible('broken');
  await pages.primary(said('visit_refuse_signature'));
  await pages.seen(window.getByText(said('visit_service_refused_title')));
}, 120_000);
