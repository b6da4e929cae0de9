import { z } from 'zod';
import type { RecoveryView } from '../../../electron/contract/recovery.ts';
import { dayAndTime } from '../i18n/format.ts';
import { m } from '../i18n/generated/messages.js';
import { named } from '../i18n/sentence.ts';
import { seriesText } from './texts.ts';

const count = z.number().optional().catch(undefined);
const many = <T extends z.ZodType>(of: T) => z.array(of).catch([]);
const range = z.object({ from: z.number(), to: z.number() });

/** What the counter reports of a recovery; what an older one did not say is left out. */
const shape = z.object({
  pages: count,
  pagesUnreadable: count,
  entriesFromBackup: count,
  entriesRescued: count,
  entriesEnteredAnew: count,
  entriesFromPortal: count,
  filesRescued: count,
  filesDamaged: count,
  contentsLost: count,
  rowsRescued: count,
  effectsRecognised: count,
  effectsIncomplete: count,
  visitsClosed: count,
  visitsParked: count,
  erasuresRepeated: count,
  entriesMissing: many(range),
  logMayGoOn: z.boolean().catch(false),
  lastKnownAt: z.string().nullable().catch(null),
  rowsLost: z.record(z.string(), z.number()).catch({}),
  effectsLost: many(z.object({ entry: z.number(), kind: z.string(), at: z.string() })),
  numbersLost: many(range.extend({ series: z.string(), year: z.number() })),
});

export type Report = { found: { label: string; value: string }[]; missing: string[] };

const rangeText = ({ from, to }: { from: number; to: number }): string =>
  from === to ? String(from) : `${from}–${to}`;

/** What came from where, and what is missing, in words. */
export function reportOf(raw: unknown): Report {
  const of = shape.parse(raw);
  const line = (label: string, value: number | undefined): Report['found'] =>
    value === undefined ? [] : [{ label, value: String(value) }];
  const told = (value: number | undefined, say: (of: { count: number }) => string): string[] =>
    value === undefined || value === 0 ? [] : [say({ count: value })];
  return {
    found: [
      ...(of.pages === undefined
        ? []
        : [
            {
              label: m.recovery_report_pages(),
              value: m.recovery_report_pages_value({ unreadable: of.pagesUnreadable ?? 0, pages: of.pages }),
            },
          ]),
      ...line(m.recovery_report_backup(), of.entriesFromBackup),
      ...line(m.recovery_report_rescued(), of.entriesRescued),
      ...(of.entriesRescued === undefined ? [] : line(m.recovery_report_anew(), of.entriesEnteredAnew)),
      ...line(m.recovery_report_entries(), of.entriesFromPortal),
      ...line(m.recovery_report_files(), of.filesRescued),
      ...(of.entriesRescued === undefined ? [] : line(m.recovery_report_rows(), of.rowsRescued)),
      ...line(m.recovery_report_effects(), of.effectsRecognised),
      ...line(m.recovery_report_visits(), of.visitsClosed),
      ...line(m.recovery_report_parked(), of.visitsParked),
      ...line(m.recovery_report_erasures(), of.erasuresRepeated),
    ],
    missing: [
      ...of.entriesMissing.map((one) => m.recovery_missing_entries({ range: rangeText(one) })),
      ...of.effectsLost.map(({ entry, kind, at }) =>
        m.recovery_missing_effect({ act: named('act', kind), at: dayAndTime(at), entry }),
      ),
      ...told(of.effectsIncomplete, m.recovery_missing_incomplete),
      ...told((of.filesDamaged ?? 0) + (of.contentsLost ?? 0), m.recovery_missing_files),
      ...told(
        Object.values(of.rowsLost).reduce((sum, one) => sum + one, 0),
        m.recovery_missing_rows,
      ),
      ...of.numbersLost.map((one) =>
        m.recovery_missing_numbers({ series: seriesText(one.series, one.year), range: rangeText(one) }),
      ),
      ...(of.logMayGoOn
        ? [m.recovery_missing_tail({ at: of.lastKnownAt === null ? '–' : dayAndTime(of.lastKnownAt) })]
        : []),
    ],
  };
}

/** The report as a text of its own. */
export function reportText({ found, missing }: Report, recovery: RecoveryView | null): string {
  const lines = [
    ...(recovery === null ? [] : [named('recovery_kind', recovery.kind)]),
    ...(recovery?.backupAt == null ? [] : [m.recovery_backup_at({ at: dayAndTime(recovery.backupAt) })]),
    '',
    m.recovery_report_title(),
    ...found.map(({ label, value }) => `  ${label}: ${value}`),
    '',
    m.recovery_missing_title(),
    ...(missing.length === 0 ? [m.recovery_missing_none()] : missing).map((line) => `  ${line}`),
  ];
  return `\ufeff${lines.join('\r\n')}\r\n`;
}
