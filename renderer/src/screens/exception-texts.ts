import type { ExceptionView } from '../../../electron/contract/exceptions.ts';
import { m } from '../i18n/generated/messages.js';
import { named, said, sentence } from '../i18n/sentence.ts';

/** What happened, in a sentence or two. */
export function explain({ kind, params }: ExceptionView): string {
  const { document } = params;
  const code = params['code'] ?? params['problem'];
  const values =
    typeof document === 'string' ? { ...params, document: named('log_value_document', document) } : params;
  const parts = [
    said('exception', kind, values) ?? named('exception_kind', kind),
    typeof code === 'string' ? sentence({ code, params }) : '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** Who did it; the desk where nobody did. */
export const whoOf = ({ clerkName }: ExceptionView): string => clerkName || m.day_log_machine();
