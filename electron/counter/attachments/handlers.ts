import type { ScanPlace, ScanView } from '../../contract/attachments.ts';
import type { ScanRequest } from '../../devices/scanner/port.ts';
import { MAX_FILE_BYTES } from '../../documents/inspect.ts';
import { recordBlob } from '../../store/blobs.ts';
import type { Reader, Tx } from '../../store/open.ts';
import { batchReader } from '../../values/batch.ts';
import { turnedBy } from '../../values/page-preparation.ts';
import { err, ok } from '../../values/result.ts';
import type { ScanSettings } from '../../values/scan-profiles.ts';
import { needsPower, POWER_SLOT } from '../accounts/rules.ts';
import type { Desk } from '../desk.ts';
import { scannerFor, scannerOf } from '../devices/chosen.ts';
import { Refusal, refuse } from '../failure.ts';
import { command, type Handler, preparedCommand, query } from '../handlers.ts';
import { aside, stackOf } from '../log.ts';
import { fileOwner, fileOwners, pageOwner } from '../retention/owners.ts';
import { currentStep } from '../services/steps.ts';
import type { Service } from '../visits/record.ts';
import { getOpenVisit, getRunningService, getService } from '../visits/table.ts';
import { type PagePreparer, scannedPicture, toBeLookedAt } from './preparer.ts';
import type { Scan, Scans } from './scans.ts';
import { slotsOf } from './slots.ts';
import {
  appendPage,
  deleteFile,
  fileIn,
  findPage,
  lookOf,
  movePageTo,
  orderPages,
  type Page,
  pagesIn,
  type Rotation,
  rotatePage,
  saveFile,
  slotViewOf,
  treatPage,
} from './table.ts';
import { forgetText, readsText, textOf, unreadIn } from './texts.ts';

/** The largest content of an effect (resources/portal-api, BlobReference). */
const MAX_CONTENT_BYTES = 25 * 1024 * 1024;

/** The most pages of an attachment that says no number of its own. */
const MOST_PAGES = 200;

