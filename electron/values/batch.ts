import type { ScanSettings } from './scan-profiles.ts';

/** What is known of a page of a batch when it is judged, in the order of the pages. */
export type BatchPage = { separator: boolean; blank: boolean };

/**
 * What a page of a batch is: one to keep, that begins another part or goes on with the one before, or a separator sheet, which
 * is no page. Of a sheet scanned from both sides the back of a separator is none either, unless something is on it.
 */
export type BatchPlace = 'separator' | 'begins' | 'goes-on';

/** Judges the pages of one batch, one after the other. A part is never begun by the first page. */
export function batchReader({ source, split }: Pick<ScanSettings, 'source' | 'split'>) {
  const sides = source === 'feeder-duplex' ? 2 : 1;
  let index = -1;
  let kept = 0;
  let begins = false;
  let separatorSheet = false;
  let blankSides = 0;
  return ({ separator, blank }: BatchPage): BatchPlace => {
    index += 1;
    const front = index % sides === 0;
    if (front) {
      separatorSheet = false;
      blankSides = 0;
    }
    if (split === 'none') return 'goes-on';
    if (separator || (separatorSheet && blank)) {
      separatorSheet = true;
      begins = true;
      return 'separator';
    }
    const place = begins && kept > 0 ? 'begins' : 'goes-on';
    begins = false;
    kept += 1;
    if (blank) blankSides += 1;
    // The blank sheet stays where it lay, and is pointed out like any other.
    if (split === 'blank-sheets' && blankSides === sides) begins = true;
    return place;
  };
}
