import type { ContractFailure } from '../../contract/shared.ts';
import { type FileInspection, MAX_FILE_BYTES } from '../../documents/inspect.ts';
import type { Result } from '../../values/result.ts';
import { ok } from '../../values/result.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';

/** Files of messages come from outside: only pages are made of them here, and nothing else is ever done with them. */

const DANGEROUS: readonly FileInspection['warnings'][number][] = [
  'programs',
  'embedded-files',
  'dynamic-form',
];

/** The file as a PDF that can be shown page by page; refused when there is more in it than pages, or no pages at all. */
export async function pagesOfAttachment(
  desk: Desk,
  bytes: Uint8Array,
  now: Date,
): Promise<Result<{ pdf: Uint8Array; pages: number }, ContractFailure>> {
  const inspected = await desk.documents.inspectFile({ bytes, maxBytes: MAX_FILE_BYTES });
  if (!inspected.ok)
    return inspected.error.code === 'file.not-a-document' ? refuse('mailbox.file-unknown') : inspected;
  const file = inspected.value;
  if (file.warnings.some((warning) => DANGEROUS.includes(warning))) return refuse('mailbox.file-dangerous');
  if (file.kind === 'pdf') return ok({ pdf: bytes, pages: file.pages });
  const made = await desk.documents.pagesToPdf({
    pages: [{ image: bytes, rotation: 0, mode: 'colour' }],
    meta: { createdAt: now },
  });
  return made.ok ? ok({ pdf: made.value.bytes, pages: made.value.pages }) : made;
}