/** Scans, added files and the pages of a service's slots. */
export function attachmentHandlers(
  desk: Desk,
  preparer: PagePreparer,
  scans: Scans,
  texts: { kick(): void },
): Handler[] {
  const { store } = desk;

  /** The service, if it stands at its attachments and has the slot. */
  function atAttachments(tx: Reader, serviceId: string, slotId: string, clerkId: string) {
    const { service } = getRunningService(tx, serviceId, clerkId);
    if (currentStep(service) !== 'attachments') throw new Refusal('service.not-at-this-step');
    const slot = slotsOf(service).find(({ id }) => id === slotId);
    if (!slot) throw new Refusal('attachments.no-such-slot');
    return { service, slot };
  }

  function ofPage(tx: Reader, pageId: string, clerkId: string): Page {
    const page = findPage(tx, pageId);
    if (!page) throw new Refusal('attachments.no-such-page');
    atAttachments(tx, page.serviceId, page.slotId, clerkId);
    return page;
  }

  /** A page of an open visit, to be looked at. */
  const seenPage = (pageId: string, clerkId: string): Page =>
    store.read((tx) => {
      const found = findPage(tx, pageId);
      if (!found) throw new Refusal('attachments.no-such-page');
      getOpenVisit(tx, getService(tx, found.serviceId).visitId, clerkId);
      return found;
    });

  /**
   * Puts a page that was appended where the scan was meant to go, and says in whose place it comes, if in any. A place that is gone meanwhile
   * leaves it at the end.
   */
  function placePage(
    tx: Tx,
    pageId: string,
    { serviceId, slotId }: ScanView,
    place: ScanPlace,
  ): string | undefined {
    if (place.at === 'end') return undefined;
    const others = pagesIn(tx, serviceId, slotId)
      .map(({ id }) => id)
      .filter((id) => id !== pageId);
    const to = others.indexOf(place.pageId);
    if (to < 0) return undefined;
    orderPages(tx, [...others.slice(0, to), pageId, ...others.slice(to)]);
    return place.at === 'instead' ? place.pageId : undefined;
  }

  /** Runs beside the calls; every page is durable before the next one is taken from the scanner. */
  async function runScan(
    scan: Scan,
    service: Service,
    request: ScanRequest,
    asked: { place: ScanPlace; settings: ScanSettings },
  ) {
    const result = await scanPages(scan, service, request, asked).catch((thrown: unknown) => {
      // Whatever happens, the scan ends: otherwise the scanner would count as busy until the next start.
      desk.log.error({ call: 'attachments.scan', stack: stackOf(thrown) }, 'scan failed');
      return err({ code: 'scanner.failed' as const, params: undefined });
    });
    const over = (state: ScanView['state'], failure = scan.view.failure) =>
      scans.tell(scan, { state, progress: null, failure });
    if (scan.view.failure) over('failed');
    else if (result.ok) over('done');
    else if (result.error.code === 'scanner.cancelled') over('cancelled');
    else {
      const { code, params } = result.error;
      over('failed', params ? { code, params } : { code });
    }
    scans.end(scan, asked.place);
    preparer.takeUp();
    desk.emit('visit-changed', { visitId: service.visitId });
  }

  async function scanPages(
    scan: Scan,
    service: Service,
    request: ScanRequest,
    { place, settings }: { place: ScanPlace; settings: ScanSettings },
  ) {
    const { source, crop, straighten, blank, split } = settings;
    // What comes in another page's place is looked at in any case: a blank sheet does not.
    const isLookedAt = crop || straighten || blank || split !== 'none' || place.at === 'instead';
    const looking = { source, crop, straighten, blank, split };
    const batch = batchReader(settings);
    const prepare = async (pageId: string, image: Uint8Array): Promise<void> => {
      const here = await preparer.prepare(pageId, scannedPicture(request, image), looking, batch);
      if (here === 'separator')
        scans.tell(scan, {
          pagesDone: scan.view.pagesDone - 1,
          separators: scan.view.separators + 1,
        });
      desk.emit('visit-changed', { visitId: service.visitId });
    };
    // One page is looked at while the next is scanned, and no more than that wait in memory.
    let preparing = Promise.resolve();
    const result = await desk.scanner.scan(request, {
      signal: scan.abort.signal,
      onProgress: ({ fraction }) => scans.tell(scan, { state: 'scanning', progress: fraction }),
      onPage: async (scanned) => {
        const staged = await store.blobs.put(scanned.image);
        if (!staged.ok) {
          scan.view = { ...scan.view, failure: staged.error };
          scan.abort.abort();
          return;
        }
        const id = desk.newId();
        store.write((tx) => {
          // The step may have been closed meanwhile, or the visit parked: the page is kept all the same.
          recordBlob(tx, staged.value, { mediaType: scanned.mediaType, owner: pageOwner(service, id) });
          appendPage(tx, {
            id,
            serviceId: scan.view.serviceId,
            slotId: scan.view.slotId,
            sha256: staged.value.sha256,
            rotation: 0,
            dpi: request.dpi,
            mode: request.mode,
          });
          const replaced = placePage(tx, id, scan.view, place);
          if (isLookedAt) treatPage(tx, id, toBeLookedAt(looking, replaced));
        });
        scans.tell(scan, { state: 'scanning', pagesDone: scan.view.pagesDone + 1, progress: null });
        desk.emit('visit-changed', { visitId: service.visitId });
        if (!isLookedAt) return texts.kick();
        await preparing;
        preparing = prepare(id, scanned.image);
        // What is found on it changes what is read.
        aside(desk.log, 'attachments.scan', preparing.then(texts.kick));
      },
    });
    await preparing;
    return result;
  }

  return [
    command('attachments.scan', ({ tx, actId, session, after }, { serviceId, slotId, settings, place }) => {
      const { service, slot } = atAttachments(tx, serviceId, slotId, session.clerkId);
      if (fileIn(tx, serviceId, slotId)) return refuse('attachments.slot-has-file');
      const scanner = scannerFor(
        desk.settings(tx),
        service.definition.kind === 'conversion-to-electronic' ? 'conversions' : 'usual',
      );
      if (!scanner) return refuse('scanner.not-set');
      if (scans.isAny()) return refuse('scanner.busy');
      const pages = pagesIn(tx, serviceId, slotId);
      if (place.at !== 'end' && !pages.some(({ id }) => id === place.pageId))
        return refuse('attachments.no-such-page');
      const max = slot.maxPages ?? MOST_PAGES;
      const left = place.at === 'instead' ? 1 : max - pages.length;
      if (left <= 0) return refuse('attachments.too-many-pages', { max });
      const view: ScanView = {
        scanId: actId,
        serviceId,
        slotId,
        state: 'starting',
        pagesDone: 0,
        separators: 0,
        progress: null,
        failure: null,
      };
      scans.note(tx, view);
      after(() => {
        const request: ScanRequest = {
          scanner: scannerOf(scanner),
          source: settings.source,
          dpi: settings.dpi,
          mode: settings.mode,
          pageSize: 'A4',
          maxPages: settings.source === 'flatbed' ? 1 : left,
        };
        const run = scans.run(view, (scan) => runScan(scan, service, request, { place, settings }));
        aside(desk.log, 'attachments.scan', run);
      });
      return ok(view);
    }),

    query('attachments.cancel-scan', (_asked, { scanId }) => {
      scans.cancel(scanId);
      return ok({});
    }),

    preparedCommand(
      'attachments.add-file',
      async ({ session }, { serviceId, slotId, bytes }) => {
        store.read((tx) => {
          const { slot } = atAttachments(tx, serviceId, slotId, session.clerkId);
          if (slot.scanOnly) throw new Refusal('attachments.scan-only');
          if (fileIn(tx, serviceId, slotId)) throw new Refusal('attachments.slot-has-file');
        });
        if (bytes.byteLength > MAX_FILE_BYTES)
          return refuse('file.too-large', { limitMib: MAX_FILE_BYTES / 1024 / 1024 });
        const inspected = await desk.documents.inspectFile({ bytes, maxBytes: MAX_FILE_BYTES });
        if (!inspected.ok) return inspected;
        const staged = await store.blobs.put(bytes);
        return staged.ok ? ok({ inspection: inspected.value, staged: staged.value }) : staged;
      },
      ({ tx, session }, { serviceId, slotId, name }, { inspection, staged }) => {
        const { service } = atAttachments(tx, serviceId, slotId, session.clerkId);
        if (inspection.kind === 'pdf') {
          if (pagesIn(tx, serviceId, slotId).length > 0) return refuse('attachments.slot-has-pages');
          if (scans.isOf(serviceId)) return refuse('attachments.not-ready');
          recordBlob(tx, staged, { mediaType: 'application/pdf', owner: fileOwner(service, slotId) });
          saveFile(tx, serviceId, slotId, {
            sha256: staged.sha256,
            name,
            pages: inspection.pages,
            size: staged.size,
            claimsPdfA: inspection.claimsPdfA ?? null,
            warnings: inspection.warnings.map((warning) => ({ code: `file.${warning}` })),
          });
        } else {
          const id = desk.newId();
          recordBlob(tx, staged, { mediaType: `image/${inspection.kind}`, owner: pageOwner(service, id) });
          appendPage(tx, {
            id,
            serviceId,
            slotId,
            sha256: staged.sha256,
            rotation: 0,
            dpi: inspection.dpi ?? 0,
            mode: 'colour',
          });
        }
        return ok(slotViewOf(tx, serviceId, slotId));
      },
    ),

    command('attachments.remove-file', ({ tx, session, after }, { serviceId, slotId }) => {
      atAttachments(tx, serviceId, slotId, session.clerkId);
      deleteFile(tx, serviceId, slotId);
      for (const owner of fileOwners(serviceId, slotId)) store.blobs.release(tx, owner);
      after(() => aside(desk.log, 'sweep', store.blobs.sweep()));
      return ok(slotViewOf(tx, serviceId, slotId));
    }),

    command('attachments.rotate-page', ({ tx, session }, { pageId, by }) => {
      const page = ofPage(tx, pageId, session.clerkId);
      const turned: Record<number, Rotation> = { 0: 0, 90: 90, 180: 180, 270: 270 };
      rotatePage(tx, pageId, turned[(page.rotation + by) % 360] ?? 0);
      return ok(slotViewOf(tx, page.serviceId, page.slotId));
    }),

    command('attachments.delete-page', ({ tx, session, after }, { pageId }) => {
      const page = ofPage(tx, pageId, session.clerkId);
      preparer.remove(tx, pageId);
      after(() => aside(desk.log, 'sweep', store.blobs.sweep()));
      return ok(slotViewOf(tx, page.serviceId, page.slotId));
    }),

    command('attachments.move-page', ({ tx, session }, { pageId, to }) => {
      const page = ofPage(tx, pageId, session.clerkId);
      const others = pagesIn(tx, page.serviceId, page.slotId)
        .map(({ id }) => id)
        .filter((id) => id !== pageId);
      orderPages(tx, [...others.slice(0, to), pageId, ...others.slice(to)]);
      return ok(slotViewOf(tx, page.serviceId, page.slotId));
    }),

    command('attachments.treat-page', ({ tx, session }, { pageId, ...changed }) => {
      const page = ofPage(tx, pageId, session.clerkId);
      treatPage(tx, pageId, { ...page.treatment, ...changed });
      return ok(slotViewOf(tx, page.serviceId, page.slotId));
    }),

    command('attachments.move-pages', ({ tx, session }, { pageIds, slotId }) => {
      const pages = pageIds.map((pageId) => ofPage(tx, pageId, session.clerkId));
      const [{ serviceId, slotId: from }] = pages as [Page, ...Page[]];
      if (pages.some((page) => page.serviceId !== serviceId || page.slotId !== from))
        return refuse('attachments.no-such-page');
      const { service, slot } = atAttachments(tx, serviceId, slotId, session.clerkId);
      // Of pages elsewhere nobody can tell whether they came from the scanner or from a file.
      if (slot.scanOnly && slotId !== from) return refuse('attachments.scan-only');
      if (fileIn(tx, serviceId, slotId)) return refuse('attachments.slot-has-file');
      const max = slot.maxPages ?? MOST_PAGES;
      if (slotId !== from && pagesIn(tx, serviceId, slotId).length + pages.length > max)
        return refuse('attachments.too-many-pages', { max });
      pages.forEach((page, at) => {
        movePageTo(tx, page, slotId);
        // Where it belongs is settled now.
        if (at === 0) treatPage(tx, page.id, { ...page.treatment, startsPart: false });
        if (!readsText(desk, tx, service, slotId)) forgetText(tx, page.id);
      });
      return ok([slotViewOf(tx, serviceId, from), slotViewOf(tx, serviceId, slotId)]);
    }),

    query('attachments.texts', ({ session }, { serviceId }) =>
      store.read((tx) => {
        getRunningService(tx, serviceId, session.clerkId);
        return ok({ left: unreadIn(desk, tx, serviceId).length });
      }),
    ),

    query('attachments.thumbnail', async ({ session }, { pageId, maxPixels }) => {
      const page = seenPage(pageId, session.clerkId);
      const image = await store.blobs.read(page.sha256);
      if (!image.ok) return image;
      const picture = await desk.documents.thumbnail({
        image: image.value,
        ...lookOf(page),
        maxPx: maxPixels,
      });
      return picture.ok ? ok({ bytes: new Uint8Array(picture.value), mediaType: 'image/jpeg' }) : picture;
    }),
  ];
}

