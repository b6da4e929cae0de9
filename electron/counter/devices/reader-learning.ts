import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ReaderLearning } from '../../contract/devices.ts';
import type { DeviceView, ReaderHearing, ReaderLine, ReaderOfDesk } from '../../contract/settings.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import { blanked, isText, learnFraming, lineOf, wantsMore } from '../../devices/id-reader/learn-framing.ts';
import type { OpenReader, ReaderEvent } from '../../devices/id-reader/port.ts';
import { readReaderProtocols } from '../../devices/id-reader/protocols.ts';
import { seemsZone } from '../../values/mrz.ts';
import { err, ok, type Result } from '../../values/result.ts';
import type { Desk } from '../desk.ts';
import { driverSettings, hearingOf } from '../identity/reader-watch.ts';
import { aside } from '../log.ts';

/** The most likely first: what makers set, and what adapters with a line of their own do not care about. */
export const USUAL_LINE: ReaderLine = { baudRate: 9_600, dataBits: 8, parity: 'none', stopBits: 1 };
const SPEEDS: readonly number[] = [USUAL_LINE.baudRate, 115_200, 19_200, 38_400, 57_600, 4_800, 2_400, 1_200];

/** Nobody sits at a reader for longer without reading anything. */
const IDLE_MS = 5 * 60_000;
/** Nor longer at all, whatever comes over the line: the desk has no reader meanwhile. */
const LONGEST_MS = 30 * 60_000;
/** How many samples are kept to compare; three tell everything that can be told. */
const MOST_SAMPLES = 4;
const TEST_PAGE = join('templates', 'printer-test-page.json');

type Run = {
  /** The window that learns. */
  windowKey: string;
  reader: Pick<ReaderOfDesk, 'path' | 'vendorId' | 'productId' | 'serialNumber'>;
  view: ReaderLearning;
  /** Somebody knows the line: it is not looked for. */
  isLineGiven: boolean;
  /** As they came over the line: of a document, so they live here only and no longer than the run. */
  samples: Uint8Array[];
  /** Texts of the codes on the test page, which people are asked to read. */
  known: readonly string[];
  open: OpenReader | null;
  stopIdle: () => void;
  stopLongest: () => void;
};

/**
 * Learns how one reader sends: listens at one speed after another until a sample makes sense, or over the line somebody gives; compares
 * two or three, and reads as it learnt until somebody keeps it or ends it. `onChange` is told when readers of the settings have to be let go or taken again;
 * `isAttended` says whether somebody who is signed in sits at a window.
 */
