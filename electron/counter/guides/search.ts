import type { Guide } from '../../contract/guides.ts';
import { fitOf, wordsOf } from '../../values/words.ts';

/** Finding a guide by what people say: pure, over the handful of guides a desk has. */

// Words of a sentence that say nothing about what it is about, folded.
const EMPTY = new Set(
  `a aby ale at bych by co do i ja jak jake jaky je ji jsem kam kde kdo kdy ke k ma mam me mi mit moje muj musim na nas ne nebo
   o od po pod potrebuji potrebuju pri pro prosim s sam se si ten to u uz v ve z za ze chci chtel chtela zaridit
   an and for how i in is my need of on the to want what where`.split(/\s+/),
);

/** How much a word found at a place of a guide tells. */
const WEIGHTS = { title: 5, words: 5, summary: 2, rest: 1 } as const;

const textsOf = (guide: Guide): Record<keyof typeof WEIGHTS, string> => {
  const both = ({ cs, en }: { cs: string; en: string }): string => `${cs} ${en}`;
  const points = [guide.who, guide.when, guide.where, guide.steps, guide.bring, guide.fee, guide.deadline];
  return {
    title: both(guide.title),
    words: [...guide.words.cs, ...guide.words.en].join(' '),
    summary: both(guide.summary),
    rest: [
      ...points.flat().map(({ text }) => both(text)),
      ...guide.questions.flatMap(({ question, answer }) => [both(question), both(answer)]),
      ...guide.legalBasis.map(({ act, paragraph = '' }) => `${act} ${paragraph}`),
    ].join(' '),
  };
};

/**
 * The guides that have something of each typed word that means anything; where none has, those that have the most.
 * The best first, and of equals in the given order; all of them where nothing was typed.
 */
export function findGuides(guides: readonly Guide[], typed: string): Guide[] {
  const all = wordsOf(typed);
  const meant = all.filter((word) => !EMPTY.has(word));
  const asked = meant.length > 0 ? meant : all;
  if (asked.length === 0) return [...guides];
  const judged = guides.map((guide) => {
    const texts = Object.entries(textsOf(guide)).map(([place, text]) => ({
      weight: WEIGHTS[place as keyof typeof WEIGHTS],
      words: [...new Set(wordsOf(text))],
    }));
    const fits = asked.map((word) =>
      Math.max(
        ...texts.map(({ weight, words }) => weight * Math.max(0, ...words.map((one) => fitOf(word, one)))),
      ),
    );
    return { guide, found: fits.filter((fit) => fit > 0).length, score: fits.reduce((a, b) => a + b, 0) };
  });
  const most = Math.max(...judged.map(({ found }) => found));
  if (most === 0) return [];
  return judged
    .filter(({ found }) => found === most)
    .sort((a, b) => b.score - a.score)
    .map(({ guide }) => guide);
}
