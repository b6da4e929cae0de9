import { wasCalledOff } from '../../documents/failures.ts';
import type { ScannedPicture } from '../../documents/preparation.ts';
import type { Tx } from '../../store/open.ts';
import { type BatchPlace, batchReader } from '../../values/batch.ts';
import { type Looking, UNTREATED } from '../../values/page-preparation.ts';
import type { Desk } from '../desk.ts';
import { aside, stackOf } from '../log.ts';
import { pageOwners } from '../retention/owners.ts';
import { getService } from '../visits/table.ts';
import { createEncodedPages } from './encoded-pages.ts';
import { deletePage, findPage, type Page, pagesToLookAt, treatPage } from './table.ts';

/**
 * Looks at pages that were scanned and makes of them what is bound. What is to be looked for is kept with a page from the start: what a crash cut
 * off is taken up again.
 */
export function createPagePreparer(desk: Desk, texts: { kick(): void }) {
  const { store, documents, log } = desk;
  const encoded = createEncodedPages();
  const scanned = new Set<string>();
  const stopping = new AbortController();
  let takingUp: Promise<void> = Promise.resolve();

  function remove(tx: Tx, pageId: string): void {
    deletePage(tx, pageId);
    encoded.forget(pageId);
    for (const owner of pageOwners(pageId)) store.blobs.release(tx, owner);
  }

  /** Looks at a page; one that cannot be looked at stays as it came. Undefined: called off, and done at the next start. */
  async function prepare(
    pageId: string,
    picture: ScannedPicture,
    looking: Looking,
    place: ReturnType<typeof batchReader>,
  ): Promise<BatchPlace | undefined> {
    const { crop, straighten, blank, split } = looking;
    const looked = await documents.preparePage(
      { page: picture, wanted: { crop, straighten, separators: split !== 'none' } },
      { giveAway: true, signal: stopping.signal },
    );
    if (!looked.ok && wasCalledOff(looked.error)) return undefined;
    const found = looked.ok ? looked.value.found : null;
    const here = place({
      separator: looked.ok && looked.value.separator,
      blank: found?.blank ?? false,
    });
    const page = store.write((tx) => {
      const now = findPage(tx, pageId);
      if (!now) return undefined;
      if (here === 'separator') remove(tx, pageId);
      else {
        const { looking: _, ...kept } = now.treatment;
        treatPage(tx, pageId, {
          ...kept,
          // Who turned it by hand meanwhile has seen how it lies.
          found: found && {
            ...found,
            turn: now.rotation === 0 ? found.turn : 0,
            blank: blank && found.blank,
          },
          startsPart: here === 'begins',
          // What is written tells which way it is up, later.
          ...(straighten && found !== null && !found.blank && { turnOpen: true }),
        });
      }
      return findPage(tx, pageId);
    });
    if (here === 'separator') aside(log, 'sweep', store.blobs.sweep());
    // It was coded with all that was found and no tone: what a person changed meanwhile is coded when it is bound.
    else if (
      page &&
      looked.ok &&
      looked.value.encoded &&
      !page.treatment.undone &&
      page.treatment.brightness === 0
    )
      encoded.keep(page, looked.value.encoded);
    return here;
  }

  /** The pages of one slot are one batch, as far as it is known now. */
  async function takeUp(): Promise<void> {
    let batch: { of: string; place: ReturnType<typeof batchReader> } | undefined;
    for (const page of store.read(pagesToLookAt)) {
      const { looking } = page.treatment;
      const image = await store.blobs.read(page.sha256);
      if (stopping.signal.aborted) return;
      if (!image.ok || !looking) continue;
      const of = `${page.serviceId} ${page.slotId}`;
      if (batch?.of !== of) batch = { of, place: batchReader(looking) };
      await prepare(page.id, scannedPicture(page, image.value), looking, batch.place);
      const { visitId } = store.read((tx) => getService(tx, page.serviceId));
      desk.emit('visit-changed', { visitId });
    }
    texts.kick();
  }

  return {
    encoded,
    /** The services for which the scanner is at work, by id. */
    scanned,
    prepare,
    remove,
    start(): void {
      takingUp = takeUp().catch((thrown: unknown) =>
        log.warn({ call: 'page-preparer', stack: stackOf(thrown) }, 'pages not looked at'),
      );
      aside(log, 'page-preparer', takingUp);
    },
    async stop(): Promise<void> {
      stopping.abort();
      await takingUp;
    },
  };
}

export type PagePreparer = ReturnType<typeof createPagePreparer>;

export const scannedPicture = (
  { mode, dpi }: Pick<Page, 'mode' | 'dpi'>,
  image: Uint8Array,
): ScannedPicture => ({ image, mode, ...(dpi > 0 && { dpi }) });

/** How a page is kept that is still to be looked at. */
export const toBeLookedAt = (looking: Looking) => ({ ...UNTREATED, looking });