export function createReaderLearning(
  desk: Pick<Desk, 'reader' | 'emit' | 'timers' | 'resources' | 'log'>,
  { onChange, isAttended }: { onChange(): Promise<void>; isAttended(windowKey: string): boolean },
) {
  let run: Run | null = null;
  let last: Promise<void> = Promise.resolve();

  const endAside = (): void => aside(desk.log, 'reader learning', end());
  const tell = (): void => desk.emit('reader-learning-changed', {});

  function change(of: Run, view: Partial<ReaderLearning>): void {
    of.view = { ...of.view, ...view };
    of.stopIdle();
    of.stopIdle = desk.timers.after(IDLE_MS, endAside);
    tell();
  }

  /** Opens the line anew as `view` says now; one after another, because a port can be open once. */
  function reopen(of: Run): void {
    // A line that would not close keeps nobody from the next.
    last = last
      .catch(() => {})
      .then(async () => {
        await of.open?.close();
        of.open = null;
        if (run !== of) return;
        const { line, hearing } = of.view;
        const protocols = hearing?.kind === 'protocol' ? await readReaderProtocols(desk.resources) : [];
        of.open = desk.reader.open(
          driverSettings(
            { ...of.reader, ...line },
            hearing === null ? { kind: 'samples' } : hearingOf({ hearing }, protocols),
          ),
          { onEvent: (event) => run === of && hear(of, event) },
        );
      });
    aside(desk.log, 'reader learning', last);
  }

  function hear(of: Run, event: ReaderEvent): void {
    const { read, trouble, step, hearing } = of.view;
    switch (event.type) {
      case 'connected':
        // Only from now on it reads as it learnt.
        if (trouble !== null || (step === 'sampling' && hearing !== null))
          change(of, { trouble: null, step: hearing === null ? step : 'trying' });
        return;
      case 'disconnected':
        return;
      case 'trouble':
        change(of, { trouble: event.failure });
        return;
      case 'read': {
        const isZone = seemsZone(event.text);
        change(of, {
          trouble: null,
          read: { zones: read.zones + (isZone ? 1 : 0), codes: read.codes + (isZone ? 0 : 1) },
        });
        return;
      }
      case 'sample':
        // The line is being opened anew.
        if (hearing === null) sampled(of, event.bytes);
    }
  }

  function sampled(of: Run, bytes: Uint8Array): void {
    if (heardOver(of, bytes) !== null) compare(of, bytes);
    // Over the line that somebody knows, and behind a sample that made sense, it is not the speed.
    else if (of.isLineGiven || of.samples.length > 0) change(of, { trouble: { code: 'reader.nonsense' } });
    else otherSpeed(of);
  }

  /** The line a burst came over; null: over none, as it makes no sense. */
  function heardOver(
    { view: { line }, isLineGiven }: Run,
    bytes: Uint8Array,
  ): Pick<ReaderLine, 'dataBits' | 'parity'> | null {
    if (isLineGiven) return isText(bytes) ? line : null;
    const heard = lineOf(bytes);
    return heard && { dataBits: heard.dataBits, parity: heard.parity };
  }

  function otherSpeed(of: Run): void {
    const { line } = of.view;
    const baudRate = SPEEDS[(SPEEDS.indexOf(line.baudRate) + 1) % SPEEDS.length] ?? USUAL_LINE.baudRate;
    change(of, { line: { ...line, baudRate }, otherSpeed: true, trouble: null });
    reopen(of);
  }

  function compare(of: Run, bytes: Uint8Array): void {
    of.samples = [...of.samples, bytes].slice(-MOST_SAMPLES);
    // Seven bits with parity are told from eight by all samples together.
    const heard = heardOver(of, Buffer.concat(of.samples));
    if (heard === null) {
      startOver(of, { code: 'reader.learn-contradiction' });
      return;
    }
    // Over a line that is known the driver took the eighth bit off.
    const hasEighth = heard.dataBits === 7 && !of.isLineGiven;
    const samples = of.samples.map((sample) => (hasEighth ? sample.map((byte) => byte & 0x7f) : sample));
    const learnt = learnFraming(samples, of.known);
    if (!learnt.ok && !wantsMore(learnt.error)) {
      startOver(of, learnt.error);
      return;
    }
    change(of, {
      line: { ...of.view.line, ...heard },
      otherSpeed: false,
      samples: samples.map(blanked),
      // After the first sample another is asked for anyhow.
      trouble: learnt.ok || samples.length < 2 ? null : learnt.error,
    });
    if (!learnt.ok) return;
    of.samples = [];
    change(of, { hearing: { kind: 'learnt', framing: learnt.value } });
    reopen(of);
  }

  function startOver(of: Run, trouble: ContractFailure): void {
    of.samples = [];
    change(of, { samples: [], trouble });
  }

  async function end(): Promise<void> {
    const ended = run;
    if (ended === null) return;
    run = null;
    ended.stopIdle();
    ended.stopLongest();
    ended.samples = [];
    try {
      await last;
      await ended.open?.close();
    } finally {
      tell();
      await onChange();
    }
  }

  return {
    /** Whether the lines of the settings have to be left alone. */
    isOn: () => run !== null,
    view: () => run?.view ?? null,
    end,
    /** Ends it where nobody is at its window any more: signed out, locked, closed. */
    endUnattended: (): void => {
      if (run !== null && !isAttended(run.windowKey)) endAside();
    },

    async start(
      windowKey: string,
      device: DeviceView,
      asked: { purpose: ReaderLearning['purpose']; protocol: string | null; line: ReaderLine | null },
    ): Promise<Result<ReaderLearning, ContractFailure>> {
      const { purpose } = asked;
      const protocol = (await readReaderProtocols(desk.resources)).find(({ id }) => id === asked.protocol);
      if (asked.protocol !== null && protocol === undefined) return err({ code: 'device.not-for-this' });
      const hearing: ReaderHearing | null = protocol ? { kind: 'protocol', protocol: protocol.id } : null;
      const line = asked.line ?? protocol?.line ?? USUAL_LINE;
      const { key, address, vendorId, productId, serialNumber } = device;
      const known = codesOfTestPage(await readFile(join(desk.resources, TEST_PAGE), 'utf8'));
      // Another window may begin one meanwhile.
      while (run !== null) await end();
      if (!isAttended(windowKey)) return err({ code: 'call.not-signed-in' });
      const started: Run = {
        windowKey,
        reader: { path: address, vendorId, productId, serialNumber },
        view: {
          ...{ key, address, purpose, line, hearing },
          step: 'sampling',
          ...{ otherSpeed: false, samples: [], trouble: null, read: { zones: 0, codes: 0 } },
        },
        isLineGiven: asked.line !== null,
        samples: [],
        known,
        open: null,
        stopIdle: () => {},
        stopLongest: desk.timers.after(LONGEST_MS, endAside),
      };
      run = started;
      await onChange();
      if (run !== started) return err({ code: 'call.not-signed-in' });
      change(started, {});
      reopen(started);
      return ok(started.view);
    },

    /** The reader as it would stand in the settings; null: nothing was learnt yet. */
    learnt: (): { purpose: ReaderLearning['purpose']; reader: ReaderOfDesk } | null =>
      run === null || run.view.hearing === null
        ? null
        : {
            purpose: run.view.purpose,
            reader: { ...run.reader, ...run.view.line, hearing: run.view.hearing },
          },
  };
}

export type ReaderLearnings = ReturnType<typeof createReaderLearning>;

const codeBlock = z.object({ type: z.enum(['qr', 'code128']), text: z.string() });

/** The texts of the codes on a page, wherever they stand in it. */
export function codesOfTestPage(template: string): string[] {
  const found: string[] = [];
  JSON.parse(template, (_name, value: unknown) => {
    const block = codeBlock.safeParse(value);
    if (block.success) found.push(block.data.text);
    return value;
  });
  return found;
}
