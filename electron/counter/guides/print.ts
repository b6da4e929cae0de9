import type { Guide, GuidePoint } from '../../contract/guides.ts';
import type { GuideData } from '../../documents/template-data.ts';
import type { Reader } from '../../store/open.ts';
import { legalDate } from '../../values/time.ts';
import type { Desk } from '../desk.ts';
import { ownNumber, ownOffice } from '../outputs/data.ts';

type Language = 'cs' | 'en';

/** The headings of a printed guide, in the order of the state's catalogue of services. */
const SECTIONS = [
  ['who', { cs: 'Kdo', en: 'Who' }],
  ['when', { cs: 'Kdy', en: 'When' }],
  ['where', { cs: 'Kde', en: 'Where' }],
  ['steps', { cs: 'Jak postupovat', en: 'What to do' }],
  ['bring', { cs: 'Co s sebou', en: 'What to bring' }],
  ['fee', { cs: 'Kolik to stojí', en: 'What it costs' }],
  ['deadline', { cs: 'Lhůty', en: 'Time limits' }],
] as const;

const WORDS = {
  questions: { cs: 'Otázky a odpovědi', en: 'Questions and answers' },
  law: { cs: 'Právní předpisy', en: 'Law' },
  sources: { cs: 'Zdroje', en: 'Sources' },
  unconfirmed: { cs: '(ověřte u úřadu)', en: '(check with the office)' },
  edition: { cs: 'Verze', en: 'Version' },
  updated: { cs: 'aktualizováno', en: 'updated' },
  printed: { cs: 'vytištěno', en: 'printed' },
  note: {
    cs: 'Obecná informace, nikoli právní rada ani rozhodnutí úřadu. Rozhodné je platné znění předpisů.',
    en: 'General information, neither legal advice nor a decision of an office. What counts is the law in force.',
  },
} as const;

/** What is printed of a guide. Points nobody has confirmed say so. */
export function guideData(
  desk: Desk,
  tx: Reader,
  of: { guide: Guide; language: Language; documentId: string; now: Date },
): GuideData {
  const { guide, language } = of;
  const said = (word: keyof typeof WORDS): string => WORDS[word][language];
  const marked = (text: string, { toBeConfirmed }: Pick<GuidePoint, 'toBeConfirmed'>): string =>
    toBeConfirmed ? `${text} ${said('unconfirmed')}` : text;
  return {
    desk: ownOffice(desk, tx).printed,
    document: { number: ownNumber(of.documentId) },
    title: guide.title[language],
    summary: guide.summary[language],
    sections: SECTIONS.map(([name, title]) => ({
      title: title[language],
      points: guide[name].map((point) => ({ text: marked(point.text[language], point) })),
    })).filter(({ points }) => points.length > 0),
    questions: {
      title: said('questions'),
      all: guide.questions.map((one) => ({
        question: one.question[language],
        answer: marked(one.answer[language], one),
      })),
    },
    law: {
      title: said('law'),
      all: guide.legalBasis.map(({ act, paragraph, note, ...confirmed }) => ({
        text: marked(
          [[`č. ${act}`, paragraph].filter(Boolean).join(', '), note?.[language]].filter(Boolean).join(': '),
          confirmed,
        ),
      })),
    },
    sources: {
      title: said('sources'),
      all: guide.sources.map(({ name, address }) => ({ text: [name, address].filter(Boolean).join(', ') })),
    },
    edition: { title: said('edition'), number: guide.version },
    updated: { title: said('updated'), on: guide.updatedOn },
    printed: { title: said('printed'), on: legalDate(of.now) },
    note: said('note'),
  };
}
