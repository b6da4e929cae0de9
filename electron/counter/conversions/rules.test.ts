import { describe, expect, it } from 'vitest';
import { isArchival } from './rules.ts';

describe('a file that is to be PDF/A', () => {
  it.each([
    ['says so', { claimsPdfA: '2b', warnings: [] }, true],
    ['says so in an old part', { claimsPdfA: '1b', warnings: [] }, true],
    ['carries files in the part that allows them', { claimsPdfA: '3b', warnings: ['embedded-files'] }, true],
    ['does not say so', { warnings: [] }, false],
    ['carries files in part 1', { claimsPdfA: '1b', warnings: ['embedded-files'] }, false],
    ['runs programs', { claimsPdfA: '2b', warnings: ['programs'] }, false],
    ['is a dynamic form', { claimsPdfA: '2b', warnings: ['dynamic-form'] }, false],
    ['is protected', { claimsPdfA: '2b', warnings: ['protected'] }, false],
  ] as const)('%s', (_what, { warnings, ...file }, archival) => {
    expect(isArchival({ ...file, warnings: [...warnings] })).toBe(archival);
  });
});
