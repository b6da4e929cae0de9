import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AxeBuilder } from '@axe-core/playwright';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PortalRig, startPortal } from '../rigs/counter.ts';
import { deskPages } from '../rigs/desk-pages.ts';
import { type Desk, launchDesk, makeDeskFolder } from '../rigs/electron.ts';
import { until } from '../rigs/process.ts';
import { trainingSheet } from '../rigs/recovery.ts';
import { clerks } from '../rigs/training-desk.ts';

/** A file is damaged, a machine is lost: the desk comes back from its backup, in the window, by hand. */

let portal: PortalRig;
let dataDir: string;
let desk: Desk;

/** The one desk the portal knows. */
function onlyDesk(): string {
  const db = new DatabaseSync(join(portal.dataDir, 'portal.sqlite'), { readOnly: true });
  try {
    return String(db.prepare('SELECT id FROM desks').get()?.['id']);
  } finally {
    db.close();
  }
}

const launch = async (code = portal.enrolmentCode()): Promise<Desk> => {
  desk = await launchDesk({
    dataDir,
    size: { width: 1280, height: 800 },
    env: {
      VIRTUOS_PORTAL_URL: portal.url(),
      VIRTUOS_ENROLMENT_CODE: code,
      VIRTUOS_LANGUAGE: 'cs',
    },
  });
  return desk;
};

/** A picture for whoever looks at the screens; kept only where somebody asked for it. */
async function shot(window: Desk['window'], name: string): Promise<void> {
  const folder = process.env['VIRTUOS_SHOTS'];
  if (folder) await window.screenshot({ path: join(folder, `${name}.png`) });
}

/** A supervisor found no number on paper that the portal does not know. */
async function finishRecovery(window: Desk['window']): Promise<void> {
  await window.getByRole('button', { name: 'Dokončit obnovu' }).click();
  const fields = window.getByRole('dialog').getByRole('textbox');
  await fields.first().waitFor();
  for (const field of await fields.all()) await field.fill('0');
  await window.getByRole('button', { name: 'Čísla souhlasí' }).click();
  await window.getByText('Obnova je dokončena.').waitFor();
}

