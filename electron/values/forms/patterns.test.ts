import { describe, expect, it } from 'vitest';
import { patternFault } from './patterns.ts';

describe('a pattern', () => {
  it.each([
    '^\\+?[0-9 ]{9,20}$',
    '^([0-9]{1,6}-)?[0-9]{2,10}/[0-9]{4}$',
    '^(st\\. ?)?[0-9]+(/[0-9]+)?(, ?(st\\. ?)?[0-9]+(/[0-9]+)?)*$',
    '^[a-km-np-z2-9]{7}$',
    '^\\d{3} ?\\d{2}$',
    '^(\\d{3} ?){3}$',
    '^[\\p{L} .-]+$',
    '^(?:ano|ne)$',
    '^[A-Z]{2}(?<number>\\d+)\\b$',
    '^a*?b$',
    '^\\u0041\\x42\\u{43}[\\]x]+$',
    '',
  ])('that fits each text in one way may be used: %s', (pattern) => {
    expect(patternFault(pattern)).toBeNull();
  });

  it.each([
    '^(a+)+$',
    '(a*)*b',
    '^(a|a)*$',
    '^(a|b|ab)*c$',
    '^(a?b?)*$',
    '^(\\w+\\s?)*$',
    '^([a-z]+)*$',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '^(.*a){20}$',
    '^[0-9]*[0-9]*[0-9]*x$',
    '^(x+x+)+y$',
    '^(a{0,10}){0,10}$',
    '^(ř|[ř-ž])+$',
  ])('that can take one text apart in many ways may not: %s', (pattern) => {
    expect(patternFault(pattern)).toBe('several-ways');
  });

  it.each(['(', '[z-a]', '\\', 'a{2,1}', '(?<x', '\\p{Nic}'])('that is none is told: %s', (pattern) => {
    expect(patternFault(pattern)).toBe('not-an-expression');
  });

  it.each(['^(?=a)a$', '^(?<!b)a$', '^(a)\\1$', '^(a{30}){30}$'])('is no riddle: %s', (pattern) => {
    expect(patternFault(pattern)).toBe('not-understood');
  });
});
