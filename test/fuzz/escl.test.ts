import { expect, it } from 'vitest';
import { readCapabilities, readStatus } from '../../electron/devices/scanner/escl/documents.ts';
import { esclCapabilities } from '../rigs/escl.ts';

it('is not brought down by what is deep, wide or expands itself', () => {
  const root = esclCapabilities.slice(0, esclCapabilities.indexOf('<pwg:Version>'));
  const deep = `${root}${'<scan:Platen>'.repeat(9_000)}${'</scan:Platen>'.repeat(9_000)}</scan:ScannerCapabilities>`;
  const wide = `${root}${'<scan:Platen/>'.repeat(30_000)}</scan:ScannerCapabilities>`;
  const attributes = `${root}<scan:Platen ${Array.from({ length: 9_000 }, (_, at) => `a${at}="1"`).join(' ')}/></scan:ScannerCapabilities>`;
  const entity = `<!DOCTYPE x [<!ENTITY a "${'b'.repeat(99)}">]>${esclCapabilities}`;
  for (const xml of [deep, wide, attributes, entity]) expect(() => readCapabilities(xml)).not.toThrow();
  expect(readCapabilities(entity)).toBeUndefined();
  expect(readCapabilities(`${esclCapabilities}${' '.repeat(600_000)}`)).toBeUndefined();
  expect(readStatus(esclCapabilities)).toBeUndefined();
  expect(readCapabilities('')).toBeUndefined();
});