beforeEach(async () => {
  portal = await startPortal(200);
  dataDir = makeDeskFolder('data');
});
afterEach(async () => {
  await desk?.close();
  await portal?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Pages all over the database and the log before it, as a disk that fails leaves them. */
function damage(): void {
  const noise = Buffer.alloc(2048, 0xa5);
  for (const { file, header, stride } of [
    { file: 'desk.db', header: 0, stride: 4096 },
    { file: 'desk.db-wal', header: 32 + 24, stride: 24 + 4096 },
  ]) {
    const path = join(dataDir, file);
    if (!existsSync(path)) continue;
    const handle = openSync(path, 'r+');
    for (let page = 4; header + (page + 1) * stride <= statSync(path).size; page += 3)
      writeSync(handle, noise, 0, noise.length, header + page * stride + 100);
    closeSync(handle);
  }
}

/** What only ever was in the log before the file is gone too. */
const loseLog = (): void => {
  for (const rest of ['desk.db-wal', 'desk.db-shm']) rmSync(join(dataDir, rest), { force: true });
};

test('a damaged desk is restored with the office’s sheet and is the same desk again', async () => {
  const { window } = await launch();
  await deskPages(window).signIn(...clerks.administrator);
  await window.keyboard.press('F6');
  await window.getByRole('button', { name: 'Zálohovat nyní' }).click();
  await window.getByText('Záloha je hotová.').waitFor();
  const [name = ''] = readdirSync(join(dataDir, 'backups')).filter((entry) => entry !== 'blobs');
  const manifest = JSON.parse(readFileSync(join(dataDir, 'backups', name, 'manifest.json'), 'utf8'));
  expect(manifest).toMatchObject({ format: 'virtuos-backup', environment: 'training' });
  await desk.close();
  damage();
  loseLog();

  const page = (await launch()).window;
  await page.getByRole('heading', { name: 'Přepážka není v provozu' }).waitFor();
  await page.getByRole('button', { name: 'Obnovit ze zálohy' }).click();
  await page.getByLabel('Obnovovací klíč z listu úřadu').fill(trainingSheet.toLowerCase());
  await page.getByRole('button', { name: 'Zkontrolovat zálohu' }).click();
  await page.getByRole('heading', { name: 'Záloha je v pořádku' }).waitFor();
  await page.getByLabel('Zachránit i to, co lze přečíst z poškozených dat').uncheck();
  await page.getByRole('button', { name: 'Obnovit z této zálohy' }).click();

  // It settles with the portal by itself; then the desk is open again.
  await deskPages(page).signIn(...clerks.supervisor);
  await page.getByText('Přepážka byla obnovena ze zálohy').first().waitFor();
  await finishRecovery(page);
  const aside = readdirSync(dataDir).filter((entry) => entry.startsWith('aside-'));
  expect(aside).toHaveLength(1);
  expect(readdirSync(join(dataDir, aside[0] ?? ''))).toContain('desk.db');
  await until(
    'the next backup is made',
    async () =>
      readdirSync(join(dataDir, 'backups')).filter((entry) => entry !== 'blobs' && !entry.endsWith('.part'))
        .length > 1,
  );
});

test('damage found while the desk is worked at leads straight to the rescue, and a report says what is missing', async () => {
  const { window } = await launch();
  await deskPages(window).signIn(...clerks.administrator);
  await window.keyboard.press('F6');
  await window.getByRole('button', { name: 'Zálohovat nyní' }).click();
  await window.getByText('Záloha je hotová.').waitFor();
  damage();
  // A backup reads every page, and meets what is damaged.
  await window.getByRole('button', { name: 'Zálohovat nyní' }).click();
  await window.getByRole('heading', { name: 'Přepážka není v provozu' }).waitFor();
  await window.getByText('Soubor s daty je poškozen', { exact: false }).waitFor();

  await window.getByRole('button', { name: 'Obnovit ze zálohy' }).click();
  await window.getByLabel('Otevřít klíčem tohoto počítače').check();
  await window.getByRole('button', { name: 'Zkontrolovat zálohu' }).click();
  await window.getByRole('heading', { name: 'Záloha je v pořádku' }).waitFor();
  expect(await window.getByLabel('Zachránit i to, co lze přečíst z poškozených dat').isChecked()).toBe(true);
  await shot(window, 'rescue-offered');
  await window.getByRole('button', { name: 'Obnovit z této zálohy' }).click();

  await deskPages(window).signIn(...clerks.supervisor);
  await window.getByText('Poškozená data přepážky byla zachráněna').first().waitFor();
  await window.getByRole('button', { name: 'Dokončit obnovu' }).click();
  await window.getByRole('heading', { name: 'Co chybí' }).waitFor();
  await window.getByText('Nečitelné stránky poškozených dat').waitFor();
  await shot(window, 'rescue-report');
});

test('another machine takes the desk’s place with a code, and the old one says that it is heard no more', async () => {
  const pages = deskPages((await launch()).window);
  await pages.signIn(...clerks.clerk);
  const old = desk;
  const oldFolder = dataDir;
  dataDir = makeDeskFolder('other');
  try {
    const { window } = await launch('no code of this portal');
    await window.getByLabel('Adresa portálu').fill(portal.url());
    await window.getByLabel('Kód zápisu').fill(portal.takeOverCode(onlyDesk()));
    await window.getByLabel('Název přepážky').fill('Přepážka po převzetí');
    await window.keyboard.press('Enter');
    await deskPages(window).signIn(...clerks.supervisor);
    await window.getByText('Tento počítač převzal přepážku').first().waitFor();
    await shot(window, 'taken-over');
    await finishRecovery(window);
    // The old machine hears of it with the next thing it has to say.
    await old.window.keyboard.press('n');
    await old.window
      .getByText('Portál tuto přepážku nezná nebo její oprávnění zrušil.', { exact: false })
      .first()
      .waitFor();
    await shot(old.window, 'old-identity');
  } finally {
    await old.close();
    rmSync(oldFolder, { recursive: true, force: true });
  }
});

test('a desk leaves in order: nothing unsent, its key gone, and it starts no more', async () => {
  const { window } = await launch();
  const pages = deskPages(window);
  await pages.signIn(...clerks.administrator);
  await window.keyboard.press('F6');
  const button = window.getByRole('button', { name: 'Vyřadit přepážku', exact: true });
  await button.and(window.locator('button:not([disabled])')).waitFor();
  await pages.tabTo(button);
  await window.keyboard.press('Enter');
  const dialog = window.getByRole('dialog');
  await dialog.waitFor();
  const { violations } = await new AxeBuilder({ page: window }).setLegacyMode().analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
  await shot(window, 'removal');
  await window.keyboard.insertText('stěhování úřadu');
  await window.keyboard.press('Enter');
  await window.getByRole('heading', { name: 'Přepážka není v provozu' }).waitFor();
  await window.getByText('Přepážka byla vyřazena.', { exact: false }).waitFor();
  expect(await window.getByRole('button', { name: 'Zkusit znovu' }).count()).toBe(0);
  await shot(window, 'removed');
  await desk.close();

  const page = (await launch()).window;
  await page.getByText('Přepážka byla vyřazena.', { exact: false }).waitFor();
  const db = new DatabaseSync(join(portal.dataDir, 'portal.sqlite'), { readOnly: true });
  try {
    expect(db.prepare('SELECT revoked_at FROM desks').get()?.['revoked_at']).not.toBeNull();
  } finally {
    db.close();
  }
});
