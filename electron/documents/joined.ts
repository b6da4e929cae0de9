import { PDF, type PdfDict } from '@libpdf/core';
import { err, ok, type Result } from '../values/result.ts';
import { type DocumentFailure, failure } from './failures.ts';

/**
 * Puts the pages of one PDF/A of ours behind those of another, as one new PDF/A-2b: a clause and what it speaks of are one file
 * then, and nobody can take one without the other. What the pages said of a structure tree goes, because the tree does not come along.
 */
export async function joinDocuments(
  first: Uint8Array,
  second: Uint8Array,
): Promise<Result<{ bytes: Uint8Array; pages: number }, DocumentFailure>> {
  try {
    const joined = await PDF.load(first, { lenient: false });
    const added = await PDF.load(second, { lenient: false });
    const indices = Array.from({ length: added.getPageCount() }, (_, index) => index);
    for (const page of await joined.copyPagesFrom(added, indices)) {
      const dictionary: PdfDict = page.dict;
      dictionary.delete('StructParents');
      dictionary.delete('Tabs');
    }
    return ok({ bytes: await joined.save({ compressStreams: false }), pages: joined.getPageCount() });
  } catch {
    return err(failure('documents.template-invalid'));
  }
}
