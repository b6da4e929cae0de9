import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { visitsOfCodes } from '../../electron/counter/search/codes.ts';
import { wholeDate } from '../../electron/values/partial-date.ts';
import { chanceOf } from '../chaos/random.ts';
import {
  type CounterRig,
  newId,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../rigs/counter.ts';
import { contentNeedle, decryptedPages, filesBelow, findLeaks, textNeedle } from '../rigs/leak-scan.ts';
import { type PaperOnGlass, startPaperOnGlass } from '../rigs/paper-on-glass.ts';
import { acceptSubmission, settlePrints, verify } from '../rigs/visits.ts';
import { type ZonePicture, zonePicture } from '../rigs/zone-pictures.ts';

/** What is read out of a scan at the desk: the zone of a document, the codes of a paper. */

let portal: PortalRig;
let glass: PaperOnGlass;
let desk: CounterRig;
let clerk: TestWindow;
let card: ZonePicture;

beforeAll(async () => {
  portal = await startPortal();
  glass = await startPaperOnGlass();
  desk = await startCounter({
    portal,
    scanner: { command: glass.command, temporaryFolder: glass.temporaryFolder },
  });
  const administrator = await desk.signedIn('hajickova');
  await administrator.must('settings.save', {
    ...(await administrator.must('settings.get', {})),
    scanner: { device: glass.device },
  });
  clerk = await desk.signedIn('novakova');
  card = await zonePicture(chanceOf('desk', 'card'), { page: 'card', format: 'TD1', turn: 90, jpeg: null });
});
afterAll(async () => {
  await desk.close();
  await glass.stop();
  await portal.close();
});

describe('the zone of a document on the glass', () => {
  it('comes with the confidence of each character, and nothing of it or of the picture is on the disk', async () => {
    await glass.lay(card.bytes);
    const read = await clerk.must('identity.read-image', {});
    expect(read.lines.map((line) => line.map(({ character }) => character).join(''))).toEqual(card.lines);
    expect(read.lines.flat().every(({ confidence }) => confidence > 0.5)).toBe(true);

    await glass.lay(null);
    expect(await glass.left()).toEqual([]);
    const needles = [
      ...card.lines.map((line) => textNeedle(line, line)),
      contentNeedle('picture', card.bytes),
    ];
    expect(findLeaks([{ where: 'itself', bytes: card.bytes }], needles)).toHaveLength(1);
    expect(
      findLeaks(decryptedPages(join(desk.folder, 'desk.db'), new Uint8Array(32).fill(7)), needles),
    ).toEqual([]);
    expect(findLeaks(filesBelow(desk.folder), needles, { deep: true })).toEqual([]);
    expect(desk.problems).toEqual([]);
  });

  it('is taken with what was corrected in it, as the day log says', async () => {
    const { id: visitId } = await clerk.must('visits.open', {});
    // The clerk writes another letter into the name: no check digit covers it.
    const [one = '', two = '', name = ''] = card.lines;
    const other = name.startsWith('X') ? 'Y' : 'X';
    const zone = [one, two, other + name.slice(1)].join('\n');
    const read = await clerk.must('identity.read-mrz', { text: zone });
    const taking = (source: 'image' | 'reader') => ({
      visitId,
      document: {
        ...{ kind: 'id-card' as const, number: read.documentNumber, issuer: read.issuer, source },
        expiry: read.expiryDate && wholeDate(read.expiryDate),
      },
      birthDate: read.birthDate,
      zone,
    });
    // A window may say of any lines that the reader read them.
    expect(await clerk.call('identity.take-document', taking('reader'))).toEqual({
      ok: false,
      error: { code: 'identity.zone-unknown' },
    });
    const taken = await clerk.must('identity.take-document', taking('image'));
    const corrections = [{ line: 3, column: 1, seen: name.charAt(0), character: other, by: 'clerk' }];
    expect(taken).toMatchObject({ document: { source: 'image', corrections }, strength: 'seen' });
    const payload = desk.store.read((tx) =>
      tx.get<{ payload: string }>(
        `SELECT CAST(p.payload AS TEXT) AS payload FROM journal_leaves AS l JOIN journal_payloads AS p USING (sequence)
         WHERE l.visit_id = ? AND l.kind = 'document-taken'`,
        [visitId],
      ),
    )?.payload;
    expect(JSON.parse(payload ?? '{}')).toMatchObject({ source: 'image', zoneCorrections: corrections });
    await clerk.must('visits.cancel', { visitId, reason: 'zkouška' });
  });

  it('is of whom its scan was begun for, also where another is served when the scanner is done', async () => {
    await glass.lay(card.bytes);
    await glass.hang(true);
    const { id: first } = await clerk.must('visits.open', {});
    const reading = clerk.must('identity.read-image', {});
    await until('the scanner is at work', async () => (await glass.left()).length > 0 || undefined);
    await clerk.must('visits.park', { visitId: first, note: '' });
    const { id: next } = await clerk.must('visits.open', {});
    await glass.hang(false);
    await reading;
    const zone = card.lines.join('\n');
    const read = await clerk.must('identity.read-mrz', { text: zone });
    const taking = (visitId: string) => ({
      visitId,
      document: {
        ...({ kind: 'id-card', source: 'image', number: read.documentNumber, issuer: read.issuer } as const),
        expiry: read.expiryDate && wholeDate(read.expiryDate),
      },
      birthDate: read.birthDate,
      zone,
    });
    expect(await clerk.call('identity.take-document', taking(next))).toMatchObject({
      error: { code: 'identity.zone-unknown' },
    });
    await clerk.must('visits.cancel', { visitId: next, reason: 'zkouška' });
    await clerk.must('visits.take-up', { visitId: first });
    await clerk.must('identity.take-document', taking(first));
    await clerk.must('visits.cancel', { visitId: first, reason: 'zkouška' });
    await glass.lay(null);
  });

  it('is called off in the middle by the clerk who waits for it, and by nobody else', async () => {
    await glass.hang(true);
    const colleague = await desk.signedIn('dvorak');
    const read = clerk.call('identity.read-image', {});
    await until('the scanner is at work', async () => (await glass.left()).length > 0 || undefined);
    await colleague.must('devices.cancel-reading', {});
    await clerk.must('devices.cancel-reading', {});
    expect(await read).toEqual({ ok: false, error: { code: 'scanner.cancelled' } });
    const tried = clerk.call('devices.test-scan', { purpose: 'usual' });
    await until('the scanner is at work again', async () => (await glass.left()).length > 0 || undefined);
    await clerk.must('devices.cancel-reading', {});
    expect(await tried).toEqual({ ok: false, error: { code: 'scanner.cancelled' } });
    await glass.hang(false);
    expect(await glass.left()).toEqual([]);
  });

  it('is refused with its code when nothing is there to read, and the scanner says what it has', async () => {
    expect(await clerk.call('identity.read-image', {})).toEqual({
      ok: false,
      error: { code: 'scanner.no-paper' },
    });
    const { default: sharp } = await import('sharp');
    await glass.lay(
      await sharp({ create: { width: 600, height: 800, channels: 3, background: '#fff' } })
        .png()
        .toBuffer(),
    );
    expect(await clerk.call('identity.read-image', {})).toEqual({
      ok: false,
      error: { code: 'mrz-image.none' },
    });
    await glass.lay(Buffer.from('no picture'));
    expect(await clerk.call('identity.read-image', {})).toEqual({
      ok: false,
      error: { code: 'file.not-an-image' },
    });
    expect(await glass.left()).toEqual([]);
  });
});

describe('the code of a paper on the glass', () => {
  it('brings up the visit it was issued in, from its number and from its proof', async () => {
    const { id: visitId } = await clerk.must('visits.open', {});
    await verify(clerk, visitId);
    await acceptSubmission(clerk, visitId);
    await settlePrints(clerk, visitId);
    const { sha256 } = await until('the receipt is made', async () =>
      desk.store.read((tx) =>
        tx.get<{ sha256: string }>(
          `SELECT sha256 FROM outputs WHERE kind = 'acceptance-receipt' AND visit_id = ? AND sha256 IS NOT NULL`,
          [visitId],
        ),
      ),
    );
    const receipt = await desk.store.blobs.read(sha256);
    if (!receipt.ok) throw new Error(receipt.error.code);
    const page = await desk.counter.desk.documents.pdfPage({ bytes: receipt.value, page: 0, maxPx: 2400 });
    if (!page.ok) throw new Error(page.error.code);
    await glass.lay(page.value.bytes);

    const { visits } = await clerk.must('search.read-code', {});
    expect(visits.map((visit) => visit.visitId)).toEqual([visitId]);
    const { proof, number } = desk.store.read((tx) =>
      tx.get<{ proof: string; number: string }>(
        `SELECT data ->> '$.proof' AS proof, data ->> '$.document.number' AS number FROM outputs
         WHERE kind = 'acceptance-receipt' AND visit_id = ?`,
        [visitId],
      ),
    ) ?? { proof: '', number: '' };
    const deskId = desk.store.read((tx) => desk.counter.desk.enrolled(tx))?.deskId ?? null;
    const found = (text: string, of = deskId) => desk.store.read((tx) => visitsOfCodes(tx, [text], of));
    expect(found(proof)).toEqual([visitId]);
    expect(found(proof, newId())).toEqual([]);
    // The same place in the log, but not its entry: somebody printed it.
    expect(found(`${proof.slice(0, 80)}AAA${proof.slice(83)}`)).toEqual([]);
    expect(found(`VIRTUOS:1\n${number}\n2026-04-01T08:00:00Z\nabc`)).toEqual([visitId]);
    expect(found(number)).toEqual([visitId]);
    // As it is typed from the paper, too.
    const typed = await clerk.must('search.find', { typed: number.toLowerCase() });
    expect(typed.visits.map((visit) => visit.visitId)).toEqual([visitId]);
    // A code of others with a name and a year in it is no number of ours, though the search finds somebody by it.
    const [who] = typed.visits[0]?.people ?? [];
    const foreign = `${who?.name} ${who?.birthDate?.year}`;
    expect((await clerk.must('search.find', { typed: foreign })).visits.length).toBeGreaterThan(0);
    expect(found(foreign)).toEqual([]);
    // By a hand reader that is set to another keyboard.
    const byHand = await clerk.must('search.find-code', { texts: ['ěščřžýá', number] });
    expect(byHand.visits.map((visit) => visit.visitId)).toEqual([visitId]);
    const colleague = await desk.signedIn('cizek');
    expect((await colleague.must('search.read-code', {})).visits).toHaveLength(1);
    expect(await glass.left()).toEqual([]);
  });

  it('of another desk, or of nothing of ours, finds nobody', async () => {
    const bwip = await import('bwip-js/node');
    const laid = async (bcid: string, text: string) => {
      await glass.lay(await bwip.toBuffer({ bcid, text, scale: 4, padding: 12, backgroundcolor: 'ffffff' }));
      return clerk.call('search.read-code', {});
    };
    const notOurs = { ok: false, error: { code: 'code.not-ours' } };
    expect(await laid('qrcode', `https://example.invalid/${newId()}`)).toEqual(notOurs);
    expect(await laid('code128', '00000000-FFFFFF')).toEqual(notOurs);
    // Words would find people by chance: a code is a number.
    expect(await laid('qrcode', 'Novák')).toEqual(notOurs);
    expect(await clerk.call('search.find-code', { texts: ['Vzorový', 'x'] })).toEqual(notOurs);
    await glass.lay(card.bytes);
    expect(await clerk.call('search.read-code', {})).toEqual({ ok: false, error: { code: 'code.none' } });
  });
});
