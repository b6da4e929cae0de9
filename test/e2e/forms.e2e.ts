import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { addDays, formatDate, legalDate } from '../../electron/values/time.ts';
import { projectRoot } from '../../scripts/places.ts';
import { describedPaper, said } from '../rigs/desk-pages.ts';
import { lampForm } from '../rigs/lamp-form.ts';
import { pageTexts, withPdf } from '../rigs/pdf-checks.ts';
import { until } from '../rigs/process.ts';
import { person } from '../rigs/visits.ts';
import { startWholeDesk, type WholeDesk } from '../rigs/whole-desk.ts';

/** A form added to the running portal, used to its end at the running desk, by keyboard; and a paper that is handed in. */

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
const picture = (name: string): Promise<unknown> =>
  desk.window.screenshot({ path: `out/look/forms-${name}.png` });

/** The operator's command, as a process of its own beside the running portal. */
const operator = (...args: string[]): string => {
  const run = spawnSync(process.execPath, [join(projectRoot, 'portal', 'server.ts'), ...args], {
    env: { ...process.env, DATA_DIR: desk.portal.dataDir, PORTAL_LOG_LEVEL: 'silent' },
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout;
};
const isOffered = (visitId: string): Promise<boolean> =>
  desk
    .call('services.offered', { visitId })
    .then((offered) => offered.some(({ definitionId }) => definitionId === lampForm.id));
const synced = (visitId: string, wanted: boolean) =>
  until(`the form is ${wanted ? '' : 'not '}offered`, async () => {
    await desk.call('desk.try-line', {});
    return (await isOffered(visitId)) === wanted;
  });
const openVisit = async (): Promise<string> => {
  const open = (await desk.call('visits.in-progress', {})).find(({ state }) => state === 'open');
  return open?.id ?? '';
};

test('a form added to the running portal is at the running desk with the next sync, and is used to its end', async () => {
  const { pages, devices, window } = desk;
  const { keyboard } = pages;
  await desk.signIn('novakova');
  await pages.openVisit();
  devices.reader.sendLines(person('person-01').document.mrz);
  await pages.registerAnswered('not-listed');
  await pages.writePerson('person-01');
  await pages.confirmPerson();
  const visitId = await openVisit();
  expect(await isOffered(visitId)).toBe(false);

  const file = join(desk.portal.dataDir, 'form.json');
  writeFileSync(file, JSON.stringify(lampForm));
  expect(operator('add-form', file)).toContain('lamp-out, version 1');
  await synced(visitId, true);

  const title = lampForm.title.cs;
  const filter = window.getByRole('combobox', { name: said('visit_services_filter') });
  await pages.type(filter, title);
  await pages.seen(window.getByRole('option', { selected: true }).filter({ hasText: title }));
  await keyboard.press('Enter');
  await pages.seen(pages.heading(title));

  // Going on at once: everything that is missing in one list, each a jump to its field.
  await pages.primary(said('visit_form_complete'));
  await pages.seen(window.getByRole('alert'));
  const listed = await window.getByRole('alert').getByRole('button').allTextContents();
  expect(listed).toEqual([
    'Obec',
    'Lampa 1 – Porucha',
    'Lampa 1 – Číslo lampy',
    'Výpadek 1 – Úsek',
    'Výpadek 1 – Hodin',
    'Výpadek 1 – Lamp',
    'Svědek',
  ]);
  await accessible('problems');
  await picture('problems');
  await pages.tabTo(window.getByRole('alert').getByRole('button', { name: 'Lampa 1 – Číslo lampy' }));
  await keyboard.press('Enter');
  await pages.focused(window.locator('[data-field="lamps.0.number"] input'));

  const combobox = async (label: string, typed: string, name: string): Promise<void> => {
    const control = window.getByRole('combobox', { name: label, exact: true });
    await pages.type(control, typed);
    await pages.seen(window.getByRole('option', { selected: true }).filter({ hasText: name }));
    await keyboard.press('Enter');
    await window.waitForFunction(
      ([element, text]) => element instanceof HTMLInputElement && element.value === text,
      [await control.elementHandle(), name] as const,
    );
  };
  await combobox('Obec', 'nyr', 'Nýrsko');
  await combobox('Ulice (nepovinné)', 'ziz', 'Žižkova');
  await pages.seen(window.getByText(said('form_elsewhere_title')));

  const within = (path: string) => window.locator(`[data-field="${path}"]`);
  const write = (path: string, text: string) => pages.type(within(path).locator('input'), text);
  await pages.tabTo(within('lamps.0.fault').locator('select'));
  await keyboard.press('ArrowDown');
  await pages.seen(within('lamps.0.since'));
  await write('lamps.0.number', 'K-101');
  await write('lamps.0.since', '10/2026');
  await pages.tabTo(window.getByRole('button', { name: said('form_item_add', { title: 'Lampa' }) }));
  await keyboard.press('Enter');
  await pages.focused(within('lamps.1.fault').locator('select'));
  await keyboard.press('ArrowDown');
  await keyboard.press('ArrowDown');
  await write('lamps.1.number', 'K-102');
  expect(await within('lamps.1.since').count()).toBe(0);
  // The second comes first, with what was typed into it.
  await pages.tabTo(within('lamps.1').getByRole('button', { name: said('form_item_up') }));
  await keyboard.press('Enter');
  await until(
    'the lamps changed places',
    async () => (await within('lamps.0.number').locator('input').inputValue()) === 'K-102',
  );

  // Down the table with Enter; past its last row a new one begins.
  await write('outages.0.place', 'Žižkova');
  await write('outages.0.hours', '2,5');
  await write('outages.0.lamps', '4');
  await keyboard.press('Enter');
  await pages.focused(within('outages.1.place').locator('input'));
  await keyboard.insertText('Školní');
  await write('outages.1.hours', '1');
  await write('outages.1.lamps', '3');
  await pages.seen(within('all').getByText('13', { exact: true }));
  expect((await window.locator('[data-total="dark"]').textContent())?.trim()).toBe('13');

  await pages.tabTo(window.getByRole('checkbox', { name: 'Vznikla škoda' }));
  await keyboard.press('Space');
  await pages.seen(within('damagedOn'));
  await write('damagedOn', formatDate(addDays(legalDate(new Date()), -2)));
  await pages.tabTo(
    within('who').getByRole('button', { name: said('form_take_from_visit', { name: 'Jan Karel Vzorový' }) }),
  );
  await keyboard.press('Enter');
  await pages.seen(window.locator('[data-deadline="kept-here-not"]'));
  await accessible('form');
  await picture('filled');

  await pages.formDone();
  await pages.attachmentsDone();
  await pages.printRequest();
  await pages.signed();
  await pages.accept();
  await pages.delivered('reference-number');
  await pages.seen(window.getByText('SZ MUNY/'));
  await picture('accepted');
  const papers = await Promise.all(
    (await devices.printer.printed()).map((bytes) => withPdf(bytes, (pdf) => pageTexts(pdf))),
  );
  const [request = '', receipt = ''] = papers.map((pages) => pages.join('\n').replaceAll('\u00a0', ' '));
  for (const text of ['K-102', '10/2026', 'Žižkova', 'Lampohodin celkem', 'Jan Karel Vzorový, Cvičná 1'])
    expect(request).toContain(text);
  expect(receipt).toContain('lhůta nezachovává');

  operator('withdraw-form', lampForm.id);
  await synced(visitId, false);
  await pages.toHandOver();
  await pages.handOver();
}, 240_000);

test('a paper is described, counted, labelled and accepted without asking who brings it', async () => {
  const { pages, devices, window } = desk;
  const before = (await devices.printer.printed()).length;
  await pages.openVisit();
  await pages.keyboard.press('Alt+2');
  await pages.startService('paper-submission');
  await pages.fillForm(describedPaper);
  await pages.chooseOffice('Městský úřad Klatovy');
  await accessible('paper');
  await picture('paper');
  await pages.formDone('visit_accept');
  await pages.accept();
  await pages.printed('paper-label');
  await accessible('paper accepted');
  await picture('paper-accepted');
  expect((await devices.printer.printed()).length).toBe(before + 2);
  await pages.seen(window.getByText(said('visit_paper_paper_label')));
  await pages.toHandOver();
  await pages.handOver();
}, 120_000);
