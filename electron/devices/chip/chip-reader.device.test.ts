import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CardSlot, mutedCard, openCardSlot, otherCard } from '../../../test/rigs/card-slot.ts';
import { trainingAuthority } from '../../../test/rigs/training-documents.ts';
import { type VirtualDocument, virtualChip } from '../../../test/rigs/virtual-chip.ts';
import { chipStrength } from '../../values/chip-check.ts';
import { chipReader } from './chip-reader.ts';
import { nodeCards } from './node-cards.ts';
import type { ChipProgress } from './port.ts';

const zone = 'IDCZE9990000180<<<<<<<<<<<<<<<8004015M3306301CZE<<<<<<<<<<<0VZOROVY<<JAN<KAREL<<<<<<<<<<<<';
const can = '123456';
const now = new Date('2026-05-01T10:00:00Z');
const entry = new URL('./cards.ts', import.meta.url);
const EXTENDED_CARD = [0x3b, 0x85, 0x80, 0x01, 0x80, 0x73, 0xc0, 0x01, 0xc0, 0x76];
const CONTACT_CARD = [0x3b, 0x65, 0x00, 0x00, 0x80, 0x31, 0xc0, 0x64, 0xb0];

let slot: CardSlot;
beforeEach(async () => {
  slot = await openCardSlot();
});
afterEach(async () => {
  await slot?.close();
});

const readerWith = (limits = { wait: 20_000, silence: 15_000 }) =>
  chipReader({ start: () => nodeCards(entry), limits });

const read = (
  options: { limits?: { wait: number; silence: number }; signal?: AbortSignal } = {},
  steps: ChipProgress[] = [],
) =>
  readerWith(options.limits).read({
    key: { kind: 'can', can },
    authorities: [trainingAuthority().certificate],
    revocations: [],
    now,
    onStep: (step) => steps.push(step),
    ...(options.signal && { signal: options.signal }),
  });

async function readOne(given: Partial<VirtualDocument>, atr?: readonly number[], steps?: ChipProgress[]) {
  const takeOut = await slot.insert(virtualChip({ zone, can, ...given }), atr);
  try {
    return await read({}, steps);
  } finally {
    await takeOut();
  }
}

it('lists readers, with the kind of card that lies there', async () => {
  const reader = readerWith();
  expect(await reader.list()).toMatchObject({
    ok: true,
    value: expect.arrayContaining([{ name: expect.stringContaining('Virtual PCD'), card: null }]),
  });
  for (const [atr, kind] of [
    [EXTENDED_CARD, 'contactless'],
    [CONTACT_CARD, 'contact'],
  ] as const) {
    const takeOut = await slot.insert(otherCard, atr);
    await expect
      .poll(async () => reader.list(), { timeout: 10_000 })
      .toMatchObject({
        value: expect.arrayContaining([
          expect.objectContaining({ card: { kind, atr: Buffer.from(atr).toString('hex') } }),
        ]),
      });
    await takeOut();
    await expect
      .poll(async () => reader.list(), { timeout: 10_000 })
      .toMatchObject({ value: [{ card: null }, { card: null }] });
  }
});

it('waits for a document, then reads it part by part over the driver', async () => {
  const steps: ChipProgress[] = [];
  const reading = read({}, steps);
  await expect.poll(() => steps.length, { timeout: 10_000 }).toBeGreaterThan(0);
  const takeOut = await slot.insert(virtualChip({ zone, can, proof: 'chip-aes' }), EXTENDED_CARD);
  const outcome = await reading;
  await takeOut();
  expect(outcome).toMatchObject({ ok: true, value: { zone, access: 'pace' } });
  expect(outcome.ok && chipStrength(outcome.value.checks)).toBe('proven');
  expect(new Set(steps.map(({ part }) => part))).toEqual(
    new Set(['waiting', 'access', 'security-object', 'zone', 'photo', 'proofs', 'checks']),
  );
});

it('says when the card is pulled in the middle', async () => {
  expect(await readOne({ pulledAfter: 12 })).toEqual({ ok: false, error: { code: 'chip.removed' } });
});

it('passes over a card that lay there before and is no document, and says so of one that is laid there now', async () => {
  const takeOut = await slot.insert(otherCard, CONTACT_CARD);
  await expect
    .poll(async () => readerWith().list(), { timeout: 10_000 })
    .toMatchObject({ value: expect.arrayContaining([expect.objectContaining({ card: expect.anything() })]) });
  const steps: ChipProgress[] = [];
  const reading = read({}, steps);
  await expect.poll(() => steps.at(-1)?.part, { timeout: 10_000 }).toBe('waiting');
  await takeOut();
  const takeOutAgain = await slot.insert(otherCard, CONTACT_CARD);
  expect(await reading).toEqual({ ok: false, error: { code: 'chip.not-a-document' } });
  await takeOutAgain();
});

it('ends a reading that hangs, one that is called off, and one whose process dies', async () => {
  const takeOut = await slot.insert(mutedCard);
  expect(await read({ limits: { wait: 20_000, silence: 800 } })).toEqual({
    ok: false,
    error: { code: 'chip.time-out' },
  });
  await takeOut();
  const calledOff = new AbortController();
  const reading = read({ signal: calledOff.signal });
  calledOff.abort();
  expect(await reading).toEqual({ ok: false, error: { code: 'chip.cancelled' } });
  const dying = chipReader({
    start: () => {
      const cards = nodeCards(entry);
      setImmediate(() => cards.kill());
      return cards;
    },
  });
  expect(await dying.list()).toEqual({ ok: false, error: { code: 'chip.failed' } });
});

it('reads a document whose chip signs a challenge', async () => {
  expect(await readOne({ access: 'pace', proof: 'active-ec' })).toMatchObject({ ok: true, value: { zone } });
});
