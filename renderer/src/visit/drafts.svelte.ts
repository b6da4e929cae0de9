import type { z } from 'zod';
import type { SafetyFeature } from '../../../electron/contract/conversions.ts';
import type { MrzReadingView, ZoneOfImage } from '../../../electron/contract/identity.ts';
import type { text } from '../../../electron/contract/shared.ts';
import type { Failure } from '../../../electron/values/result.ts';
import type { AccountDraft } from '../account/account-draft.ts';
import { type AffairsDraft, freshAffairs } from './affairs/page.ts';
import type { Counts } from './counts.ts';
import type { FieldValues } from './form-values.ts';
import type { DocumentDraft, PersonDraft } from './person-draft.ts';
import type { Place } from './places.ts';
import type { SigningDraft } from './signing-draft.ts';

type Text = z.output<typeof text>;

export type CountDraft = {
  touched: Partial<Counts>;
  sourceIs: 'original' | 'certified-copy' | 'copy-from-file' | 'decision-counterpart' | '';
  extent: 'complete' | 'partial';
  madeAs: 'copy' | 'transcript';
  securityFeature: boolean;
  description: string;
};

export type ConversionDraft = {
  sheets: number | null;
  feePages: number | null;
  description: string;
  writtenOn: string | null;
  features: SafetyFeature[];
};

/** What was typed in a visit and not sent yet. It outlives the counter's restart and a look at another screen. */
export type VisitDraft = {
  /** Where the clerk is; null before the visit was opened in this window. */
  place: Place | null;
  /** A service that was chosen before the person was known; the first to be offered. */
  wish: { definitionId: string; title: Text } | null;
  person: {
    by: 'mrz' | 'fields';
    mrz: string;
    /** The zone as a picture showed it, while its lines stand in `mrz` for the clerk to compare and mend. */
    image: ZoneOfImage | null;
    /** The last reading, when its checks did not hold and it waits for the clerk's eyes. */
    reading: MrzReadingView | null;
    /** Why the last reading gave nothing. */
    readFailure: Failure | null;
    /** A reading whose checks hold, on its way to the counter. */
    incoming: DocumentDraft | null;
    document: DocumentDraft | null;
    details: PersonDraft | null;
    /** The chip of the document is being read. */
    chip: boolean;
    /** The identity was refused and another document is to be read. */
    again: boolean;
  };
  forms: Record<string, { values: FieldValues; addresseeId: string | null }>;
  exclusions: Record<string, Record<string, boolean>>;
  counts: Record<string, CountDraft>;
  sheets: Record<string, { sheets: number | null; feePages: number | null; partial: boolean }>;
  conversions: Record<string, ConversionDraft>;
  tickets: Record<string, string>;
  signings: Record<string, SigningDraft>;
  accounts: Record<string, AccountDraft>;
  pay: { method: 'cash' | 'card'; handed: string };
  affairs: AffairsDraft;
};

const drafts = new Map<string, VisitDraft>();
let owner = '';

export const freshPersonDraft = (): VisitDraft['person'] => ({
  by: 'mrz',
  mrz: '',
  image: null,
  reading: null,
  readFailure: null,
  incoming: null,
  document: null,
  details: null,
  chip: false,
  again: false,
});

const fresh = (): VisitDraft => ({
  place: null,
  wish: null,
  person: freshPersonDraft(),
  forms: {},
  exclusions: {},
  counts: {},
  sheets: {},
  conversions: {},
  tickets: {},
  signings: {},
  accounts: {},
  pay: { method: 'cash', handed: '' },
  affairs: freshAffairs(),
});

/** The draft of a visit; the same one each time until it is dropped. Nobody finds what another clerk has typed. */
export function draftOf(visitId: string, clerkId: string): VisitDraft {
  if (owner !== clerkId) drafts.clear();
  owner = clerkId;
  const known = drafts.get(visitId);
  if (known !== undefined) return known;
  const draft = $state(fresh());
  drafts.set(visitId, draft);
  return draft;
}

/** The visit is over or put aside: nothing of the person stays in the window. */
export const dropDraft = (visitId: string): void => {
  drafts.delete(visitId);
};
