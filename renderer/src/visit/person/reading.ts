import type { EventData } from '../../../../electron/contract/events.ts';
import type { VisitDraft } from '../drafts.svelte.ts';
import { documentOfReading } from '../person-draft.ts';

/**
 * Takes what came from the reader (or from typing) into the draft. A reading whose checks hold is a document ready to
 * be taken; one whose checks do not waits for the clerk; a failure keeps everything that was there before.
 */
export function takeReading(
  draft: VisitDraft,
  read: EventData<'reader-read'>,
  source: 'reader' | 'typed-mrz' | 'image',
): void {
  if (!read.ok) {
    const { code, params } = read.error;
    draft.person.readFailure = params === undefined ? { code } : { code, params };
    return;
  }
  draft.person.readFailure = null;
  const document = documentOfReading(read.value, source);
  if (read.value.valid) draft.person.incoming = document;
  else {
    draft.person.reading = read.value;
    draft.person.document = document;
  }
}
