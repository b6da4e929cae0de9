/** Readers that send records, as their makers describe them: see resources/devices/protocols. Neither was at hand. */

/** What an EST-100PR sends of a page with a zone and a code. */
export function fullPage(zone: readonly string[], code: string): Buffer {
  const record = (name: string, value: unknown): string => `\x02${name}:${JSON.stringify(value)}\x03\r\n`;
  return Buffer.from(
    [
      record('PCSign', { stage: 'readStart', type: 'PassPort' }),
      record('CameraData', { data: zone.join('\n'), type: 'PassPort' }),
      record('CameraData', { QRType: 'QR CODE', data: code, type: 'QRCode' }),
      record('PCSign', { stage: 'readEnd', type: 'PassPort' }),
    ].join(''),
  );
}

const tagged = (tag: number, content: string): Buffer =>
  Buffer.concat([Buffer.of(tag, content.length >> 8, content.length & 0xff), Buffer.from(content, 'latin1')]);

/**
 * An IDBOX One with one document in it: it answers its version (56), takes the command to read (43) and reads the document once; it gives what
 * it reads at once (49).
 */
export function answerAsked(
  answer: (bytes: Uint8Array) => void,
  zone: readonly string[],
): (asked: Uint8Array) => void {
  let held = Buffer.alloc(0);
  let isRead = false;
  const read = tagged(0x49, `${zone.join('\r')}\r\r`);
  return (asked) => {
    held = Buffer.concat([held, asked]);
    for (;;) {
      const [tag, high = 0, low = 0] = held;
      const end = 3 + high * 256 + low;
      if (tag === undefined || held.length < 3 || held.length < end) return;
      if (tag === 0x56) answer(tagged(0x56, '1.7'));
      if (tag === 0x49) answer(read);
      if (tag === 0x43) {
        answer(held.subarray(0, end));
        if (!isRead) answer(read);
        isRead = true;
      }
      held = held.subarray(end);
    }
  };
}
