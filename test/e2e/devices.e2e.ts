import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { fingerprintOf } from '../../electron/devices/chip/authority-list.ts';
import { certificateFile, certificatePassword } from '../rigs/converted.ts';
import { generalSubmission, said } from '../rigs/desk-pages.ts';
import { type EsclRig, startEscl } from '../rigs/escl.ts';
import { until } from '../rigs/process.ts';
import { masterList, stateOf, trainingAuthority } from '../rigs/training-documents.ts';
import { person } from '../rigs/visits.ts';
import { startWholeDesk, type WholeDesk } from '../rigs/whole-desk.ts';

/** The page of devices in the real window, with the system's own dialogs; and a scanner on the network, there and in a visit. */

let desk: WholeDesk;
let scanner: EsclRig;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'virtuos-devices-'));
  scanner = await startEscl();
  desk = await startWholeDesk();
  const path = fileOf('novakova.p12', await certificateFile(desk.portal.url(), 'novakova'));
  await desk.signIn('hajickova');
  await desk.call('settings.save', {
    ...(await desk.call('settings.get', {})),
    scanner: { device: scanner.address },
    signing: { kind: 'file', path },
  });
}, 120_000);
afterAll(async () => {
  await desk?.close();
  await scanner?.stop();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await desk.window.screenshot({ path: 'out/look/e2e.png' });
});

const fileOf = (name: string, bytes: Uint8Array): string => {
  writeFileSync(join(folder, name), bytes);
  return desk.desk.handOver(join(folder, name));
};
/** What the person chooses in the system's dialog; null: nothing. */
const choosing = (path: string | null): Promise<void> =>
  desk.desk.app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = async () => ({
      canceled: chosen === null,
      filePaths: chosen === null ? [] : [chosen],
    });
  }, path);
const press = async (name: string): Promise<void> => {
  await desk.pages.tabTo(desk.window.getByRole('button', { name }));
  await desk.pages.keyboard.press('Enter');
};
const shown = async (screen: string): Promise<void> => {
  await desk.look(`devices-${screen}`);
  const { violations } = await new AxeBuilder({ page: desk.window }).setLegacyMode().analyze();
  expect(violations.map(({ id, nodes }) => `${screen}: ${id} ${nodes[0]?.html}`)).toEqual([]);
};

test('a list of authorities is read in by its fingerprint; where nobody chooses a file, nothing happens', async () => {
  const { pages, window } = desk;
  const german = stateOf('DE');
  const bytes = masterList(
    [trainingAuthority().certificate, german.authority.certificate],
    german.listSigner,
  );
  await pages.go('Control+d', said('devices_title'));
  await choosing(null);
  await press(said('authorities_choose'));
  await pages.seen(window.locator('button:not([aria-busy])', { hasText: said('authorities_choose') }));
  expect(await window.getByRole('dialog').count()).toBe(0);

  await choosing(fileOf('seznam.ml', bytes));
  await press(said('authorities_choose'));
  const fingerprint = window.getByLabel(said('authorities_fingerprint'), { exact: true });
  await pages.type(fingerprint, 'ab'.repeat(32));
  await press(said('authorities_use'));
  await pages.seen(window.getByText(said('failure_authorities_fingerprint_differs')));
  await shown('authorities');
  await pages.type(fingerprint, fingerprintOf(german.authority.certificate));
  await press(said('authorities_use'));
  await pages.seen(window.getByText(said('authorities_imported')));
  expect((await desk.call('authorities.get', {})).list).toMatchObject({ country: 'DE' });
  await pages.signOut();
});

test('a clerk tries the signing key: a wrong PIN is told, the right one signs', async () => {
  const { pages, window } = desk;
  await desk.signIn('novakova');
  await pages.go('Control+d', said('devices_title'));
  const pin = window.getByLabel(said('devices_pin'), { exact: true });
  await pages.type(pin, 'spatne');
  await pages.keyboard.press('Enter');
  await pages.seen(window.getByText(said('failure_token_wrong_pin', { count: 1 })));
  await pages.type(pin, certificatePassword);
  await pages.keyboard.press('Enter');
  await pages.seen(window.locator('form').getByRole('status'));
  await shown('signing');
});

test('a scanner on the network that hangs is stopped by whoever tries it, and scans in a visit', async () => {
  const { pages, window } = desk;
  scanner.mischief.silentAt = 0;
  await press(said('devices_test_scan'));
  const stop = window.getByRole('button', { name: said('devices_test_stop'), exact: true });
  await pages.seen(stop);
  await until('the scan goes on', async () => scanner.openJobs() === 1);
  await shown('scan');
  await pages.tabTo(stop);
  await pages.keyboard.press('Enter');
  await pages.seen(window.getByText(said('failure_scanner_cancelled')));
  await until('the job is deleted', async () => scanner.openJobs() === 0);
  scanner.mischief.silentAt = undefined;

  await pages.go('F2', said('home_title'));
  await pages.openVisit();
  desk.devices.reader.sendLines(person('person-01').document.mrz);
  await pages.registerAnswered('not-listed');
  await pages.writePerson('person-01');
  await pages.confirmPerson();
  await pages.startService('general-submission');
  await pages.fillForm(generalSubmission('Oprava chodníku', 'Žádám o opravu chodníku v Cvičné ulici.'));
  await pages.chooseOffice('Nýrsko');
  await pages.formDone();
  scanner.load(1);
  await pages.scan(1);
  await shown('page');
  expect(scanner.openJobs()).toBe(0);
});
