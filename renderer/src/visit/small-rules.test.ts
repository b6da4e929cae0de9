import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PrintView } from '../../../electron/contract/outputs.ts';
import { createAutosave } from './autosave.svelte.ts';
import { draftOf, dropDraft } from './drafts.svelte.ts';
import { matches } from './matches.ts';
import { judgeFile, movedTo, pageKey } from './pages.ts';
import { change, readCrowns } from './payment.ts';
import { allPrinted, lastPrints, needOf } from './prints.ts';

describe('change', () => {
  it.each([
    ['200', { back: 140 }],
    ['60', { back: 0 }],
    ['50', { missing: 10 }],
    ['1 000 Kč', { back: 940 }],
    ['', null],
    ['12,50', null],
  ])('of %o for 60 crowns is %o', (handed, result) => {
    expect(change(handed, 60)).toEqual(result);
  });
  it('counts whole crowns', () => {
    expect(readCrowns('100,-')).toBe(100);
    expect(readCrowns('-5')).toBeNull();
  });
});

describe('prints', () => {
  const print = (documentId: string, copyNumber: number, state: PrintView['state']): PrintView => ({
    ...{
      jobId: `${documentId}${copyNumber}`,
      documentId,
      kind: 'request',
      trouble: null,
      pages: 1,
      at: '2026-04-01T08:00:00Z',
    },
    ...{ copyNumber, state },
  });
  it('count by the last copy of each document', () => {
    const prints = [print('a', 1, 'failed'), print('b', 1, 'completed'), print('a', 2, 'confirmed-by-clerk')];
    expect(lastPrints(prints).map(({ jobId }) => jobId)).toEqual(['a2', 'b1']);
    expect(allPrinted(prints)).toBe(true);
    expect(allPrinted([print('a', 1, 'unknown')])).toBe(false);
    expect(allPrinted([])).toBe(false);
    expect(needOf(print('a', 1, 'sent'))).toBe('running');
  });
});

describe('pages', () => {
  const key = (name: string, keys = {}) =>
    pageKey(
      { key: name, code: '', altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, ...keys },
      4,
    );
  it('are turned, deleted, chosen and moved by keys', () => {
    expect(key('r')).toEqual({ does: 'rotate', by: 90 });
    expect(key('R', { shiftKey: true })).toEqual({ does: 'rotate', by: 270 });
    expect(key('Delete')).toEqual({ does: 'delete' });
    expect(key('+')).toEqual({ does: 'enlarge' });
    expect(key('s')).toEqual({ does: 'scan', at: 'instead' });
    expect(key('Insert')).toEqual({ does: 'scan', at: 'before' });
    expect(key('ArrowDown')).toEqual({ does: 'focus', by: 4 });
    expect(key('ArrowLeft', { altKey: true })).toEqual({ does: 'move', by: -1 });
    expect(key('r', { ctrlKey: true })).toBeNull();
    expect(key('z')).toEqual({ does: 'undo' });
    expect(key('B', { shiftKey: true })).toEqual({ does: 'lighten', by: -1 });
    // A Czech keyboard types a letter where the digit stands, and plus on the first.
    expect(key('ě', { code: 'Digit2' })).toEqual({ does: 'assign', slot: 2 });
    expect(key('+', { code: 'Digit1' })).toEqual({ does: 'enlarge' });
    expect(key('Enter')).toBeNull();
  });
  it('stay within their attachment', () => {
    expect(movedTo(0, -1, 3)).toBe(0);
    expect(movedTo(1, 4, 3)).toBe(2);
  });
  it('come from files of a sensible size', () => {
    expect(judgeFile({ name: 'x.pdf', size: 20 * 1024 * 1024 })).toBeNull();
    expect(judgeFile({ name: 'x.pdf', size: 20 * 1024 * 1024 + 1 })).toMatchObject({
      code: 'visit.file-too-large',
      params: { max: 20 },
    });
    expect(judgeFile({ name: 'x.pdf', size: 50 * 1024 * 1024 }, 50)).toBeNull();
    expect(judgeFile({ name: 'zpráva.ZFO', size: 28 * 1024 * 1024 })).toBeNull();
    expect(judgeFile({ name: 'x.pdf', size: 0 })).toMatchObject({ code: 'visit.file-empty' });
  });
});

describe('filter', () => {
  it('takes beginnings of words without accents', () => {
    expect(matches('prihl psa', 'Přihlášení psa do evidence')).toBe(true);
    expect(matches('vidence', 'Přihlášení psa do evidence')).toBe(false);
    expect(matches('', 'cokoli')).toBe(true);
  });
});

describe('autosave', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('waits for a pause, saves once at a time, and once more for what came meanwhile', async () => {
    const ends: (() => void)[] = [];
    const save = vi.fn(() => new Promise<null>((end) => ends.push(() => end(null))));
    const autosave = createAutosave(save);
    autosave.later();
    autosave.later();
    await vi.advanceTimersByTimeAsync(600);
    expect(save).toHaveBeenCalledTimes(1);
    autosave.later();
    await vi.advanceTimersByTimeAsync(600);
    expect(save).toHaveBeenCalledTimes(1);
    ends.shift()?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(save).toHaveBeenCalledTimes(2);
    ends.shift()?.();
    await autosave.settle();
    expect(autosave.savedAt).not.toBeNull();
  });

  it('keeps the failure to be shown and tries again with the next change', async () => {
    const save = vi.fn().mockResolvedValueOnce({ code: 'store.no-space' }).mockResolvedValue(null);
    const autosave = createAutosave(save);
    autosave.later();
    await vi.advanceTimersByTimeAsync(600);
    expect(autosave.failure).toEqual({ code: 'store.no-space' });
    autosave.later();
    await vi.advanceTimersByTimeAsync(600);
    expect(autosave.failure).toBeNull();
  });
});

describe('drafts', () => {
  it('stay with their visit and clerk, and go with either', () => {
    const draft = draftOf('v1', 'novotna');
    draft.person.mrz = 'IDCZE';
    expect(draftOf('v1', 'novotna').person.mrz).toBe('IDCZE');
    expect(draftOf('v2', 'novotna').person.mrz).toBe('');
    expect(draftOf('v1', 'stastny').person.mrz).toBe('');
    draftOf('v1', 'stastny').person.mrz = 'P';
    dropDraft('v1');
    expect(draftOf('v1', 'stastny').person.mrz).toBe('');
  });
});
