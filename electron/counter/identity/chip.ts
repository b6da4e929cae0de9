import type { ChipView, MrzReadingView } from '../../contract/identity.ts';
import type { CallInput } from '../../contract/index.ts';
import type { AccessKey } from '../../devices/chip/access-key.ts';
import type { ChipProgress } from '../../devices/chip/port.ts';
import type { ChipReading } from '../../devices/chip/read-chip.ts';
import { jpeg2000AsPdf } from '../../documents/jpeg2000.ts';
import { chipStrength, isRefutedForGood } from '../../values/chip-check.ts';
import { normalizeDocumentNumber } from '../../values/document-number.ts';
import type { PartialDate } from '../../values/partial-date.ts';
import { err } from '../../values/result.ts';
import { legalDate } from '../../values/time.ts';
import { authoritiesOf } from '../authorities/kept.ts';
import type { Desk } from '../desk.ts';
import { aside, stackOf } from '../log.ts';
import type { IdentityRecord } from '../visits/record.ts';
import { saveVisit, visitsInProgress } from '../visits/table.ts';
import { readMrz } from './mrz.ts';
import { withRefuted } from './refuted.ts';
import { withIdentity } from './register.ts';
import { mendedIn } from './zone-evidence.ts';

type GivenKey = CallInput<'identity.read-chip'>['key'];
type Result = NonNullable<ChipView['result']>;
type Proof = Result['proof'];
type Shown = Result['photo'];

/** A chip that was read and not taken over. */
const FORGOTTEN_AFTER_MS = 5 * 60_000;
/** The longer side of a photo that had to be drawn. */
const PHOTO_PX = 640;

export const noChip: ChipView = { state: 'none', part: null, fraction: null, failure: null, result: null };
export const beginning: ChipView = { ...noChip, state: 'reading', part: 'waiting' };

/**
 * The one chip that is read at a time. What comes of it stays in memory until the document is taken over, another is read or the
 * visit goes on without it; the photo is shown and never written anywhere. That a chip was refuted stays with the visit.
 */
export function createChipReadings(desk: Desk) {
  type Current = { visitId: string; view: ChipView; abort: AbortController; stopForgetting(): void };
  let current: Current | null = null;

  function tell(of: Current, view: ChipView): void {
    if (current !== of) return;
    of.view = view;
    desk.emit('chip-changed', { visitId: of.visitId });
  }

  function drop(): void {
    current?.abort.abort();
    current?.stopForgetting();
    current = null;
  }

  function end(visitId: string): void {
    if (current?.visitId !== visitId) return;
    drop();
    desk.emit('chip-changed', { visitId });
  }

  function begin(visitId: string, key: GivenKey): void {
    drop();
    const own: Current = {
      visitId,
      view: beginning,
      abort: new AbortController(),
      stopForgetting: () => {},
    };
    current = own;
    const reading = read(own, key).catch((thrown: unknown) => {
      // What could not be kept of a chip is not shown as read either.
      tell(own, { ...noChip, state: 'failed', failure: { code: 'chip.failed' } });
      throw thrown;
    });
    aside(desk.log, 'identity.chip', reading);
    desk.emit('chip-changed', { visitId });
  }

  async function read(own: Current, key: GivenKey): Promise<void> {
    const now = desk.clock.now();
    const outcome = await desk.chips
      .read({
        key: accessKey(key),
        ...desk.store.read((tx) => authoritiesOf(desk, tx)),
        now,
        signal: own.abort.signal,
        onStep: (step) => tell(own, ofStep(step)),
      })
      .catch((thrown: unknown) => {
        desk.log.error({ call: 'identity.chip', stack: stackOf(thrown) }, 'chip not read');
        return err({ code: 'chip.failed' as const });
      });
    if (!outcome.ok) return tell(own, { ...noChip, state: 'failed', failure: { code: outcome.error.code } });
    const zone = readMrz(outcome.value.zone, legalDate(now));
    if (!zone.ok) return tell(own, { ...noChip, state: 'failed', failure: zone.error });
    const proof = proofIn(outcome.value);
    const { documentNumber: number } = zone.value;
    if (proof.strength === 'refuted')
      refute(own.visitId, { number, chip: proof }, { isKept: isRefutedForGood(proof.checks) });
    // A chip of another document in this one opens by whatever stands printed on it.
    const differs = differsFromKey(key, zone.value);
    if (differs !== null) {
      if (differs.isOfAnother)
        refute(
          own.visitId,
          { number: differs.number, chip: { ...proof, strength: 'refuted' } },
          { isKept: true },
        );
      return tell(own, { ...noChip, state: 'failed', failure: { code: 'identity.chip-differs' } });
    }
    const photo = await shown(desk, outcome.value);
    // Whoever walks away from the desk leaves nobody's photo in its memory.
    if (current === own) own.stopForgetting = desk.timers.after(FORGOTTEN_AFTER_MS, () => end(own.visitId));
    tell(own, {
      ...noChip,
      state: 'done',
      result: { zone: zone.value, photo, proof },
    });
  }

  /**
   * Told at once, and also where nobody waits for the reading any more. What is kept no other document and no other reading washes off; what the
   * desk's own list or clock may be wrong about speaks of this one reading.
   */
  function refute(
    visitId: string,
    refuted: IdentityRecord['refuted'][number],
    { isKept }: { isKept: boolean },
  ): void {
    desk.store.write((tx) => {
      const visit = visitsInProgress(tx).find(({ id }) => id === visitId);
      if (!visit) return;
      if (isKept) saveVisit(tx, withIdentity(visit, withRefuted(visit.identity, refuted)));
      desk.act(tx, {
        kind: 'chip-refuted',
        actId: desk.newId(),
        clerkId: 'desk',
        role: 'machine',
        at: desk.clock.now(),
        visitId,
        payload: { numberEnd: refuted.number.slice(-4), chip: refuted.chip.strength },
      });
    });
    desk.emit('visit-changed', { visitId });
  }

  return {
    begin,
    end,
    view: (visitId: string): ChipView => (current?.visitId === visitId ? current.view : noChip),
    stop: drop,
    /** What the chip says and proves that was read in this visit; null when none was. */
    resultOf: (visitId: string): Pick<Result, 'zone' | 'proof'> | null =>
      current?.visitId === visitId ? current.view.result : null,
  };
}

