import { z } from 'zod';
import { type DeskSettings, deskSettings, noCopiedWish, noWish } from '../../contract/settings.ts';
import * as deskValues from '../../store/desk-values.ts';
import type { Reader, Tx } from '../../store/open.ts';
import * as table from '../../store/settings.ts';
import { centralSettings } from '../catalogue/catalogue.ts';
import type { Enrolled } from '../desk.ts';

const enrolment = z.strictObject({
  deskId: z.string(),
  deskName: z.string(),
  officeId: z.string(),
  deskToken: z.string(),
  portalUrl: z.string(),
});

/** Who this machine is to the portal; null before enrolment. */
export function enrolled(tx: Reader): Enrolled | null {
  const stored = deskValues.get(tx, 'enrolment');
  return stored === undefined ? null : enrolment.parse(stored);
}

export const saveEnrolment = (tx: Tx, of: Enrolled): void => deskValues.set(tx, 'enrolment', { ...of });

const fresh: Omit<DeskSettings, 'portalUrl' | 'idleLockMinutes'> = {
  language: 'cs',
  reader: null,
  scanner: null,
  printer: null,
  searchableScans: true,
  printing: { certified: noWish, receipts: noCopiedWish, slips: noCopiedWish, other: noWish },
  others: { slips: null, conversions: null, codes: null },
  signing: null,
};

/** The desk's settings; what nobody set yet is as the portal or the program says. */
export function settingsOf(tx: Reader): DeskSettings {
  const stored = table.find(tx, 'desk');
  const portalUrl = enrolled(tx)?.portalUrl;
  // The enrolment says where the portal is; an address saved before it must not come back with the next saving.
  const chosen = deskSettings.shape.language.safeParse(table.find(tx, 'language')?.value);
  const language = chosen.success ? chosen.data : fresh.language;
  if (stored)
    return { ...deskSettings.parse(stored.value), language, ...(portalUrl !== undefined && { portalUrl }) };
  return {
    ...fresh,
    language,
    portalUrl: portalUrl ?? '',
    idleLockMinutes: centralSettings(tx).idleLockMinutes,
  };
}

type By = { at: string; clerkId: string };

/** The language is kept by itself: choosing it must not freeze what the portal sets for all desks. */
export const saveLanguage = (tx: Tx, language: DeskSettings['language'], by: By): void =>
  table.save(tx, { key: 'language', value: language, changedAt: by.at, changedBy: by.clerkId });

export function saveSettings(tx: Tx, settings: DeskSettings, by: By): void {
  table.save(tx, { key: 'desk', value: settings, changedAt: by.at, changedBy: by.clerkId });
  saveLanguage(tx, settings.language, by);
}
