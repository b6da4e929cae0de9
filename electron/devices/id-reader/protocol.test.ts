import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../../scripts/places.ts';
import type { EarEvent } from './ear-events.ts';
import { protocolEar, readerProtocol } from './protocol.ts';

const folder = join(projectRoot, 'resources/devices/protocols');
const protocolOf = (id: string) =>
  readerProtocol.parse(JSON.parse(readFileSync(join(folder, `${id}.json`), 'utf8')));
const hear = (id: string, ...chunks: (string | Uint8Array)[]): EarEvent[] => {
  const ear = protocolEar(protocolOf(id));
  return [
    ...chunks.flatMap((chunk) => ear.bytes(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)),
    ...ear.silence(),
  ];
};
const zone = [
  'I<UTOD231458907<<<<<<<<<<<<<<<',
  '7408122F1204159UTO<<<<<<<<<<<6',
  'ERIKSSON<<ANNA<MARIA<<<<<<<<<<',
];
const tagged = (tag: number, content: string): Buffer =>
  Buffer.concat([Buffer.of(tag, content.length >> 8, content.length & 0xff), Buffer.from(content)]);
const again = { type: 'send', bytes: Uint8Array.of(0x43, 0, 1, 1) };
const nonsense = { type: 'trouble', failure: { code: 'reader.nonsense' } };

it('every definition that ships is one, under its own name', () => {
  const files = readdirSync(folder);
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) expect(protocolOf(file.replace('.json', '')).id).toBe(file.replace('.json', ''));
});

describe('tagged records', () => {
  const wire = Buffer.concat([tagged(0x43, '\x01'), tagged(0x49, `${zone.join('\r')}\r\r`)]);
  it('give the zone and ask for the next document, however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.nat(wire.length), (at) => {
        expect(hear('elyctis-idbox-one', wire.subarray(0, at), wire.subarray(at))).toEqual([
          { type: 'read', text: zone.join('\n') },
          again,
        ]);
      }),
    );
  });
  it('that are unknown, too long or cut off: one trouble, and reading goes on behind the silence', () => {
    expect(hear('elyctis-idbox-one', Uint8Array.of(0x7a, 0, 1, 1, 0x49))).toEqual([nonsense]);
    expect(hear('elyctis-idbox-one', Uint8Array.of(0x49, 0xff, 0xff, 1))).toEqual([nonsense]);
    expect(hear('elyctis-idbox-one', wire.subarray(0, 40))).toEqual([nonsense]);
    expect(hear('elyctis-idbox-one', tagged(0x49, '\r'))).toEqual([
      { type: 'trouble', failure: { code: 'reader.nothing-read' } },
      again,
    ]);
  });
});

describe('marked records', () => {
  const record = (name: string, value: unknown): string => `\x02${name}:${JSON.stringify(value)}\x03\r\n`;
  it('give the zone and the codes of one page and leave out what the desk did not verify', () => {
    const page = [
      record('PCSign', { stage: 'readStart', type: 'PassPort' }),
      record('CameraData', { data: zone.join('\n'), type: 'PassPort' }),
      record('CameraData', { QRType: 'QR CODE', data: 'https://example.cz/ř', type: 'QRCode' }),
      record('EidlinkResult', { travelIdentityBean: { name: 'x'.repeat(200_000) } }),
      record('PCSign', { stage: 'readEnd', type: 'PassPort' }),
    ].join('');
    expect(hear('est-100pr', page)).toEqual([
      { type: 'read', text: zone.join('\n') },
      { type: 'read', text: 'https://example.cz/ř' },
    ]);
  });
  it('that are no JSON: one trouble, and the next is read', () => {
    expect(
      hear('est-100pr', `\x02CameraData:{\x03\r\n${record('CameraData', { data: 'AB', type: 'QRCode' })}`),
    ).toEqual([nonsense, { type: 'read', text: 'AB' }]);
  });
});
