import type {
  AuthorityFile,
  AuthorityFileFailure,
  AuthoritySummary,
} from '../devices/chip/authority-list.ts';
import { ok, type Result } from '../values/result.ts';
import type { LegalDate } from '../values/time.ts';
import type { DocumentFailure, FileFailure, SignatureFailure } from './failures.ts';
import type { FoundCode } from './images/codes.ts';
import type { ReadZone, ZoneFailure } from './images/read-zone.ts';
import type { Shapes } from './images/shapes.ts';
import type { FileInspection } from './inspect.ts';
import type { EncodedPage, ScanPage } from './page-coding.ts';
import type { PagePicture } from './pdf-pages.ts';
import type { RawPage, Rotation } from './pictures.ts';
import type { PreparationRequest, PreparedPage, ScannedPicture } from './preparation.ts';
import type { Fonts } from './rendering/fonts.ts';
import type { RenderedDocument, RenderRequest } from './rendering/render.ts';
import type { ScanMeta } from './scans.ts';
import type { PreparedDocument, SignatureRequest, ValidationMaterial } from './signatures/pdf.ts';
import type { PageText } from './texts/page-text.ts';

/** The work that is too heavy for the counter's own thread: what each job takes and gives. */
export type Jobs = {
  renderDocument: { input: RenderRequest; output: Result<RenderedDocument, DocumentFailure> };
  encodePage: { input: ScanPage; output: Result<EncodedPage, DocumentFailure | FileFailure> };
  bindPages: {
    input: { pages: EncodedPage[]; meta: ScanMeta };
    output: Result<RenderedDocument, DocumentFailure | FileFailure>;
  };
  pagesToPdf: {
    input: { pages: ScanPage[]; meta: ScanMeta };
    output: Result<RenderedDocument, DocumentFailure | FileFailure>;
  };
  joinDocuments: {
    input: { first: Uint8Array; second: Uint8Array };
    output: Result<RenderedDocument, DocumentFailure>;
  };
  thumbnail: {
    input: RawPage & { maxPx: number };
    output: Result<Uint8Array, DocumentFailure | FileFailure>;
  };
  preparePage: {
    input: { page: ScannedPicture; wanted: PreparationRequest };
    output: Result<PreparedPage, DocumentFailure | FileFailure>;
  };
  pdfPage: {
    input: { bytes: Uint8Array; page: number; maxPx: number };
    output: Result<PagePicture, DocumentFailure | FileFailure>;
  };
  inspectFile: {
    input: { bytes: Uint8Array; maxBytes?: number };
    output: Result<FileInspection, DocumentFailure | FileFailure>;
  };
  readZone: {
    input: { image: Uint8Array; today: LegalDate };
    output: Result<ReadZone, DocumentFailure | FileFailure | ZoneFailure>;
  };
  readCodes: {
    input: { image: Uint8Array };
    output: Result<FoundCode[], DocumentFailure | FileFailure>;
  };
  readText: {
    input: RawPage & { dpi?: number };
    output: Result<PageText, DocumentFailure | FileFailure>;
  };
  /** The turn clockwise that sets a page upright by its text, from how it lies; null where text does not tell. */
  turnOf: {
    input: RawPage;
    output: Result<Rotation | null, DocumentFailure | FileFailure>;
  };
  /** A file of states' authorities, by those the desk has. */
  readAuthorities: {
    input: { bytes: Uint8Array; now: Date; authorities: readonly Uint8Array[] };
    output: Result<AuthorityFile, AuthorityFileFailure | DocumentFailure>;
  };
  /** What is in the list that is kept: thousands of certificates, for which the counter would stand still. */
  summariseAuthorities: {
    input: { certificates: readonly Uint8Array[]; revocations: readonly Uint8Array[] };
    output: Result<AuthoritySummary, DocumentFailure>;
  };
  /** Of each authority the newest of these revocation lists, of which one alone may be megabytes. */
  newestRevocations: {
    input: { lists: readonly Uint8Array[] };
    output: Result<Uint8Array[], DocumentFailure>;
  };
  prepareSignature: {
    input: SignatureRequest;
    output: Result<PreparedDocument, DocumentFailure | SignatureFailure>;
  };
  addValidationMaterial: {
    input: { document: Uint8Array; material: ValidationMaterial };
    output: Result<Uint8Array, DocumentFailure | SignatureFailure>;
  };
};

export type JobName = keyof Jobs;
export type Task = { [Name in JobName]: { job: Name; input: Jobs[Name]['input'] } }[JobName];

