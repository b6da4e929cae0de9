import { unreadable } from './fault.ts';
import { objectIn, readObject, readObjects } from './tlv.ts';

/** Files of a travel document's chip (ICAO 9303-10), with the most bytes of each that are read. */
export const FILES = {
  cardAccess: { id: 0x011c, limit: 4096 },
  cardSecurity: { id: 0x011d, limit: 16 * 1024 },
  securityObject: { id: 0x011d, limit: 64 * 1024 },
  1: { id: 0x0101, limit: 1024 },
  2: { id: 0x0102, limit: 512 * 1024 },
  14: { id: 0x010e, limit: 16 * 1024 },
  15: { id: 0x010f, limit: 16 * 1024 },
} as const;

/** Groups the desk reads. 3 and 4 (fingers, irises) are never asked for. */
export const GROUPS = [1, 2, 14, 15] as const;
export type Group = (typeof GROUPS)[number];

/** The machine-readable zone of data group 1, as one unbroken line. */
export function readZone(group1: Uint8Array): string {
  const zone = objectIn(readObject(group1, 0x61).content, 0x5f1f).content;
  if (![72, 88, 90].includes(zone.length)) throw unreadable();
  return Buffer.from(zone).toString('latin1');
}

export type Photo = { format: 'jpeg' | 'jpeg2000'; bytes: Uint8Array };

const startsWith = (bytes: Uint8Array, ...start: readonly number[]): boolean =>
  start.every((byte, index) => bytes[index] === byte);

/** The face of data group 2 (ISO 19794-5 in the frame of 9303-10, 4.7.2); null when it is in no form known here. */
export function readPhoto(group2: Uint8Array): Photo | null {
  const templates = objectIn(readObject(group2, 0x75).content, 0x7f61).content;
  const template = objectIn(templates, 0x7f60).content;
  const block = readObjects(template).find(({ tag }) => tag === 0x5f2e || tag === 0x7f2e)?.content;
  if (block === undefined) throw unreadable();
  const image = imageIn(block);
  if (image === null) return null;
  if (startsWith(image, 0xff, 0xd8, 0xff)) return { format: 'jpeg', bytes: image };
  const isJpeg2000 =
    startsWith(image, 0, 0, 0, 0x0c, 0x6a, 0x50, 0x20, 0x20) || startsWith(image, 0xff, 0x4f, 0xff, 0x51);
  return isJpeg2000 ? { format: 'jpeg2000', bytes: image } : null;
}

const RECORD_HEADER = 14;
const FACE_HEADER = 20;
const FEATURE_POINT = 8;
const IMAGE_HEADER = 12;

function imageIn(block: Uint8Array): Uint8Array | null {
  if (!startsWith(block, 0x46, 0x41, 0x43, 0)) return null;
  const face = Buffer.from(block).subarray(RECORD_HEADER);
  if (face.length < FACE_HEADER) throw unreadable();
  const end = face.readUInt32BE(0);
  const points = face.readUInt16BE(4);
  const at = FACE_HEADER + points * FEATURE_POINT + IMAGE_HEADER;
  if (end > face.length || at >= end) throw unreadable();
  return new Uint8Array(face.subarray(at, end));
}
