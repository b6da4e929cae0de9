import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { said, serviceTitle } from '../rigs/desk-pages.ts';
import { pageTexts, withPdf } from '../rigs/pdf-checks.ts';
import { person } from '../rigs/visits.ts';
import { startWholeDesk, type WholeDesk } from '../rigs/whole-desk.ts';

/** From what people say to a guide, to paper and into a form, by keyboard alone. */

let desk: WholeDesk;
beforeAll(async () => {
  desk = await startWholeDesk();
  await desk.signIn('novakova');
}, 120_000);
afterAll(() => desk?.close());
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await desk.window.screenshot({ path: 'out/look/e2e.png' });
});

test('a guide is found by a misspelt word, printed with its version, and leads to its form', async () => {
  const { pages, devices, window } = desk;
  await pages.keyboard.press('F5');
  await pages.seen(pages.heading(said('guide_title')));
  await pages.keyboard.type('poridila jsem si stenne');
  await pages.seen(window.getByRole('article', { name: 'Mám psa' }));
  const { violations } = await new AxeBuilder({ page: window }).setLegacyMode().analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
  await desk.look('guides');

  await pages.keyboard.press('Control+p');
  await pages.seen(window.getByText(said('visit_print_completed')));
  const [paper] = await devices.printer.printed();
  const text = (await withPdf(paper ?? Buffer.alloc(0), pageTexts)).join(' ');
  expect(text).toContain('Mám psa');
  expect(text).toMatch(/Verze 1, aktualizováno \d/);

  await pages.keyboard.press('Enter');
  await pages.tabTo(
    window.getByRole('button', { name: said('guide_start', { title: serviceTitle('dog-registration') }) }),
  );
  await pages.keyboard.press('Enter');
  await pages.seen(pages.heading(said('visit_take_title')));
  // Nobody is known yet: the service waits for the person, and is the first to be offered then.
  devices.reader.sendLines(person('person-06').document.mrz);
  await pages.registerAnswered('not-listed');
  await pages.writePerson('person-06');
  await pages.confirmPerson();
  await pages.seen(pages.primaryButton(said('visit_start', { title: serviceTitle('dog-registration') })));
  await pages.keyboard.press('Control+Enter');
  await pages.seen(pages.primaryButton(said('visit_form_complete')));
}, 240_000);

test('one field finds commands, guides and visits, and says why before it shows another’s', async () => {
  const { pages, window } = desk;
  const { name } = person('person-06').person;
  await pages.keyboard.press('F2');
  await pages.seen(pages.heading(said('home_title')));
  // A hand reader types faster than hands do: what it reads is looked for, and none of its letters is a command.
  await pages.keyboard.type('0199v1c2-ABCDEF');
  await pages.keyboard.press('Enter');
  await pages.seen(window.getByRole('dialog', { name: said('palette_title') }));
  await pages.seen(window.getByText(said('failure_code_not_ours')));
  await pages.keyboard.press('Escape');
  await pages.seen(pages.heading(said('home_title')));
  await pages.keyboard.press('Control+f');
  await pages.seen(window.getByRole('dialog', { name: said('palette_title') }));
  await pages.keyboard.type(`${name.surname.slice(0, -1)}x`);
  const visit = window.getByRole('option', { name: name.surname });
  await pages.seen(visit);
  const { violations } = await new AxeBuilder({ page: window }).setLegacyMode().analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
  await desk.look('palette');
  await pages.keyboard.press('Enter');
  // The clerk's own visit in progress is shown without a question.
  await pages.seen(pages.primaryButton(said('visit_form_complete')));
  await pages.keyboard.press('F8');
  await pages.seen(window.getByRole('dialog'));
  await pages.keyboard.press('Control+Enter');
}, 120_000);
