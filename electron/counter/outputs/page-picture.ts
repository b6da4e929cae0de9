import { ok } from '../../values/result.ts';
import type { Desk } from '../desk.ts';

/** Draws a page of a PDF that the store holds, as the window shows it. */
export async function pagePicture(
  { store, documents }: Pick<Desk, 'store' | 'documents'>,
  sha256: string,
  { page, maxPixels }: { page: number; maxPixels: number },
) {
  const content = await store.blobs.read(sha256);
  if (!content.ok) return content;
  const picture = await documents.pdfPage(
    { bytes: content.value, page, maxPx: maxPixels },
    { giveAway: true },
  );
  if (!picture.ok) return picture;
  const { bytes, ...size } = picture.value;
  return ok({ ...size, bytes: new Uint8Array(bytes), mediaType: 'image/png' as const });
}
