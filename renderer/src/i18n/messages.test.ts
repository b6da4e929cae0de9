import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { failureCodes } from '../../../electron/contract/failures.ts';
import { effects } from '../../../electron/values/validation-report.ts';
import { language } from './language.svelte.ts';
import { failureKey, inLanguage, named, sentence } from './sentence.ts';

const files = import.meta.glob('../../messages/*.json', { eager: true, import: 'default' });
const texts = z.record(z.string(), z.json());
const read = (name: string): Record<string, unknown> => texts.parse(files[`../../messages/${name}`]);
const placeholders = (message: unknown): string[] =>
  [...new Set([...JSON.stringify(message).matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name))].sort();

afterEach(() => language.set('cs'));

const parts = Object.keys(files).flatMap((path) => /messages\/(.*)cs\.json$/.exec(path)?.[1] ?? []);

describe.each(parts)('texts of %sjson', (part) => {
  const cs = read(`${part}cs.json`);
  const en = read(`${part}en.json`);
  it('say the same things in both languages', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(cs).sort());
  });
  it('name the same values in both languages', () => {
    const differing = Object.keys(cs).filter(
      (key) => JSON.stringify(placeholders(cs[key])) !== JSON.stringify(placeholders(en[key])),
    );
    expect(differing).toEqual([]);
  });
});

it('every key stands in one file (twice, compiling takes ten times as long)', () => {
  const keys = parts.flatMap((part) => Object.keys(read(`${part}cs.json`)));
  const twice = keys.filter((key, index) => key !== '$schema' && keys.indexOf(key) !== index);
  expect(twice).toEqual([]);
});

describe('failures', () => {
  const cs = read('failures.cs.json');
  it('have a sentence for every code', () => {
    expect(failureCodes.filter((code) => cs[failureKey(code)] === undefined)).toEqual([]);
  });
  it('are said in the language of the window', () => {
    expect(sentence({ code: 'window.no-counter' })).toMatch(/^Okno bylo otevřeno/);
    language.set('en');
    expect(sentence({ code: 'window.no-counter' })).toMatch(/^The window was opened/);
  });
  it('show days and times as people write them, and a gap where a value is missing', () => {
    const said = sentence({ code: 'clerk.locked', params: { until: '2026-04-01T12:05:00.000Z' } });
    expect(said).toContain('1.\u00a04.\u00a02026\u00a014:05');
    expect(sentence({ code: 'window.unexpected' })).toContain('…');
  });
  it('without a sentence tell their code', () => {
    expect(sentence({ code: 'never.heard-of' })).toContain('never.heard-of');
    expect(sentence({ code: 'constructor' })).toContain('constructor');
  });
});

it('every finding of a validated document has a sentence', () => {
  const cs = read('validation.cs.json');
  const key = (code: string) => `finding_${code.replace(/[.-]/g, '_')}`;
  expect(Object.keys(effects).filter((code) => cs[key(code)] === undefined)).toEqual([]);
});

describe('names made at run time', () => {
  it('are found by prefix, else shown as they are', () => {
    expect(named('role', 'supervisor')).toBe('vedoucí');
    expect(named('role', 'unheard')).toBe('unheard');
  });
  it('of the catalogue follow the language', () => {
    expect(inLanguage({ cs: 'pes', en: 'dog' })).toBe('pes');
    language.set('en');
    expect(inLanguage({ cs: 'pes', en: 'dog' })).toBe('dog');
  });
});
