import { z } from 'zod';
import { BRIGHTNESS } from '../values/page-preparation.ts';
import { define } from './call.ts';
import { failure, id, nothing } from './shared.ts';

const brightness = z.literal(BRIGHTNESS);

export const pageView = z.strictObject({
  id,
  index: z.int(),
  rotation: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]),
  /** How it lies in all, the turn that was found included. */
  lies: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]),
  mode: z.enum(['colour', 'grey', 'bw']),
  /** What the machine would do to the picture; it is done unless `undone`. */
  changes: z.array(z.enum(['cropped', 'straightened', 'turned'])),
  undone: z.boolean(),
  brightness,
  /** Nothing seems to be on it: a guess, which a person judges. */
  blank: z.boolean(),
  /** Something in its batch told that another document begins here. */
  startsPart: z.boolean(),
});

export const slotView = z.strictObject({
  slotId: z.string(),
  /** Scanned pages and pictures, to become one PDF/A; empty when a finished PDF was added. */
  pages: z.array(pageView),
  /** A PDF that was added as it is; its bytes are never touched. */
  file: z
    .strictObject({ name: z.string(), pages: z.int(), size: z.int(), claimsPdfA: z.string().nullable() })
    .nullable(),
  warnings: z.array(failure),
});

/** A scan in progress; kept by the counter, pushed to the window as it goes. */
export const scanView = z.strictObject({
  scanId: id,
  serviceId: id,
  slotId: z.string(),
  state: z.enum(['starting', 'scanning', 'done', 'failed', 'cancelled']),
  pagesDone: z.int(),
  /** Separator sheets among them, which are not kept. */
  separators: z.int(),
  /** 0 to 1 within the page, where the scanner tells. */
  progress: z.number().nullable(),
  failure: failure.nullable(),
});
export type ScanView = z.output<typeof scanView>;

const who = ['clerk', 'supervisor'] as const;
export const scanSettings = z.strictObject({
  source: z.enum(['flatbed', 'feeder', 'feeder-duplex']),
  dpi: z.union([z.literal(200), z.literal(300)]),
  mode: z.enum(['colour', 'grey', 'bw']),
  crop: z.boolean(),
  straighten: z.boolean(),
  blank: z.boolean(),
  split: z.enum(['none', 'separators', 'blank-sheets']),
});

/** Where a scan goes: behind all pages, before one, or in the place of one, which goes when the new one is there. */
export const scanPlace = z.discriminatedUnion('at', [
  z.strictObject({ at: z.literal('end') }),
  z.strictObject({ at: z.literal('before'), pageId: id }),
  z.strictObject({ at: z.literal('instead'), pageId: id }),
]);
export type ScanPlace = z.output<typeof scanPlace>;

export const attachmentCalls = {
  'attachments.scan': define({
    kind: 'command',
    who,
    input: z.strictObject({
      serviceId: id,
      slotId: z.string().max(60),
      settings: scanSettings,
      place: scanPlace,
    }),
    output: scanView,
  }),
  'attachments.cancel-scan': define({
    kind: 'query',
    who,
    input: z.strictObject({ scanId: id }),
    output: nothing,
  }),
  'attachments.add-file': define({
    kind: 'command',
    who,
    input: z.strictObject({
      serviceId: id,
      slotId: z.string().max(60),
      name: z.string().max(255),
      bytes: z.instanceof(Uint8Array),
    }),
    output: slotView,
  }),
  'attachments.remove-file': define({
    kind: 'command',
    who,
    input: z.strictObject({ serviceId: id, slotId: z.string().max(60) }),
    output: slotView,
  }),
  'attachments.rotate-page': define({
    kind: 'command',
    who,
    input: z.strictObject({ pageId: id, by: z.union([z.literal(90), z.literal(180), z.literal(270)]) }),
    output: slotView,
  }),
  'attachments.delete-page': define({
    kind: 'command',
    who,
    input: z.strictObject({ pageId: id }),
    output: slotView,
  }),
  'attachments.move-page': define({
    kind: 'command',
    who,
    input: z.strictObject({ pageId: id, to: z.int().min(0).max(999) }),
    output: slotView,
  }),
  /** How a page is shown and bound; what is left out stays as it is. Its picture is never changed. */
  'attachments.treat-page': define({
    kind: 'command',
    who,
    input: z.strictObject({
      pageId: id,
      undone: z.boolean().exactOptional(),
      brightness: brightness.exactOptional(),
      startsPart: z.boolean().exactOptional(),
    }),
    output: slotView,
  }),
  /** Moves pages of one attachment behind those of another of the same service; both are told, the one they left first. */
  'attachments.move-pages': define({
    kind: 'command',
    who,
    input: z.strictObject({ pageIds: z.array(id).min(1).max(1000), slotId: z.string().max(60) }),
    output: z.tuple([slotView, slotView]),
  }),
  /** Of how many pages the text is still to be read before they are bound; 0 where none is read. */
  'attachments.texts': define({
    kind: 'query',
    who,
    input: z.strictObject({ serviceId: id }),
    output: z.strictObject({ left: z.int() }),
  }),
  'attachments.thumbnail': define({
    kind: 'query',
    who,
    input: z.strictObject({ pageId: id, maxPixels: z.int().min(50).max(2000) }),
    output: z.strictObject({ bytes: z.instanceof(Uint8Array), mediaType: z.string() }),
  }),
};
