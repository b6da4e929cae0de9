import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { err, ok, type Result } from '../../electron/values/result.ts';
import { isLegalDate, type LegalDate } from '../../electron/values/time.ts';

/** Kinds of the register: 0 identity card, 4 passport of the central issue, 6 weapons licence. */
export type RegisterKind = 0 | 4 | 6;

export type RegisterAnswer =
  | { outcome: 'not-listed'; asOf: LegalDate }
  | { outcome: 'listed'; asOf: LegalDate; listedSince?: LegalDate }
  | { outcome: 'wrong-shape' };

/** Asks the register; `unavailable` when it gives no sensible answer in time. The number is never logged. */
export type DocumentRegister = {
  ask(kind: RegisterKind, number: string): Promise<Result<RegisterAnswer, 'unavailable'>>;
};

/** How long the register may take. */
export const TIME_LIMIT_MS = 3000;
const LONGEST_ANSWER = 64 * 1024;

/** A client of the Ministry's service (`…/doklady.aspx?dotaz=…&doklad=…`). `url` is read at each question. */
export function ministryRegister(url: () => string, timeLimitMs: number = TIME_LIMIT_MS): DocumentRegister {
  return {
    async ask(kind, number) {
      try {
        const question = new URL(url());
        question.searchParams.set('dotaz', number);
        question.searchParams.set('doklad', String(kind));
        const response = await fetch(question, {
          signal: AbortSignal.timeout(timeLimitMs),
          redirect: 'error',
          headers: { accept: 'application/xml, text/xml' },
        });
        if (!response.ok) {
          await response.body?.cancel();
          return err('unavailable');
        }
        const text = await response.text();
        return text.length > LONGEST_ANSWER ? err('unavailable') : readAnswer(text);
      } catch {
        // No line, time over, a redirect or a torn answer: all mean that it cannot be asked now.
        return err('unavailable');
      }
    },
  };
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseAttributeValue: false,
  parseTagValue: false,
  processEntities: false,
});

/** Reads the register's XML. */
export function readAnswer(xml: string): Result<RegisterAnswer, 'unavailable'> {
  if (xml.includes('<!DOCTYPE') || XMLValidator.validate(xml) !== true) return err('unavailable');
  const root = child(parser.parse(xml), 'doklady_neplatne');
  const fault = child(root, 'chyba');
  if (fault !== undefined) {
    return attribute(fault, 'spatny_dotaz') === 'ano' ? ok({ outcome: 'wrong-shape' }) : err('unavailable');
  }
  const answer = child(root, 'odpoved');
  const asOf = readDate(attribute(answer, 'aktualizovano'));
  if (asOf === null) return err('unavailable');
  switch (attribute(answer, 'evidovano')) {
    case 'ne':
      return ok({ outcome: 'not-listed', asOf });
    case 'ano': {
      const since = readDate(attribute(answer, 'evidovano_od'));
      return ok(
        since === null ? { outcome: 'listed', asOf } : { outcome: 'listed', asOf, listedSince: since },
      );
    }
    default:
      return err('unavailable');
  }
}

function child(node: unknown, name: string): unknown {
  if (typeof node !== 'object' || node === null) return undefined;
  return Object.entries(node).find(([key]) => key === name)?.[1];
}

function attribute(node: unknown, name: string): string {
  const value = child(node, `@${name}`);
  return typeof value === 'string' ? value.trim() : '';
}

/** `1.4.2026` and `1. 4. 2026`, with or without leading zeros. */
function readDate(text: string): LegalDate | null {
  const match = /^(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})$/.exec(text);
  if (match === null) return null;
  const [, day = '', month = '', year = ''] = match;
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isLegalDate(date) ? date : null;
}
