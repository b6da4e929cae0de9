import { afterEach, beforeEach, expect, test } from 'vitest';
import { generalSubmission, said } from '../rigs/desk-pages.ts';
import { until } from '../rigs/process.ts';
import { person } from '../rigs/visits.ts';
import { killCounter, startWholeDesk, type WholeDesk } from '../rigs/whole-desk.ts';

/** The counter is killed at each step of a visit; the clerk goes on where she was, and nothing is doubled. */

let desk: WholeDesk;
beforeEach(async () => {
  desk = await startWholeDesk();
  await desk.signIn('novakova');
}, 120_000);
afterEach(() => desk?.close());

const reference = () =>
  until('the reference number comes', async () => {
    await desk.call('desk.try-line', {});
    const { items } = await desk.call('queue.list', { show: 'all', after: null, limit: 50 });
    return items.some(({ referenceNumber }) => referenceNumber !== null) && items;
  });

const readerReady = () =>
  until('the reader is ready', async () =>
    (await desk.call('devices.list', {})).some(
      ({ kind, selected, state }) => kind === 'reader' && selected && state === 'ready',
    ),
  );

test('killed before the acceptance, at every step: the clerk goes on where she was', async () => {
  const { pages, devices, window } = desk;
  await pages.openVisit();
  await killCounter(desk);
  await pages.seen(pages.heading(said('visit_take_title')));

  // The new counter has looked for the reader anew.
  await readerReady();
  devices.reader.sendLines(person('person-01').document.mrz);
  await pages.registerAnswered('not-listed');
  await pages.writePerson('person-01');
  await killCounter(desk);
  await pages.seen(pages.heading(said('visit_confirm_title')));
  // What was typed and not sent yet is still there.
  expect(await window.locator('[data-field="surname"] input').inputValue()).toBe(
    person('person-01').person.name.surname,
  );
  await pages.confirmPerson();

  await pages.startService('general-submission');
  await pages.fillForm(generalSubmission('Oprava chodníku', 'Žádám o opravu chodníku.'));
  await pages.chooseOffice('Nýrsko');
  await killCounter(desk);
  await pages.formDone();

  await pages.scan(1);
  await killCounter(desk);
  await pages.seen(window.getByRole('img', { name: said('visit_page_picture', { number: 1 }) }));
  await pages.attachmentsDone();
  await pages.printRequest();
}, 240_000);

test('killed from the print to the hand-over: nothing is doubled, on paper or at the portal', async () => {
  const { pages, devices } = desk;
  await pages.openVisit();
  devices.reader.sendLines(person('person-01').document.mrz);
  await pages.registerAnswered('not-listed');
  await pages.writePerson('person-01');
  await pages.confirmPerson();
  await pages.startService('general-submission');
  await pages.fillForm(generalSubmission('Oprava chodníku', 'Žádám o opravu chodníku.'));
  await pages.chooseOffice('Nýrsko');
  await pages.formDone();
  await pages.attachmentsDone();
  await pages.printRequest();
  await killCounter(desk);
  await pages.signed();
  await killCounter(desk);

  // Killed as soon as the key is pressed, before or after the commit: the command is carried out once.
  const accepting = pages.accept();
  await killCounter(desk);
  await accepting;
  await killCounter(desk);

  await pages.toHandOver();
  await pages.handOver();
  const items = await reference();
  expect(items.filter(({ kind }) => kind === 'submission')).toHaveLength(1);
  await until('everything is delivered', async () => {
    const { items: all } = await desk.call('queue.list', { show: 'all', after: null, limit: 50 });
    return all.every(({ state }) => state === 'accepted');
  });
  expect(await devices.printer.printed()).toHaveLength(2);
}, 240_000);