/** What a PDF/A of each slot is made of: when it changed meanwhile, another document would be kept than the clerk sees. */
export const boundOf = (tx: Reader, service: Service): string =>
  JSON.stringify(
    slotsOf(service).map(({ id }) => [
      id,
      fileIn(tx, service.id, id)?.sha256,
      pagesIn(tx, service.id, id).map((page) => [page.id, page.sha256, lookOf(page)]),
    ]),
  );

/**
 * Makes the PDF/A of each slot, outside any transaction; what a crash leaves of it is swept later. Text is laid under pages where it has been
 * read by now: nobody is kept waiting here, the window asks before.
 */
export async function bindAttachments(
  desk: Desk,
  preparer: Pick<PagePreparer, 'encoded' | 'takeUp'>,
  service: Service,
  now: Date,
) {
  const { store } = desk;
  const bound: {
    slotId: string;
    sha256: string;
    size: number;
    pages: number;
    mediaType: string;
    staged: Parameters<typeof recordBlob>[1] | null;
  }[] = [];
  for (const slot of slotsOf(service)) {
    const { file, pages } = store.read((tx) => ({
      file: fileIn(tx, service.id, slot.id),
      pages: pagesIn(tx, service.id, slot.id).map((page) => ({ ...page, text: textOf(tx, page.id) })),
    }));
    // What is still to be looked at may hold separator sheets.
    if (pages.some(({ treatment }) => treatment.looking)) {
      preparer.takeUp();
      return refuse('attachments.not-ready');
    }
    if (file) {
      const { sha256, size } = file;
      bound.push({
        slotId: slot.id,
        sha256,
        size,
        pages: file.pages,
        mediaType: 'application/pdf',
        staged: null,
      });
      continue;
    }
    if (pages.length === 0) {
      if (slot.required || (slot.id === POWER_SLOT && needsPower(service.record.account?.plan)))
        return refuse('attachments.required-missing', { title: slot.title.cs });
      continue;
    }
    const encoded = [];
    const isRead = store.read((tx) => readsText(desk, tx, service, slot.id));
    for (const page of pages) {
      const about = {
        ...(page.dpi > 0 && { dpi: page.dpi }),
        ...(isRead && page.text && { text: page.text }),
      };
      const look = lookOf(page);
      const picture = preparer.encoded.take(page);
      if (picture) {
        encoded.push({ picture, rotation: turnedBy(look.look?.turn ?? 0, page.rotation), ...about });
        continue;
      }
      const image = await store.blobs.read(page.sha256);
      if (!image.ok) return image;
      // One page after the other: a batch does not fit into memory as it came from the scanner.
      const one = await desk.documents.encodePage(
        { image: image.value, ...look, mode: page.mode, ...about },
        { giveAway: true },
      );
      if (!one.ok) return one;
      encoded.push(one.value);
    }
    const pdf = await desk.documents.bindPages(
      { pages: encoded, meta: { createdAt: now } },
      { giveAway: true },
    );
    if (!pdf.ok) return pdf;
    const staged = await store.blobs.put(pdf.value.bytes);
    if (!staged.ok) return staged;
    const { sha256, size } = staged.value;
    // More than the portal takes would be accepted here and refused there for ever.
    if (size > MAX_CONTENT_BYTES) {
      await store.blobs.discard(staged.value);
      return refuse('file.too-large', { limitMib: MAX_CONTENT_BYTES / 1024 / 1024 });
    }
    bound.push({
      slotId: slot.id,
      sha256,
      size,
      pages: pdf.value.pages,
      mediaType: 'application/pdf',
      staged: staged.value,
    });
  }
  return ok(bound);
}
