import { wasCalledOff } from '../../documents/failures.ts';
import type { EncodedPage } from '../../documents/page-coding.ts';
import type { ScannedPicture } from '../../documents/preparation.ts';
import type { Tx } from '../../store/open.ts';
import { type BatchPlace, batchReader } from '../../values/batch.ts';
import { type Looking, type Treatment, UNTREATED } from '../../values/page-preparation.ts';
import type { Act, Desk } from '../desk.ts';
import { aside, stackOf } from '../log.ts';
import { pageOwners } from '../retention/owners.ts';
import { getService, getVisit } from '../visits/table.ts';
import { createEncodedPages } from './encoded-pages.ts';
import type { Scans } from './scans.ts';
import { deletePage, findPage, type Page, pagesToLookAt, treatPage } from './table.ts';

/** After these nobody binds the pages of the service, or of the visit. */
const ending: ReadonlySet<string> = new Set([
  'service-withdrawn',
  'service-refused',
  'visit-cancelled',
  'visit-closed',
]);

/**
 * Looks at pages that were scanned and makes of them what is bound. What is to be looked for is kept with a page from the start: what a crash or a
 * full disk cut off is taken up again, at the next start, the end of a scan or when the page is to be bound.
 */
export function createPagePreparer(desk: Desk, texts: { kick(): void }, scans: Pick<Scans, 'isAny'>) {
  const { store, documents, log } = desk;
  const encoded = createEncodedPages();
  const stopping = new AbortController();
  let takingUp: Promise<void> | null = null;

  const warn = (thrown: unknown): void =>
    log.warn({ call: 'page-preparer', stack: stackOf(thrown) }, 'pages not looked at');

  function remove(tx: Tx, pageId: string): void {
    deletePage(tx, pageId);
    encoded.forget(pageId);
    for (const owner of pageOwners(pageId)) store.blobs.release(tx, owner);
  }

  /**
   * It was coded with all that was found and no tone: what a person changed meanwhile is coded when it is bound. So is what belongs to a visit that
   * left the desk meanwhile.
   */
  function keepEncoded(pageId: string, made: EncodedPage): void {
    store.read((tx) => {
      const page = findPage(tx, pageId);
      if (!page || page.treatment.undone || page.treatment.brightness !== 0) return;
      const service = getService(tx, page.serviceId);
      const { id: visitId, state } = getVisit(tx, service.visitId);
      if (service.state === 'in-progress' && state === 'open') encoded.keep(page, visitId, made);
    });
  }

  /** Looks at a page; one that cannot be looked at stays as it came. Undefined: that failed or was called off, and is taken up again. */
  async function prepare(...page: Parameters<typeof look>): ReturnType<typeof look> {
    try {
      return await look(...page);
    } catch (thrown) {
      warn(thrown);
      return undefined;
    }
  }

  async function look(
    pageId: string,
    /** Null: it cannot be read. */
    picture: ScannedPicture | null,
    looking: Looking,
    place: ReturnType<typeof batchReader>,
  ): Promise<BatchPlace | undefined> {
    const { crop, straighten, blank, split } = looking;
    const looked =
      picture &&
      (await documents.preparePage(
        { page: picture, wanted: { crop, straighten, separators: split !== 'none' } },
        { giveAway: true, signal: stopping.signal },
      ));
    if (looked?.ok === false && wasCalledOff(looked.error)) return undefined;
    const prepared = looked?.ok ? looked.value : null;
    const found = prepared?.found ?? null;
    const here = place({ separator: prepared?.separator ?? false, blank: found?.blank ?? false });
    // A separator or a blank sheet takes no page's place, nor does what could not be looked at: both stay, and the clerk says which goes.
    const isPage = found !== null && here !== 'separator' && !found.blank;
    const removed = store.write((tx) => {
      const now = findPage(tx, pageId);
      if (!now) return undefined;
      if (here === 'separator') {
        remove(tx, pageId);
        return pageId;
      }
      const { looking: _, replaces, ...kept } = now.treatment;
      const other = isPage && replaces !== undefined ? findPage(tx, replaces) : undefined;
      const replaced = other?.slotId === now.slotId ? other.id : undefined;
      if (replaced !== undefined) remove(tx, replaced);
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
      return replaced;
    });
    if (removed !== undefined) aside(log, 'sweep', store.blobs.sweep());
    if (prepared?.encoded) keepEncoded(pageId, prepared.encoded);
    return here;
  }

  /** The pages of one slot are one batch, as far as it is known now. */
  async function lookAtThoseLeft(): Promise<void> {
    let batch: { of: string; place: ReturnType<typeof batchReader> } | undefined;
    for (const page of store.read(pagesToLookAt)) {
      const { looking } = page.treatment;
      const image = await store.blobs.read(page.sha256);
      if (stopping.signal.aborted) return;
      if (!looking) continue;
      const of = `${page.serviceId} ${page.slotId}`;
      if (batch?.of !== of) batch = { of, place: batchReader(looking) };
      const picture = image.ok ? scannedPicture(page, image.value) : null;
      await prepare(page.id, picture, looking, batch.place);
      const { visitId } = store.read((tx) => getService(tx, page.serviceId));
      desk.emit('visit-changed', { visitId });
    }
    texts.kick();
  }

  return {
    encoded,
    prepare,
    remove,
    /** To be told of every act: pages that nobody binds any more, and those of who left the desk, do not stay in memory. */
    noticed({ kind, visitId, serviceId }: Pick<Act, 'kind' | 'visitId' | 'serviceId'>): void {
      if (kind === 'signed-out') encoded.forgetThose(() => true);
      else if (ending.has(kind))
        encoded.forgetThose((of) =>
          serviceId === undefined ? of.visitId === visitId : of.serviceId === serviceId,
        );
    },
    /** Looks at what is left to be looked at, unless that is at work. A scan looks at its pages itself. */
    takeUp(): void {
      if (takingUp !== null || scans.isAny() || stopping.signal.aborted) return;
      takingUp = lookAtThoseLeft()
        .catch((thrown: unknown) => warn(thrown))
        .finally(() => {
          takingUp = null;
        });
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

/** How a page is kept that is still to be looked at, and in whose place it comes then. */
export const toBeLookedAt = (looking: Looking, replaces?: string): Treatment => ({
  ...UNTREATED,
  looking,
  ...(replaces !== undefined && { replaces }),
});
