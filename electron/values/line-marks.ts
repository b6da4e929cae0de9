/** The bytes that readers put around what they read, by the names their manuals use (ISO/IEC 646). */
const names: Readonly<Record<number, string>> = {
  2: 'STX',
  3: 'ETX',
  4: 'EOT',
  9: 'TAB',
  10: 'LF',
  13: 'CR',
  28: 'FS',
  29: 'GS',
  30: 'RS',
  31: 'US',
};

export const markName = (byte: number): string | undefined => names[byte];

/** Marks given in hexadecimal, for a person: `STX`, `CR LF`; letters as they are. */
export const marksInWords = (hex: string): string =>
  (hex.match(/../g) ?? [])
    .map((pair) => {
      const byte = Number.parseInt(pair, 16);
      return names[byte] ?? (byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `0x${pair}`);
    })
    .join(' ');
