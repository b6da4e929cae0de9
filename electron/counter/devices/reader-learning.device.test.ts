import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type CounterRig,
  type PortalRig,
  startCounter,
  startPortal,
  type TestWindow,
  until,
} from '../../../test/rigs/counter.ts';
import { answerAsked, fullPage } from '../../../test/rigs/page-readers.ts';
import { type SerialReaderRig, startSerialReader } from '../../../test/rigs/serial-reader.ts';
import { person } from '../../../test/rigs/visits.ts';
import type { CallInput, CallOutput } from '../../contract/index.ts';
import { codesOfTestPage } from './reader-learning.ts';

// The wizard over the whole counter and a real line: the desk finds speed, parity and framing by itself, and later reads by them.

let portal: PortalRig;
let desk: CounterRig;
let administrator: TestWindow;
let clerk: TestWindow;
let rig: SerialReaderRig | undefined;

beforeAll(async () => {
  portal = await startPortal();
  desk = await startCounter({ portal });
  administrator = await desk.signedIn('hajickova');
  clerk = await desk.signedIn('cizek');
}, 120_000);
afterEach(async () => {
  await administrator.must('devices.end-learning', {});
  await rig?.stop();
});
afterAll(async () => {
  await desk?.close();
  await portal?.close();
});

const [one, another] = ['person-01', 'person-02'].map((id) => person(id).document.mrz);
const zone = (lines: readonly string[] = []): string => lines.join('\r');
const withCheck = (inside: string): string => {
  const value = [...`${inside}\x03`].reduce((sum, letter) => sum ^ letter.charCodeAt(0), 0);
  return `\x02${inside}\x03${String.fromCharCode(value)}`;
};

/** The reader of the rig stands in the settings by its place, as something on a bare port does. */
async function begin(
  purpose: 'usual' | 'codes',
  {
    protocol = null,
    line = null,
  }: Partial<Pick<CallInput<'devices.learn-reader'>, 'protocol' | 'line'>> = {},
): Promise<void> {
  const { path } = rig ?? { path: '' };
  const settings = await administrator.must('settings.get', {});
  const bare = { path, vendorId: null, productId: null, serialNumber: null, baudRate: 9600 };
  await administrator.must('settings.save', { ...settings, reader: bare });
  const { devices } = await administrator.must('devices.look', {});
  const device = devices.find(({ address }) => address === path);
  if (!device) throw new Error('the reader is on the page of devices');
  await administrator.must('devices.learn-reader', {
    ...{ key: device.key, address: path, purpose, protocol, line },
  });
}
type Learning = NonNullable<CallOutput<'devices.reader-learning'>>;
const when = (what: string, holds: (now: Learning) => boolean): Promise<Learning> =>
  until(what, async () => {
    const now = await administrator.must('devices.reader-learning', {});
    return now !== null && holds(now) && now;
  });
/** The desk's port is open at the speed it says it listens at. */
const listening = (baudRate: number) =>
  until(`the desk listens at ${baudRate}`, async () => rig?.deskSpeed() === baudRate);
const eventsIn = (window: TestWindow, name: string): unknown[] =>
  window.events.filter((event) => event.name === name).map(({ data }) => data);
const events = (name: string): unknown[] => eventsIn(administrator, name);
/** What was read is the clerk's; the administrator, who tries the reader, is told that it read. */
const read = (name: 'reader-read' | 'code-read'): unknown[] => {
  expect(events(name)).toEqual([]);
  return eventsIn(clerk, name);
};
const forget = (): void => {
  for (const window of [administrator, clerk]) window.events.length = 0;
};

const usedAgain = () =>
  until('the reader is used again', async () =>
    JSON.stringify(events('device-changed')).includes('"state":"ready"'),
  );

