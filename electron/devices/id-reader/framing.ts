import type { ReaderFailure } from './failures.ts';

/**
 * Cuts the bytes of a serial document reader into reads. Readers differ: lines ended by CR, LF or CRLF; lines parted by
 * CR and the whole ended by ETX or by nothing but silence; STX before it; a check byte after ETX; all lines in one run
 * of 72, 88 or 90 characters; a bare CR when no machine-readable zone was found. All of these are understood without a
 * setting. Pure: bytes and silences in, events out.
 */
export type FramingEvent = { type: 'read'; text: string } | { type: 'trouble'; failure: ReaderFailure };

export type FramingInput = { kind: 'bytes'; bytes: Uint8Array } | { kind: 'silence' };

export type FramingState = {
  /** Finished lines of the read that is coming in. */
  lines: string[];
  /** The unfinished line. */
  line: string;
  /** An LF right after a CR belongs to it. */
  afterCr: boolean;
  /** After ETX: a single byte that follows is the reader's check byte. */
  afterEtx: boolean;
  /** The rest of the line is thrown away (nonsense, or too long). */
  skipping: boolean;
  /** What has happened since the last silence: one trouble a burst is enough, and blank lines after a read are none. */
  told: 'nothing' | 'read' | 'trouble';
  /** Something came since the last silence. */
  heard: boolean;
};

/** The silence that ends a read: at 9600 baud a character takes 1 ms, and no known reader pauses inside a read. */
export const silenceMs = 300;

/** No machine-readable zone has more than 90 characters; barcodes read by the same device stay under this too. */
export const longestRead = 1024;

const STX = 0x02;
const ETX = 0x03;
const LF = 0x0a;
const CR = 0x0d;

export const framingStart: FramingState = {
  lines: [],
  line: '',
  afterCr: false,
  afterEtx: false,
  skipping: false,
  told: 'nothing',
  heard: false,
};

// ICAO Doc 9303: TD1 has three lines of 30, TD2 and MRV-B two of 36, TD3 and MRV-A two of 44.
const shapes: [number, number][] = [
  [3, 30],
  [2, 36],
  [2, 44],
];
const zoneCharacters = /^[A-Z0-9<]*$/;

/** Whether the lines are a machine-readable zone by their number and length; what they say is not asked. */
export const isWholeZone = (lines: readonly string[]): boolean => {
  const [first] = lines;
  if (first === undefined || !lines.every((line) => zoneCharacters.test(line))) return false;
  return shapes.some(
    ([count, width]) =>
      (lines.length === count && lines.every((line) => line.length === width)) ||
      (lines.length === 1 && first.length === count * width),
  );
};

type Draft = FramingState & { events: FramingEvent[] };

const trouble = (draft: Draft, code: 'reader.nonsense' | 'reader.too-long' | 'reader.nothing-read') => {
  if (draft.told !== 'trouble') draft.events.push({ type: 'trouble', failure: { code } });
  draft.told = 'trouble';
};

/** The read ends here, by its own end mark or by silence. */
const endRead = (draft: Draft) => {
  const lines = draft.line === '' ? draft.lines : [...draft.lines, draft.line];
  draft.lines = [];
  draft.line = '';
  if (lines.length === 0) return;
  // What is left over after nonsense is the other half of a spoilt read: already told.
  if (draft.told === 'trouble' && !isWholeZone(lines)) return;
  draft.events.push({ type: 'read', text: lines.join('\n') });
  draft.told = 'read';
};

const endLine = (draft: Draft) => {
  draft.skipping = false;
  if (draft.line === '') return;
  draft.lines = [...draft.lines, draft.line];
  draft.line = '';
  if (isWholeZone(draft.lines)) endRead(draft);
};

const drop = (draft: Draft) => {
  draft.lines = [];
  draft.line = '';
};

const heldLength = (draft: Draft): number =>
  draft.line.length + draft.lines.reduce((sum, line) => sum + line.length + 1, 0);

const takeByte = (draft: Draft, byte: number) => {
  // Lines idle at zero put stray NULs on the wire when plugged in.
  if (byte === 0) return;
  draft.heard = true;
  const lfOfCr = byte === LF && draft.afterCr;
  draft.afterCr = byte === CR;
  if (lfOfCr) return;
  if (draft.afterEtx && byte !== STX) {
    // The check byte can have any value, a printable one or a line end too: it is dropped. A reader without one starts
    // its next read with STX, or after a silence.
    draft.afterEtx = false;
    return;
  }
  draft.afterEtx = false;
  if (byte === STX) {
    endRead(draft);
    draft.skipping = false;
    return;
  }
  if (byte === ETX) {
    draft.skipping = false;
    draft.afterEtx = true;
    endRead(draft);
    if (draft.told === 'nothing') trouble(draft, 'reader.nothing-read');
    return;
  }
  if (byte === CR || byte === LF) {
    endLine(draft);
    return;
  }
  if (draft.skipping) return;
  if (byte < 0x20 || byte > 0x7e) {
    drop(draft);
    draft.skipping = true;
    trouble(draft, 'reader.nonsense');
    return;
  }
  if (heldLength(draft) >= longestRead) {
    drop(draft);
    draft.skipping = true;
    trouble(draft, 'reader.too-long');
    return;
  }
  draft.line += String.fromCharCode(byte);
};

/** One step: what the input makes of the state, and what there is to tell. */
export const frame = (
  state: FramingState,
  input: FramingInput,
): { state: FramingState; events: FramingEvent[] } => {
  const draft: Draft = { ...state, events: [] };
  if (input.kind === 'bytes') {
    for (const byte of input.bytes) takeByte(draft, byte);
    const { events, ...next } = draft;
    return { state: next, events };
  }
  endRead(draft);
  if (draft.heard && draft.told === 'nothing') trouble(draft, 'reader.nothing-read');
  return { state: framingStart, events: draft.events };
};
