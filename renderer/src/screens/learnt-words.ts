import type { ReaderHearing } from '../../../electron/contract/settings.ts';
import { m } from '../i18n/generated/messages.js';
import { named } from '../i18n/sentence.ts';

type Framing = Extract<ReaderHearing, { kind: 'learnt' }>['framing'];

/** What was learnt of a reader, as terms and sentences for a person. `inWords` names marks given in hexadecimal. */
export function learntInWords(framing: Framing, inWords: (hex: string) => string): [string, string][] {
  const { start, end, tail, check, aim, encoding, reads } = framing;
  const marks = (hex: string): string => (hex === '' ? m.learning_nothing() : inWords(hex));
  return [
    [m.learning_start_marks(), marks(start)],
    [m.learning_end_marks(), marks(end + (check === null ? tail : ''))],
    [
      m.learning_check(),
      check === null
        ? m.learning_nothing()
        : [named('learning_check', check.how), tail === '' ? null : inWords(tail)].filter(Boolean).join(', '),
    ],
    [m.learning_aim(), aim ? m.learning_aim_yes() : m.learning_aim_no()],
    [m.learning_encoding(), encoding === null ? m.learning_encoding_ascii() : encoding.toUpperCase()],
    [m.learning_gives(), named('learning_gives', reads)],
  ];
}
