import { createHash } from 'node:crypto';
import { conditionsOf } from '../../electron/devices/printer/conditions.ts';
import {
  decodeIpp,
  encodeIpp,
  groupTag,
  type IppMessage,
  texts,
} from '../../electron/devices/printer/ipp-codec.ts';
import { A4, isLoaded, loadedIn, notOffered, offersOf } from '../../electron/devices/printer/paper.ts';
import { behind } from '../../electron/devices/printer/print-server.ts';
import answers from './corpus/ipp.json' with { type: 'json' };
import { spoiltBytes } from './spoil.ts';
import type { Target } from './targets.ts';

// What real programs answered (ippeveprinter and CUPS), kept byte by byte; spoilt, and sometimes put together anew from their own parts.
const good = answers.map(({ base64 }) => new Uint8Array(Buffer.from(base64, 'base64')));

const words = /^[\w.-]{1,60}$/;

/** Reads whatever a printer answers, as the driver does. What it says may be anything; what is made of it may not. */
export const ipp: Target = {
  one(chance) {
    const bytes = spoiltBytes(chance, chance.pick(good));
    const read = decodeIpp(bytes);
    if (!read.ok) {
      if (read.error.code !== 'printer.answer-malformed') throw new Error(read.error.code);
      return;
    }
    const { groups } = read.value;
    const offers = offersOf(groups);
    const loaded = loadedIn(groups);
    for (const word of [...offers.trays, ...offers.papers])
      if (!words.test(word)) throw new Error('a word that would stand in a sentence as it is');
    for (const { tray, paper, size } of loaded ?? []) {
      if ((tray !== null && !words.test(tray)) || (paper !== null && !words.test(paper)))
        throw new Error('a word of a tray');
      if (size !== null && !(size.width > 0 && size.height > 0)) throw new Error('paper without a size');
    }
    isLoaded(loaded, { size: A4, tray: offers.trays[0] ?? null, paper: null });
    notOffered(offers, { tray: 'main', colour: 'colour' });
    behind(groups, 'ipp://localhost/printers/a');
    for (const { params } of conditionsOf(texts(groups, groupTag.printer, 'printer-state-reasons')))
      for (const value of Object.values(params ?? {}))
        if (String(value).length > 60) throw new Error('a reason longer than a line');
    // What was read is written and read again as the same: nothing of it is lost or doubled on the way.
    if (bytes.length < 2_000 && digestOf(read.value) !== digestOf(again(read.value)))
      throw new Error('read again it says something else');
  },
};

function again(message: IppMessage): IppMessage {
  const read = decodeIpp(encodeIpp(message));
  if (!read.ok) throw new Error('what was read cannot be read again');
  return read.value;
}

const digestOf = (message: IppMessage): string =>
  createHash('sha256').update(JSON.stringify(message)).digest('hex');
