import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../../scripts/places.ts';
import { type CardSlot, openCardSlot } from '../rigs/card-slot.ts';
import { deskPages, said } from '../rigs/desk-pages.ts';
import { type Desk, launchDesk } from '../rigs/electron.ts';
import { zoneGroup } from '../rigs/training-documents.ts';
import { type VirtualDocument, virtualChip } from '../rigs/virtual-chip.ts';
import { person } from '../rigs/visits.ts';

/** A document's chip in the real desk: window, counter, the process for card readers, pcscd and its driver. */

const zone = person('person-01').document.mrz.join('');
/** Of documents that are refuted: they stay so in the visit, and the one that is taken over is none of them. */
const otherZone = person('person-02').document.mrz.join('');
const can = '246810';

let slot: CardSlot;
let desk: Desk;
let photo: Uint8Array;
beforeAll(async () => {
  slot = await openCardSlot();
  desk = await launchDesk();
  const drawn = `<svg xmlns="http://www.w3.org/2000/svg" width="240" height="320"><rect width="240" height="320" fill="#dfe7ee"/><circle cx="120" cy="130" r="62" fill="#c9a58b"/><path d="M30 320c8-100 172-100 180 0z" fill="#34506b"/></svg>`;
  photo = new Uint8Array(await sharp(Buffer.from(drawn)).jpeg().toBuffer());
});
afterAll(async () => {
  await desk?.close();
  await slot?.close();
});

const lay = (given: Partial<VirtualDocument> = {}) =>
  slot.insert(virtualChip({ zone, can, photo, proof: 'chip-aes', ...given }));

async function look(name: string): Promise<void> {
  for (const size of [
    { width: 1920, height: 1080 },
    { width: 1280, height: 800 },
  ]) {
    await desk.app.evaluate(({ BrowserWindow }, { width, height }) => {
      for (const shown of BrowserWindow.getAllWindows()) shown.setContentSize(width, height);
    }, size);
    await desk.window.screenshot({ path: join(projectRoot, 'out', 'look', `${name}-${size.width}.png`) });
  }
}

async function expectAccessible(): Promise<void> {
  const { violations } = await new AxeBuilder({ page: desk.window }).setLegacyMode().analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

test('a chip is opened by its six digits, read, verified and taken over; a wrong, pulled, changed or doubtful one is told', async () => {
  const { window } = desk;
  const pages = deskPages(window);
  await pages.signIn('novakova', 'Cvicna-Prepazka-1');
  await pages.openVisit();
  await window.keyboard.press('F9');
  await window.getByRole('heading', { name: said('visit_chip_title') }).waitFor();
  await look('chip-key');
  await expectAccessible();
  const digits = window.getByLabel(said('visit_chip_can'), { exact: true });
  const failure = (key: Parameters<typeof said>[0]) => window.getByText(said(key));

  await digits.fill('111111');
  let takeOut = await lay();
  await window.keyboard.press('Control+Enter');
  await failure('failure_chip_wrong_key').waitFor();
  await takeOut();

  takeOut = await lay({ pulledAfter: 14 });
  await digits.fill(can);
  await window.keyboard.press('Control+Enter');
  await failure('failure_chip_removed').waitFor();
  await takeOut();

  await window.keyboard.press('Control+Enter');
  await window.getByRole('progressbar', { name: said('visit_chip_part_waiting') }).waitFor();
  for (const [document, strength, check, state] of [
    [
      { zone: otherZone, swapped: new Map([[1, zoneGroup(otherZone.replace('UKAZKOVA', 'NEPRAVA<'))]]) },
      'refuted',
      'groups',
      'failed',
    ],
    [{ signer: 'unknown' }, 'unproven', 'signer', 'not-checked'],
    [{ zone: otherZone, signer: 'expired' }, 'refuted', 'validity', 'failed'],
  ] as const) {
    takeOut = await lay(document);
    await window.locator(`[data-strength="${strength}"]`).waitFor();
    await window.locator(`[data-check="${check}"][data-state="${state}"]`).waitFor();
    if (strength === 'refuted') await look(`chip-${check}`);
    await takeOut();
    await window.getByRole('button', { name: said('visit_chip_again') }).click();
    await digits.waitFor();
    await window.keyboard.press('Control+Enter');
  }
  takeOut = await lay();
  await window.getByRole('img', { name: said('visit_chip_photo_alt') }).waitFor();
  await window.locator('[data-strength="proven"]').waitFor();
  const states = await window
    .locator('[data-check]')
    .evaluateAll((items) => items.map((item) => `${item.dataset['check']}: ${item.dataset['state']}`));
  expect(states).toEqual([
    'groups: passed',
    'signature: passed',
    'signer: passed',
    'state: passed',
    'validity: passed',
    'revocation: not-checked',
    'chip: passed',
  ]);
  await look('chip-read');
  await expectAccessible();
  await window.keyboard.press('Control+Enter');
  await window.getByRole('heading', { name: said('visit_confirm_title') }).waitFor();
  await failure('failure_identity_chip_proven').waitFor();
  await look('chip-confirm');
  await takeOut();
});
