import type { LogEntry } from '../../../electron/contract/day-log.ts';
import type { CallInput } from '../../../electron/contract/index.ts';
import { m } from '../i18n/generated/messages.js';
import { named, textsOf } from '../i18n/sentence.ts';

/** What an entry says besides its kind and its service: codes by their names, then what is free. */
export const told = ({ codes, summary }: LogEntry): string =>
  [...codes.map(({ of, code }) => named('log_value', `${of}_${code}`)), summary]
    .filter((part) => part !== '')
    .join(' · ');

/** Who acted, with the role; the desk where nobody did. */
export const clerkOf = ({ clerkName, role }: LogEntry): string =>
  clerkName === '' ? m.day_log_machine() : `${clerkName} (${named('role', role)})`;

/** Where the act's effect is; what the machine does with it in the meantime is one thing here. */
export const effectState = (state: string): string =>
  named('day_log_state_effect', state === 'sending' || state === 'incomplete' ? 'waiting' : state);

/** How a file names what it shows. Papers are Czech whatever the window speaks. */
export function exportNames(locale: 'cs' | 'en'): CallInput<'day-log.export'>['names'] {
  return {
    columns: [
      m.export_column_sequence({}, { locale }),
      m.export_column_date({}, { locale }),
      m.export_column_time({}, { locale }),
      m.export_column_kind({}, { locale }),
      m.export_column_service({}, { locale }),
      m.export_column_ticket({}, { locale }),
      m.export_column_summary({}, { locale }),
      m.export_column_clerk({}, { locale }),
      m.export_column_hash({}, { locale }),
    ],
    kinds: textsOf('act', locale),
    roles: textsOf('role', locale),
    values: textsOf('log_value', locale),
    machine: m.day_log_machine({}, { locale }),
  };
}
