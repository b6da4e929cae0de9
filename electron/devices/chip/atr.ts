/** What a card's answer to reset tells (ISO 7816-3, PC/SC part 3). */
export type CardKind = {
  kind: 'contact' | 'contactless';
  /** Takes commands of extended length (ISO 7816-4, 8.1.1.2.7, third byte of the card's capabilities). */
  extended: boolean;
};

const CAPABILITIES = 0x7;
const EXTENDED = 0x40;

export function describeCard(atr: Uint8Array): CardKind {
  const historical = historicalBytes(atr);
  return {
    // A reader makes up an answer of this form for a card it reaches by radio.
    kind:
      atr[0] === 0x3b && ((atr[1] ?? 0) & 0xf0) === 0x80 && atr[2] === 0x80 && atr[3] === 0x01
        ? 'contactless'
        : 'contact',
    extended: (capabilities(historical)?.[2] ?? 0) % (EXTENDED * 2) >= EXTENDED,
  };
}

function historicalBytes(atr: Uint8Array): Uint8Array {
  const count = (atr[1] ?? 0) & 0x0f;
  let at = 2;
  for (let present = (atr[1] ?? 0) >> 4; ; ) {
    const more = (present & 8) !== 0;
    at += [1, 2, 4].filter((bit) => present & bit).length;
    if (!more || at >= atr.length) break;
    present = (atr[at] ?? 0) >> 4;
    at += 1;
  }
  return atr.subarray(at, at + count);
}

/** Compact TLV after the category 80, or after 00 with the three bytes of status at the end left out. */
function capabilities(historical: Uint8Array): Uint8Array | null {
  const isOpen = historical[0] === 0x80;
  if (!isOpen && historical[0] !== 0) return null;
  const objects = historical.subarray(1, isOpen ? undefined : -3);
  for (let at = 0; at < objects.length; ) {
    const head = objects[at] ?? 0;
    const length = head & 0x0f;
    if (head >> 4 === CAPABILITIES) return objects.subarray(at + 1, at + 1 + length);
    at += 1 + length;
  }
  return null;
}
