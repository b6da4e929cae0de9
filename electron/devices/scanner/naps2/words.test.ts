import { describe, expect, it } from 'vitest';
import { sentences } from '../../../../test/rigs/naps2-program.ts';
import { askFor, saidFailure, saidPage, saidTotal } from './words.ts';

const codes: Record<keyof typeof sentences, string> = {
  'not-found': 'scanner.not-found',
  offline: 'scanner.not-found',
  interrupted: 'scanner.unplugged',
  busy: 'scanner.busy',
  cover: 'scanner.cover-open',
  jam: 'scanner.jammed',
  empty: 'scanner.no-paper',
  'no-feeder': 'scanner.not-offered',
  'no-driver': 'scanner.failed',
  driver: 'scanner.failed',
};

describe('what NAPS2 says', () => {
  it.each(Object.entries(sentences))(
    'of %s is understood in Czech and in English, whatever the code page',
    (key, texts) => {
      const code = Reflect.get(codes, key);
      for (const text of texts) {
        expect(saidFailure(`Beginning scan...\r\n${text}\r\n`)?.code).toBe(code);
        // Bytes that are no UTF-8, letters without their accents, and a question mark in their place.
        for (const [accent, as] of [
          [/\P{ASCII}/gu, '\uFFFD'],
          [/\P{M}\p{M}/gu, '?'],
          [/\p{M}/gu, ''],
        ] as const)
          expect(saidFailure(text.normalize(as === '\uFFFD' ? 'NFC' : 'NFD').replace(accent, as))?.code).toBe(
            code,
          );
      }
    },
  );
  it('of its work is no failure', () => {
    const text =
      'Beginning scan...\r\nStarting scan 1 of 1...\r\nScanned page 1.\r\n12 page(s) scanned.\r\nExporting...\r\n';
    expect(saidFailure(text)).toBeUndefined();
    expect(saidTotal(text)).toBe(12);
    expect(saidTotal('NAPS2.Console 8.2.1')).toBeUndefined();
    expect(text.split('\r\n').map(saidPage)).toEqual([
      undefined,
      undefined,
      1,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('a scanner is asked for', () => {
  it.each([
    ['by its name', 'fi-7160', ['fi-7160', 'DR-C225'], 'fi-7160'],
    ['by its name where another’s begins with it', 'fi-7160', ['fi-7160', 'fi-7160 #2'], 'fi-7160'],
    ['not where the program would take the other one', 'fi-7160', ['FI-7160 #2', 'fi-7160'], undefined],
    ['not where two bear one name', 'fi-7160', ['fi-7160', 'fi-7160'], undefined],
    [
      'by what can be read of its name',
      'Skener p\uFFFDzem\uFFFD',
      ['DR-C225', 'Skener p\uFFFDzem\uFFFD'],
      'Skener p',
    ],
    ['not where that is another’s too', 'Skener \uFFFD', ['Skener \uFFFD\uFFFD', 'Skener \uFFFD'], undefined],
    ['not where nothing of it can be read', '\uFFFD', ['\uFFFD'], undefined],
    ['not when it is not there', 'fi-7160', ['DR-C225'], undefined],
  ])('%s', (_how, name, listed, ask) => {
    expect(askFor(name, listed)).toBe(ask);
  });
});
