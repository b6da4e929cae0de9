import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { said, serviceTitle } from '../rigs/desk-pages.ts';
import { pageTexts, withPdf } from '../rigs/pdf-checks.ts';
import { person } from '../rigs/visits.ts';
import { startWholeDesk, type WholeDesk } from '../rigs/whole-desk.ts';

/** Accounts in the real window, by keyboard alone; each screen on the way is looked at by axe and kept as a picture. */

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
  await desk.window.screenshot({ path: `out/look/account-${screen.replaceAll(' ', '-')}.png` });
  const { violations } = await new AxeBuilder({ page: desk.window }).setLegacyMode().analyze();
  expect(violations.map(({ id, nodes }) => `${screen}: ${id} ${nodes[0]?.html}`)).toEqual([]);
  await desk.window.screenshot({ path: `out/look/account-${screen.replaceAll(' ', '-')}.png` });
};

const papersSince = async (before: number): Promise<string[]> =>
  Promise.all(
    (await desk.devices.printer.printed())
      .slice(before)
      .map((bytes) => withPdf(bytes, async (file) => (await pageTexts(file)).join(' ').replace(/\s+/g, ' '))),
  );

const begin = async (personId: string, serviceId: string): Promise<void> => {
  const { pages, devices } = desk;
  await pages.openVisit();
  devices.reader.sendLines(person(personId).document.mrz);
  await pages.registerAnswered('not-listed');
  await pages.writePerson(personId);
  await pages.confirmPerson();
  await pages.startService(serviceId);
};
const press = async (name: string): Promise<void> => {
  await desk.pages.tabTo(desk.pages.primaryButton(name));
  await desk.pages.keyboard.press('Enter');
};
const outcome = (result: string): Promise<void> =>
  desk.pages.seen(desk.window.locator(`[data-outcome="${result}"]`));
const signAndAccept = async (): Promise<void> => {
  const { pages } = desk;
  await pages.printRequest();
  await accessible('signing');
  await pages.signed();
  await pages.accept();
};

test('a citizen is looked up with a purpose, registered here, activated, and leaves with code and confirmation', async () => {
  const { pages, window, devices } = desk;
  const before = (await devices.printer.printed()).length;
  await begin('person-01', 'account-citizen');
  await pages.seen(window.getByRole('radio', { checked: true }).nth(1));
  await accessible('looking up');
  // Nothing goes on about an account nobody looked up.
  await pages.seen(window.getByText(said('account_find_first')));
  await press(said('account_find'));
  await pages.seen(window.getByText(said('account_found_none')));
  await pages.type(window.locator('[data-field="userName"] input'), 'Jan');
  await pages.primary(said('account_done'));
  await pages.seen(window.getByText(said('failure_account_user_name_wrong')));
  await accessible('wrong input');
  await pages.type(window.locator('[data-field="userName"] input'), 'jan.vzorovy');
  await pages.type(window.locator('[data-field="email"] input'), 'jan.vzorovy@cvicne.example');
  await accessible('new account');
  await pages.primary(said('account_done'));
  await signAndAccept();
  await pages.printed('account-credentials');
  await outcome('done');
  await press(said('account_print'));
  await pages.printed('account-confirmation');
  await accessible('activated');
  await pages.toHandOver();
  await pages.seen(window.getByText(said('account_give_credentials')));
  await pages.seen(window.getByText(said('account_give_confirmation'), { exact: true }));
  await pages.handOver();
  const papers = await papersSince(before);
  expect(papers).toHaveLength(4);
  expect(papers[0]).toContain('Prohlášení uživatele portálu');
  const letter = papers.find((text) => text.includes('Přístupové údaje k účtu'));
  expect(
    papers.some((text) => text.includes('Potvrzení o aktivaci účtu') && text.includes('jan.vzorovy')),
  ).toBe(true);
  expect(letter).toMatch(/[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}/);
}, 240_000);

test('a name that is taken comes back at once, is changed and sent again', async () => {
  const { pages, window } = desk;
  await begin('person-06', 'account-citizen');
  await press(said('account_find'));
  await pages.seen(window.getByText(said('account_found_none')));
  await pages.type(window.locator('[data-field="userName"] input'), 'eliska.novackova');
  await pages.type(window.locator('[data-field="email"] input'), 'kveta@cvicne.example');
  await pages.primary(said('account_done'));
  await signAndAccept();
  await outcome('refused');
  await accessible('refused');
  await press(said('account_send_again'));
  const dialog = window.getByRole('dialog');
  await pages.seen(dialog);
  await accessible('sending again');
  await pages.type(pages.field(said('account_user_name'), dialog), 'kveta.predvalecna');
  await pages.keyboard.press('Enter');
  await outcome('done');
  await pages.toHandOver();
  await pages.handOver();
}, 240_000);