/**
 * Makes the function that does one task. What a task needs is loaded with the first one that needs it: a worker that only sets
 * text must not hold the codecs for pictures, nor one that only inspects files the fonts.
 */
export function createJobRunner(fontsFolder: string): (task: Task) => Promise<Jobs[JobName]['output']> {
  let fonts: Promise<Fonts> | undefined;
  const loaded = () => {
    fonts ??= import('./rendering/fonts.ts').then(({ loadFonts }) => loadFonts(fontsFolder));
    return fonts;
  };
  let shapes: Promise<Shapes> | undefined;
  const shapesLoaded = () => {
    shapes ??= import('./images/shapes.ts').then(({ loadShapes }) => loadShapes(fontsFolder));
    return shapes;
  };
  return async (task) => {
    switch (task.job) {
      case 'renderDocument': {
        const { renderDocument } = await import('./rendering/render.ts');
        return renderDocument(task.input, await loaded());
      }
      case 'encodePage': {
        const { encodePage } = await import('./page-coding.ts');
        return encodePage(task.input);
      }
      case 'bindPages': {
        const { bindPages } = await import('./scans.ts');
        return bindPages(task.input.pages, task.input.meta, loaded);
      }
      case 'pagesToPdf': {
        const { pagesToPdf } = await import('./scans.ts');
        return pagesToPdf(task.input.pages, task.input.meta, loaded);
      }
      case 'joinDocuments': {
        const { joinDocuments } = await import('./joined.ts');
        return joinDocuments(task.input.first, task.input.second);
      }
      case 'thumbnail': {
        const { thumbnail } = await import('./pictures.ts');
        return thumbnail(task.input, task.input.maxPx);
      }
      case 'preparePage': {
        const { preparePage } = await import('./preparation.ts');
        return preparePage(task.input.page, task.input.wanted);
      }
      case 'pdfPage': {
        const { pdfPage } = await import('./pdf-pages.ts');
        return pdfPage(task.input.bytes, task.input.page, task.input.maxPx);
      }
      case 'inspectFile': {
        const { inspectFile } = await import('./inspect.ts');
        return inspectFile(task.input.bytes, task.input.maxBytes);
      }
      case 'readZone': {
        const { readZoneOf } = await import('./images/picture.ts');
        return readZoneOf(task.input.image, await shapesLoaded(), task.input.today);
      }
      case 'readCodes': {
        const { readCodesOf } = await import('./images/picture.ts');
        return readCodesOf(task.input.image);
      }
      case 'readText': {
        const { readText } = await import('./texts/read-text.ts');
        return readText(task.input, task.input.dpi);
      }
      case 'turnOf': {
        const { turnOf } = await import('./texts/read-text.ts');
        return turnOf(task.input);
      }
      case 'readAuthorities': {
        const { readAuthorityFile } = await import('../devices/chip/authority-list.ts');
        return readAuthorityFile(task.input.bytes, task.input);
      }
      case 'summariseAuthorities': {
        const { summaryOf } = await import('../devices/chip/authority-list.ts');
        return ok(summaryOf(task.input.certificates, task.input.revocations));
      }
      case 'newestRevocations': {
        const { newestLists } = await import('../devices/chip/revocation.ts');
        return ok(newestLists(task.input.lists));
      }
      case 'prepareSignature': {
        const { prepareSignature } = await import('./signatures/pdf.ts');
        return prepareSignature(task.input, loaded);
      }
      case 'addValidationMaterial': {
        const { addValidationMaterial } = await import('./signatures/pdf.ts');
        return addValidationMaterial(task.input);
      }
    }
  };
}

/** Where messages go: a worker seen from the pool, or the pool seen from a worker. */
type Recipient = { postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void };

/**
 * Posts a message and hands its buffers over instead of copying them, as far as that can be: native modules give out
 * memory that must stay where it is, and that is copied.
 */
export function postGivingAway(recipient: Recipient, message: unknown): void {
  try {
    recipient.postMessage(message, transferable(message));
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== 'DataCloneError') throw error;
    recipient.postMessage(message);
  }
}

/** Small Buffers share one allocation: handing theirs over would take memory that belongs to others. */
function transferable(message: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const waiting: unknown[] = [message];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (value instanceof Uint8Array) {
      const { buffer } = value;
      if (buffer instanceof ArrayBuffer && value.byteLength === buffer.byteLength) found.add(buffer);
    } else if (typeof value === 'object' && value !== null) waiting.push(...Object.values(value));
  }
  return [...found];
}