export type ChipReadings = ReturnType<typeof createChipReadings>;

const proofIn = ({ checks }: ChipReading): Proof => ({ strength: chipStrength(checks), checks });

/** Most passports hold JPEG 2000, which pages draw and the window does not. */
async function shown({ documents }: Pick<Desk, 'documents'>, { photo }: ChipReading): Promise<Shown> {
  if (photo === null) return null;
  if (photo.format === 'jpeg') return { bytes: new Uint8Array(photo.bytes), mediaType: 'image/jpeg' };
  const pdf = jpeg2000AsPdf(photo.bytes);
  const drawn = pdf && (await documents.pdfPage({ bytes: pdf, page: 0, maxPx: PHOTO_PX }));
  return drawn?.ok ? { bytes: new Uint8Array(drawn.value.bytes), mediaType: 'image/png' } : null;
}

const ofStep = (step: ChipProgress): ChipView => ({
  ...beginning,
  part: step.part,
  fraction: 'fraction' in step ? step.fraction : null,
});

/** `YYMMDD` as in the zone: what is not known is blank there. */
function zoneDate({ year, month, day }: PartialDate): string {
  const two = (value: number | undefined): string =>
    value === undefined ? '<<' : String(value).padStart(2, '0');
  return `${two(year % 100)}${two(month)}${two(day)}`;
}

function accessKey(key: GivenKey): AccessKey {
  if (key.kind === 'can') return key;
  return {
    kind: 'mrz',
    documentNumber: normalizeDocumentNumber(key.number),
    birthDate: zoneDate(key.birthDate),
    expiryDate: key.expiry.slice(2).replaceAll('-', ''),
  };
}

/**
 * The document whose data opened the chip, where the zone in it is another; six digits are of no zone. `isOfAnother`: it does not differ by what
 * the clerk may have taken for the century of an expiry.
 */
function differsFromKey(
  key: GivenKey,
  zone: MrzReadingView,
): { number: string; isOfAnother: boolean } | null {
  if (key.kind === 'can') return null;
  const { number, expiry, birthDate } = key;
  const mended = mendedIn(zone, { document: { number, issuer: zone.issuer, expiry }, birthDate });
  if (mended.length === 0) return null;
  return { number, isOfAnother: mended.some((field) => field !== 'expiryDate') };
}