test('who has an active account is told so; another one needs a reason', async () => {
  const { pages, window } = desk;
  await begin('person-09', 'account-citizen');
  await press(said('account_find'));
  await pages.seen(window.getByText(said('account_active_already')));
  await pages.focused(window.getByRole('radio', { name: /hostivit/ }));
  expect(await window.locator('[data-field="said"]').count()).toBe(0);
  await accessible('active already');
  await pages.keyboard.press('ArrowDown');
  await pages.seen(window.locator('[data-field="despite"]'));
  await desk.portal.stop();
  await pages.seen(window.getByText(said('account_offline')));
  await pages.seen(pages.primaryButton(said('account_done')).and(window.locator('button:not([disabled])')));
  await desk.portal.start();
  await pages.keyboard.press('F8');
  await pages.seen(window.getByRole('dialog'));
  await pages.keyboard.press('Enter');
  await pages.seen(pages.heading(said('home_title')));
  // A visit that is over is found again: why one looks is asked first, and two keys answer it.
  await pages.keyboard.press('Control+f');
  await pages.seen(window.getByRole('dialog', { name: said('palette_title') }));
  await pages.keyboard.type(person('person-06').person.name.surname);
  await pages.seen(window.getByRole('option', { selected: true }).filter({ hasText: 'Předválečná' }));
  await pages.keyboard.press('Enter');
  await pages.focused(window.locator('[data-field="purpose"] input:checked'));
  await pages.keyboard.press('Enter');
  await outcome('done');
}, 240_000);

test('an organisation gets an account with two users, and a confirmation that names them', async () => {
  const { pages, window, devices } = desk;
  await begin('person-01', 'account-organisation');
  await pages.type(window.locator('[data-field="ico"] input'), '99900211');
  await pages.keyboard.press('Enter');
  await pages.seen(window.getByText(said('account_organisation_none')));
  await accessible('organisation');
  await pages.type(window.locator('[data-field="email"] input'), 'spolek@cvicne.example');
  const addUser = async (userName: string, ...rights: string[]): Promise<void> => {
    await pages.type(window.locator('[data-field="newUser"] input'), userName);
    await pages.keyboard.press('Enter');
    const user = window.getByRole('group', { name: new RegExp(userName.replace('.', '\\.')) });
    await pages.seen(user);
    for (const right of rights) {
      await pages.tabTo(user.getByRole('checkbox', { name: right, exact: true }));
      await pages.keyboard.press('Space');
    }
  };
  await addUser('hostivit.vyjimecny', 'správa uživatelů organizace', 'podání za organizaci');
  await addUser('eliska.novackova', 'sledování podání');
  await accessible('users');
  await pages.primary(said('account_done'));
  const before = (await devices.printer.printed()).length;
  await signAndAccept();
  await outcome('done');
  await press(said('account_print'));
  await pages.printed('account-confirmation');
  await accessible('organisation confirmed');
  const papers = await papersSince(before);
  const confirmation = papers.find((text) => text.includes('Potvrzení o účtu organizace'));
  expect(confirmation).toContain('Hostivít Výjimečný');
  expect(confirmation).toContain('Eliška Nováčková-Šťovíčková');
  await pages.toHandOver();
  await pages.handOver();
}, 240_000);

test('two accounts of one person stand side by side, and a decision with its reason makes one of them', async () => {
  const { pages, window } = desk;
  await begin('person-13', 'account-merge');
  await press(said('account_find'));
  await pages.seen(window.getByRole('heading', { name: said('account_dropped') }));
  await pages.type(window.locator('[data-field="reason"] textarea'), 'osoba potvrdila oba účty');
  await accessible('merging');
  await pages.primary(said('account_done'));
  await signAndAccept();
  await outcome('done');
  await accessible('merged');
  await pages.toHandOver();
  await pages.handOver();
  expect(serviceTitle('account-merge')).toContain('Sloučení');
}, 240_000);
