import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../../test/rigs/process.ts';
import { type SerialReaderRig, startSerialReader } from '../../../test/rigs/serial-reader.ts';
import type { OpenReader, ReaderEvent } from './port.ts';
import { serialIdReader } from './serial-reader.ts';

const lines = [
  'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
  'L898902C36UTO7408122F1204159ZE184226B<<<<<10',
];
const zone = lines.join('\n');

describe('a reader on a pseudo-terminal', { timeout: 60_000 }, () => {
  let rig: SerialReaderRig;
  let reader: OpenReader;
  let events: ReaderEvent[];

  beforeEach(async () => {
    rig = await startSerialReader();
    events = [];
    reader = serialIdReader().open({ path: rig.path }, { onEvent: (event) => events.push(event) });
    await seen('connected');
  });
  afterEach(async () => {
    await reader.close();
    await rig.stop();
  });

  const count = (type: ReaderEvent['type']) => events.filter((event) => event.type === type).length;
  const seen = (type: ReaderEvent['type'], times = 1) =>
    until(`${times} × ${type} in ${JSON.stringify(events)}`, () => count(type) >= times);

  it('reads a zone, sent whole or in pieces', async () => {
    rig.send(`${lines.join('\r')}\r`);
    await seen('read');
    for (const piece of `${lines.join('\r\n')}\r\n`.match(/.{1,7}/gs) ?? []) rig.send(piece);
    await seen('read', 2);
    expect(events.slice(1)).toEqual([
      { type: 'read', text: zone },
      { type: 'read', text: zone },
    ]);
  });

  it('tells garbage, endless input and an empty read, once each, and reads on', async () => {
    rig.send(Uint8Array.from({ length: 600 }, (_, index) => 0x80 + (index % 0x70)));
    await seen('trouble');
    await until('silence', () => silence(events));
    rig.send('A'.repeat(10 * 1024));
    await seen('trouble', 2);
    await until('silence', () => silence(events));
    rig.send('\r');
    await seen('trouble', 3);
    rig.send(`${lines.join('\r')}\r`);
    await seen('read');
    expect(events.slice(1)).toEqual([
      { type: 'trouble', failure: { code: 'reader.nonsense' } },
      { type: 'trouble', failure: { code: 'reader.too-long' } },
      { type: 'trouble', failure: { code: 'reader.nothing-read' } },
      { type: 'read', text: zone },
    ]);
  });

  it('says when it is unplugged, and reads on when it is back', async () => {
    await rig.unplug();
    await seen('disconnected');
    await seen('trouble');
    await rig.plugIn();
    await seen('connected', 2);
    rig.send(`${lines.join('\r')}\r`);
    await seen('read');
    expect(events.slice(1)).toEqual([
      { type: 'disconnected' },
      { type: 'trouble', failure: { code: 'reader.not-found' } },
      { type: 'connected', path: rig.path },
      { type: 'read', text: zone },
    ]);
  });

  it('notices the unplugging also in the middle of a read', async () => {
    for (let times = 1; times <= 8; times += 1) {
      rig.send('8590123456'.repeat(20));
      await rig.unplug();
      await seen('disconnected', times);
      await rig.plugIn();
      await seen('connected', times + 1);
    }
  });

  it('can be closed and opened again; a second desk program is told that it is taken', async () => {
    const others: ReaderEvent[] = [];
    const other = serialIdReader().open({ path: rig.path }, { onEvent: (event) => others.push(event) });
    await until('trouble', () => others.length > 0);
    expect(others).toEqual([{ type: 'trouble', failure: { code: 'reader.busy' } }]);
    await reader.close();
    await until(`connected in ${JSON.stringify(others)}`, () =>
      others.some(({ type }) => type === 'connected'),
    );
    rig.send(`${lines.join('\r')}\r`);
    await until('read', () => others.some(({ type }) => type === 'read'));
    await other.close();
    expect(events).toEqual([{ type: 'connected', path: rig.path }]);
  });
});

describe('the list of serial ports', () => {
  it('comes within its limit', async () => {
    const listed = await serialIdReader().list();
    expect(listed.ok || listed.error.code).toBeTruthy();
  });
});

/** A burst has ended when the line has been quiet for longer than the driver's own idea of silence. */
const lastChange = new WeakMap<ReaderEvent[], { length: number; at: number }>();
const silence = (events: ReaderEvent[]): boolean => {
  const last = lastChange.get(events);
  if (!last || last.length !== events.length) {
    lastChange.set(events, { length: events.length, at: performance.now() });
    return false;
  }
  return performance.now() - last.at > 600;
};