describe('a reader nobody knows', { timeout: 60_000 }, () => {
  it('at 19200 baud, seven bits and a check byte is learnt from three documents and kept', async () => {
    rig = await startSerialReader({ line: { baudRate: 19_200, parity: 'even' } });
    await begin('usual');
    for (const speed of [9_600, 115_200]) {
      await listening(speed);
      rig.send(withCheck(zone(one)));
      await when('another speed', ({ otherSpeed, line }) => otherSpeed && line.baudRate !== speed);
    }
    await listening(19_200);
    for (const [at, lines] of [one, another, one].entries()) {
      rig.send(withCheck(zone(lines)));
      const { samples, step } = await when(
        'a sample',
        (now) => now.samples.length > at || now.step === 'trying',
      );
      const said = JSON.stringify(samples);
      for (const word of [...(one ?? []), ...(another ?? [])]) expect(said).not.toContain(word.slice(0, 8));
      if (step === 'trying') break;
    }
    const learnt = await when('it is learnt', ({ step }) => step === 'trying');
    expect(learnt.line).toEqual({ baudRate: 19_200, dataBits: 7, parity: 'even', stopBits: 1 });
    expect(learnt.hearing).toEqual({
      kind: 'learnt',
      framing: {
        ...{ start: '02', aim: false, end: '03', tail: '', encoding: null, reads: 'zone' },
        check: { how: 'xor', withStart: false, withEnd: true },
      },
    });
    rig.send(withCheck(zone(another)));
    await when('a document on trial', ({ read }) => read.zones === 1);

    forget();
    await administrator.must('devices.keep-reader', {});
    expect(await administrator.must('devices.reader-learning', {})).toBeNull();
    const { reader } = await administrator.must('settings.get', {});
    expect(reader).toMatchObject({ path: rig.path, baudRate: 19_200, dataBits: 7, hearing: learnt.hearing });
    await usedAgain();
    forget();
    rig.send(withCheck(zone(one)));
    await until('a document', async () => read('reader-read').length > 0);
    expect(read('reader-read')).toEqual([{ ok: true, value: expect.objectContaining({ lines: one }) }]);
    expect(events('reader-heard')).toEqual([{ heard: 'document', issuer: 'CZE' }]);
    // Nothing of what was read is anywhere in the store.
    expect(desk.store.read((tx) => JSON.stringify(tx.all('select * from settings')))).not.toContain(
      one?.[0]?.slice(5, 14),
    );
  });

  it('over a line that somebody knows is learnt over that, and no other speed is tried', async () => {
    rig = await startSerialReader({ line: { baudRate: 38_400, parity: 'odd' } });
    const line = { baudRate: 38_400, dataBits: 7, parity: 'odd', stopBits: 2 } as const;
    await begin('usual', { line: { ...line, baudRate: 19_200 } });
    await listening(19_200);
    rig.send(withCheck(zone(one)));
    const lost = await when('nonsense', ({ trouble }) => trouble !== null);
    expect(lost).toMatchObject({ trouble: { code: 'reader.nonsense' }, otherSpeed: false, samples: [] });
    expect(rig.deskSpeed()).toBe(19_200);

    await begin('usual', { line });
    await listening(38_400);
    for (const [at, lines] of [one, another, one].entries()) {
      rig.send(withCheck(zone(lines)));
      const { step } = await when('a sample', (now) => now.samples.length > at || now.step === 'trying');
      if (step === 'trying') break;
    }
    const learnt = await when('it is learnt', ({ step }) => step === 'trying');
    expect(learnt).toMatchObject({ line, hearing: { framing: { check: { how: 'xor' } } } });
    await administrator.must('devices.keep-reader', {});
    expect((await administrator.must('settings.get', {})).reader).toMatchObject(line);
  });

  it('of codes is learnt from the test page, and its codes are told as codes, whatever is in them', async () => {
    rig = await startSerialReader({});
    await begin('codes');
    await listening(9_600);
    const utf8 = (text: string) => Buffer.from(`]Q0${text}\r\n`, 'utf8');
    const [qr = '', bars = ''] = codesOfTestPage(
      JSON.stringify([
        { type: 'qr', text: 'VIRTUOS zkušební stránka: příliš žluťoučký kůň' },
        { type: 'code128', text: 'TEST-0123456789' },
      ]),
    );
    rig.send(utf8(qr));
    await when('a sample', ({ samples }) => samples.length === 1);
    rig.send(utf8(bars));
    await when('it is learnt', ({ step }) => step === 'trying');
    forget();
    await administrator.must('devices.keep-reader', {});
    expect(await administrator.must('settings.get', {})).toMatchObject({
      // A line has one purpose.
      reader: null,
      others: {
        codes: { path: rig.path, hearing: { framing: { aim: true, end: '0d0a', encoding: 'utf-8' } } },
      },
    });
    await usedAgain();
    forget();
    const long = `ČR ${'0123456789\r\n'.repeat(300)}konec`;
    rig.send(utf8(long));
    await until('a code', async () => read('code-read').length > 0);
    rig.send(utf8(zone(one)));
    await until('a document', async () => read('reader-read').length > 0);
    expect(read('code-read')).toEqual([{ text: long }]);
    expect(events('reader-heard')[0]).toEqual({ heard: 'code', length: long.length });
    expect(read('reader-read')).toEqual([{ ok: true, value: expect.objectContaining({ lines: one }) }]);
  });

  it('is not learnt on when whoever taught it signs out: it reads again, for all', async () => {
    rig = await startSerialReader({});
    const other = await desk.signedIn('hajickova');
    const leaving = administrator;
    await begin('usual');
    await listening(9_600);
    expect(await other.must('devices.reader-learning', {})).not.toBeNull();
    other.events.length = 0;
    await leaving.must('clerks.sign-out', {});
    administrator = other;
    expect(await other.must('devices.reader-learning', {})).toBeNull();
    await usedAgain();
  });

  it('that must be told to read is told so, again behind each document', async () => {
    rig = await startSerialReader({});
    const asked: number[][] = [];
    const { send } = rig;
    const answers = answerAsked(send, one ?? []);
    rig.onAsked((bytes) => {
      asked.push([...bytes]);
      answers(bytes);
    });
    await begin('usual', { protocol: 'elyctis-idbox-one' });
    await when('a document on trial', ({ read }) => read.zones === 1);
    await until('it is asked again', async () => asked.flat().length >= 11);
    expect(asked.flat()).toEqual([0x56, 0, 0, 0x43, 0, 1, 1, 0x43, 0, 1, 1]);
  });

  it('that reads whole pages gives the zone and the code of one', async () => {
    rig = await startSerialReader({});
    await begin('usual', { protocol: 'est-100pr' });
    await when('the line', ({ step }) => step === 'trying');
    forget();
    await administrator.must('devices.keep-reader', {});
    await usedAgain();
    forget();
    rig.send(fullPage(one ?? [], 'https://example.cz/ř'));
    await until('both', async () => read('code-read').length > 0 && read('reader-read').length > 0);
    expect(read('code-read')).toEqual([{ text: 'https://example.cz/ř' }]);
    expect(read('reader-read')).toEqual([{ ok: true, value: expect.objectContaining({ lines: one }) }]);
  });
});
