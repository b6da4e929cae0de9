import type { EncodedPage } from '../../documents/page-coding.ts';
import { inForce } from '../../values/page-preparation.ts';
import type { Page } from './table.ts';

/** Bytes of encoded pages that are kept: a hundred pages of A4 in colour. */
const MOST_BYTES = 96 * 1024 * 1024;

type Of = { visitId: string; serviceId: string };

/** What an encoded picture follows from. Quarter turns are done on the page it is bound on. */
function keyOf({ sha256, dpi, mode, treatment }: Page): string {
  const { crop, skew } = inForce(treatment);
  return JSON.stringify([sha256, dpi, mode, crop, skew, treatment.brightness]);
}

/**
 * Pages as they are bound, from when they were prepared until they are: in memory only, the oldest go first. A page that is not here, or was treated
 * otherwise since, is encoded when it is bound.
 */
export function createEncodedPages(mostBytes = MOST_BYTES) {
  const kept = new Map<string, Of & { key: string; picture: EncodedPage['picture'] }>();
  let bytes = 0;

  function forget(pageId: string): void {
    bytes -= kept.get(pageId)?.picture.bytes.byteLength ?? 0;
    kept.delete(pageId);
  }

  return {
    keep(page: Page, visitId: string, { picture }: EncodedPage): void {
      forget(page.id);
      kept.set(page.id, { visitId, serviceId: page.serviceId, key: keyOf(page), picture });
      bytes += picture.bytes.byteLength;
      for (const [oldest] of kept) {
        if (bytes <= mostBytes) return;
        forget(oldest);
      }
    },
    forget,
    forgetThose(are: (of: Of) => boolean): void {
      for (const [pageId, of] of kept) if (are(of)) forget(pageId);
    },
    /** The page's picture if it still looks so. It is handed out once: who takes it gives it away. */
    take(page: Page): EncodedPage['picture'] | undefined {
      const found = kept.get(page.id);
      forget(page.id);
      return found?.key === keyOf(page) ? found.picture : undefined;
    },
  };
}
