/** A picture that was written to its end. */
export const isWholePng = (bytes: Buffer): boolean =>
  bytes.subarray(0, 8).toString('latin1') === '\x89PNG\r\n\x1a\n' &&
  bytes.subarray(-8, -4).toString('latin1') === 'IEND';

const METRE = 1;
const INCHES_IN_METRE = 39.370_08;

/** The dots to an inch that a whole PNG says it has, across and down; undefined where it says nothing of its true size. */
export const dpiOfPng = (bytes: Buffer): [number, number] | undefined => {
  for (let at = 8; at + 12 <= bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (type === 'IDAT') return undefined;
    if (type !== 'pHYs' || at + 17 > bytes.length) continue;
    if (bytes[at + 16] !== METRE) return undefined;
    return [bytes.readUInt32BE(at + 8) / INCHES_IN_METRE, bytes.readUInt32BE(at + 12) / INCHES_IN_METRE];
  }
  return undefined;
};
