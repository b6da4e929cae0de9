import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { onDisk } from './disk.ts';
import { chooseEnvironment, dataFolder } from './environment.ts';
import { markFolder } from './folder-mark.ts';

const choose = (variable: string | undefined, packaged: boolean, trainingAsked = false) =>
  chooseEnvironment({ variable, packaged, trainingAsked });

test('an installed desk is for production unless training was asked for; from source it is for training', () => {
  expect(choose(undefined, true)).toEqual({ ok: true, value: 'production' });
  expect(choose(undefined, true, true)).toEqual({ ok: true, value: 'training' });
  expect(choose(undefined, false)).toEqual({ ok: true, value: 'training' });
  expect(choose('', false)).toEqual({ ok: true, value: 'training' });
});

test('the variable decides, and a misspelt one is refused', () => {
  expect(choose('production', false)).toEqual({ ok: true, value: 'production' });
  expect(choose('training', true)).toEqual({ ok: true, value: 'training' });
  expect(choose('Production', false)).toEqual({ ok: false, error: { code: 'environment.unknown' } });
});

test('training and production lie in different folders', () => {
  const of = (environment: 'training' | 'production') =>
    dataFolder({ variable: undefined, userData: '/home/clerk/desk', environment });
  expect(of('training')).not.toBe(of('production'));
  expect(dataFolder({ variable: 'x/y', userData: '/', environment: 'training' })).toBe(resolve('x/y'));
});

test('a folder once used for training is refused in production, and stays as it was', () => {
  const folder = mkdtempSync(join(tmpdir(), 'desk-mark-'));
  expect(markFolder(folder, 'training')).toEqual({ ok: true, value: null });
  expect(markFolder(folder, 'training')).toEqual({ ok: true, value: null });
  expect(markFolder(folder, 'production')).toEqual({
    ok: false,
    error: { code: 'environment.folder-of-other' },
  });
  expect(readFileSync(join(folder, 'environment'), 'utf8')).toBe('training');
});

test('a disk that is full or closed to us is a failure with a sentence; anything else is a bug', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'desk-disk-')), 'file');
  writeFileSync(file, '');
  const closed = onDisk(() => markFolder(join(file, 'folder'), 'training'));
  expect(closed).toEqual({ ok: false, error: { code: 'store.no-access' } });
  const full = onDisk(() => {
    throw Object.assign(new Error('write'), { code: 'ENOSPC' });
  });
  expect(full).toEqual({ ok: false, error: { code: 'store.no-space' } });
  expect(() =>
    onDisk(() => {
      throw new TypeError('bug');
    }),
  ).toThrow('bug');
});
