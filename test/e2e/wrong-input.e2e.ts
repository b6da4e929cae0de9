import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { generalSubmission, said, saidBefore } from '../rigs/desk-pages.ts';
import { person } from '../rigs/visits.ts';
import { startWholeDesk, type WholeDesk } from '../rigs/whole-desk.ts';

/** Whatever comes in wrong gets a sentence, and nothing is lost. */

let desk: WholeDesk;
const files = mkdtempSync(join(tmpdir(), 'virtuos-wrong-'));
beforeAll(async () => {
  desk = await startWholeDesk();
  await desk.signIn('novakova');
}, 120_000);
afterAll(async () => {
  await desk?.close();
  rmSync(files, { recursive: true, force: true });
});

const shows = (text: string): Promise<void> => desk.pages.seen(desk.window.getByText(text));

const fileOf = (name: string, bytes: Uint8Array): string => {
  writeFileSync(join(files, name), bytes);
  return desk.desk.handOver(join(files, name));
};

test('from the reader: cut short, nonsense, endless, one wrong digit; then a good read goes on', async () => {
  const { pages, devices } = desk;
  const { mrz } = person('person-01').document;
  await pages.openVisit();

  devices.reader.sendLines([mrz[0] ?? '', (mrz[1] ?? '').slice(0, 25), mrz[2] ?? '']);
  await shows(saidBefore('failure_mrz_line_length'));

  // Between two troubles comes a whole zone: a burst of nonsense is told once.
  devices.reader.send(Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x9d, 0x41, 0x0d]));
  await shows(said('failure_reader_nonsense'));

  const wrong = mrz.map((line, index) =>
    index === 1 ? `${line[0] === '9' ? '8' : '9'}${line.slice(1)}` : line,
  );
  devices.reader.sendLines(wrong);
  await pages.seen(pages.heading(said('visit_compare_title')));
  await pages.tabTo(pages.primaryButton(said('visit_read_again')));
  await pages.keyboard.press('Enter');
  await pages.seen(pages.heading(said('visit_take_title')));

  devices.reader.send('A'.repeat(10_240));
  await shows(saidBefore('failure_reader_too_long'));

  // The endless read ends at last.
  devices.reader.send('\r');
  devices.reader.sendLines(mrz);
  await pages.registerAnswered('not-listed');
  await pages.writePerson('person-01');
  await pages.confirmPerson();
}, 120_000);

test('into a form: a field over its limit is kept, named and reached by a jump', async () => {
  const { pages, window } = desk;
  const tooLong = 'Velmi dlouhá věc '.repeat(20).trim();
  await pages.startService('general-submission');
  await pages.fillForm(generalSubmission(tooLong, 'Obsah podání.'));
  await pages.chooseOffice('Nýrsko');
  await pages.keyboard.press('Control+Enter');
  await shows(said('failure_form_too_long', { max: 255 }));
  expect(await pages.field('Věc').inputValue()).toBe(tooLong);
  await pages.focused(pages.field('Věc'));
  await pages.type(pages.field('Věc'), 'Krátká věc');
  await pages.formDone();
  expect(await window.getByRole('button', { name: said('visit_attachments_done') }).isVisible()).toBe(true);
}, 120_000);

test('as an attachment: too large, no document, a damaged one; then a scan goes on', async () => {
  const { pages } = desk;
  await pages.addFile(fileOf('velky.pdf', new Uint8Array(21 * 1024 * 1024).fill(37)));
  await shows(said('failure_visit_file_too_large', { max: 20 }));

  await pages.addFile(fileOf('program.pdf', Buffer.from('#!/bin/sh\necho neni dokument\n')));
  await shows(said('failure_file_not_a_document'));

  await pages.addFile(fileOf('poskozeny.pdf', Buffer.from('%PDF-1.7\nxref\n0 1\ntrailer\n<<>>\n%%EOF')));
  await shows(said('failure_file_damaged'));

  await pages.scan(1);
  await pages.attachmentsDone();
}, 120_000);
