import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { said } from '../rigs/desk-pages.ts';
import { pageTexts, withPdf } from '../rigs/pdf-checks.ts';
import { person } from '../rigs/visits.ts';
import { startWholeDesk, type WholeDesk } from '../rigs/whole-desk.ts';

/** Signatures certified in the real window, by keyboard alone, from the reader to the book's index. */

let desk: WholeDesk;
beforeAll(async () => {
  desk = await startWholeDesk();
}, 120_000);
afterAll(() => desk?.close());
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await desk.window.screenshot({ path: 'out/look/e2e.png' });
});

const accessible = async (screen: string): Promise<void> => {
  const { violations } = await new AxeBuilder({ page: desk.window }).setLegacyMode().analyze();
  expect(violations.map(({ id, nodes }) => `${screen}: ${id} ${nodes[0]?.html}`)).toEqual([]);
};
const named = (name: string) => desk.window.locator(`[data-field="${name}"] :is(input, select)`).first();

const witness = async (index: number, id: string, number: string): Promise<void> => {
  const { pages } = desk;
  const { person: who } = person(id);
  const { year, month, day } = who.birthDate;
  const write = (name: string, text: string) => pages.type(named(`witness${index}.${name}`), text);
  await write('givenNames', who.name.givenNames ?? '');
  await write('surname', who.name.surname);
  await write('birthDate', `${day}. ${month}. ${year}`);
  await write('birthPlace', 'Plzeň');
  await write('number', number);
  await write('expiry', '31. 12. 2099');
  await write('municipality', 'Plzeň');
};

test('two signatures of a blind person before two witnesses, paid together, and found in the book', async () => {
  const { pages, devices } = desk;
  await desk.signIn('novakova');
  await pages.openVisit();
  devices.reader.sendLines(person('person-01').document.mrz);
  await pages.registerAnswered('not-listed');
  await pages.writePerson('person-01');
  await pages.confirmPerson();
  await pages.startService('legalizace');
  await accessible('exclusions of a signature');
  await pages.answerExclusions(['n', 'n', 'n', 'n', 'n', 'n', 'n'], 'birthPlace');
  await pages.choose(said('visit_signing_manner'), said('visit_signing_manner_signed'));
  await pages.type(named('description'), 'plná moc');
  await pages.type(named('signatures'), '2');
  await pages.type(named('birthPlace'), 'Klatovy');
  await pages.tabTo(named('cannotRead'));
  await pages.keyboard.press('Space');
  await pages.seen(desk.window.getByText(said('visit_signing_witnesses_needed')));
  await witness(0, 'person-02', '123456789');
  await accessible('signing');
  await pages.primary(said('visit_signing_done'));
  // The second witness is missing: the focus goes to what is to be filled in.
  await pages.focused(named('witness1.surname'));
  await witness(1, 'person-03', '987654321');
  await pages.primary(said('visit_signing_done'));
  await pages.seen(pages.primaryButton(said('visit_issue')));
  await accessible('issue of a signature');
  await pages.primary(said('visit_issue'));
  await pages.printed('register-book-row');
  await accessible('certified signature');
  await pages.keyboard.press('Alt+9');
  await pages.pay('100');
  await pages.toHandOver();
  await pages.seen(
    desk.window.getByText(said('visit_give_signed', { number: `2/${new Date().getFullYear()}` })),
  );
  await pages.handOver();

  const papers = await Promise.all(
    (await devices.printer.printed()).map((bytes) => withPdf(bytes, (file) => pageTexts(file))),
  );
  const text = papers.map((paper) => paper.join(''));
  expect(text.filter((page) => page.includes('Legalizační doložka'))).toHaveLength(2);
  const rows = text.filter((page) => page.includes('vlastnoruční podpis žadatele'));
  expect(rows).toHaveLength(2);
  for (const row of rows) expect(row.match(/vlastnoruční podpis svědka/g)).toHaveLength(2);

  await pages.go('Control+k', said('book_title'));
  await pages.seen(desk.window.locator('tr[data-number="2"][data-state="used"]'));
  await accessible('register book');
  await pages.type(named('number'), '1');
  await desk.window.locator('tr[data-number="2"]').waitFor({ state: 'detached' });
  await pages.seen(desk.window.locator('tr[data-number="1"]'));
}, 240_000);

test('copies of one paper in one go, one of them cancelled; the supervisor sees the reason in the book', async () => {
  const { pages } = desk;
  await pages.openVisit();
  await pages.keyboard.press('Alt+2');
  await pages.startService('vidimace');
  await pages.answerExclusions(['n', 'n', 'n', 'n', 'n', 'a', 'a']);
  await pages.writeCounts({
    sourceSheets: 2,
    sourcePages: 3,
    description: 'stavební plán',
    sourceIs: 'prvopis',
  });
  await pages.type(named('a3Pages'), '1');
  await pages.type(named('copies'), '2');
  await accessible('counts');
  await pages.primary(said('visit_count_done'));
  await pages.seen(pages.primaryButton(said('visit_issue')));
  await pages.primary(said('visit_issue'));
  await pages.printed('register-book-row');
  await pages.tabTo(pages.primaryButton(said('visit_cancel_number')));
  await pages.keyboard.press('Enter');
  await pages.type(desk.window.getByRole('dialog').getByRole('textbox'), 'zmačkaný list');
  await pages.keyboard.press('Enter');
  await pages.seen(desk.window.getByText(said('visit_number_cancelled')));
  await pages.keyboard.press('Alt+9');
  // Two pages in A4 and one in A3, of the copy that stays.
  await pages.seen(desk.window.locator('[data-total]').filter({ hasText: '120' }));
  await pages.pay('200');
  await pages.toHandOver();
  await pages.handOver();
  await pages.signOut();
  await desk.signIn('dvorak');
  await pages.go('Control+k', said('book_title'));
  await pages.seen(
    desk.window.locator('tr[data-number="3"][data-state="cancelled"]').getByText('zmačkaný list'),
  );
  await accessible('register book of a supervisor');
}, 240_000);
