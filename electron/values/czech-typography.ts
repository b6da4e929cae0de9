const NBSP = '\u00a0';

// Where a rule looks at a neighbouring space, a non-breaking one counts the same: that keeps the whole idempotent.
const TITLES_BEFORE =
  'Ing|arch|Mgr|MgA|Bc|BcA|JUDr|MUDr|MVDr|MDDr|PhDr|PharmDr|RNDr|ThDr|ThLic|PaedDr|RSDr|Dr|doc|Doc|prof|Prof';
const TITLES_AFTER = 'Ph\\.D\\.|Th\\.D\\.|CSc\\.|DrSc\\.|DSc\\.|DiS\\.|MBA|LL\\.M\\.|MPA|MSc\\.|M\\.Sc\\.';
const UNITS =
  'Kč|Kčs|€|EUR|%|‰|°C|km|m|cm|mm|m²|m³|km²|ha|kg|g|t|l|ml|hod\\.|min\\.|min|ks|MB|kB|GB|dpi|stran|strany|listů|listy|let|dnů|dní|Sb\\.';
const ABBREVIATIONS = 'č|čl|odst|písm|pol|str|čp|tj|tzv|např|ust|sp|ul|nám|tř|zák|vyhl|tel|kat|parc|p|j|zn';

const NOT_IN_WORD = '(?<![\\p{L}\\p{N}])';
const END_OF_WORD = '(?![\\p{L}\\p{N}])';

// Each matches one plain space that must not end a line.
const RULES = [
  // k, s, v, z, o, u, a, i before the next word
  `(?<=${NOT_IN_WORD}[ksvzouaiKSVZOUAI]) (?=[^\\s])`,
  // č. 5, § 9, odst. 1, písm. a), č. j., sp. zn.
  `(?<=${NOT_IN_WORD}(?:${ABBREVIATIONS})\\.) (?=[^\\s])`,
  `(?<=§) (?=[^\\s])`,
  // 30 Kč, 5 %, 128/2000 Sb.
  `(?<=\\p{N}) (?=(?:${UNITS})${END_OF_WORD})`,
  // 1 530, 301 00, +420 377 195 111
  `(?<=\\d) (?=\\d{3}(?!\\d))`,
  `(?<=(?<!\\d)\\d{3}) (?=\\d\\d(?!\\d))`,
  // 1. 4. 2026, 1. dubna, 2. patro: a number with a full stop before a small letter or a number is an ordinal
  `(?<=(?<![\\p{L}\\d])\\d{1,2}\\.) (?=[\\d\\p{Ll}])`,
  // Ing. Jan, J. Novák, Novák, Ph.D.
  `(?<=${NOT_IN_WORD}(?:${TITLES_BEFORE})\\.) (?=[\\p{L}])`,
  `(?<=${NOT_IN_WORD}\\p{Lu}\\.) (?=\\p{Lu})`,
  `(?<=,) (?=(?:${TITLES_AFTER})(?![\\p{L}\\p{N}]))`,
].map((source) => new RegExp(source, 'gu'));

/**
 * Puts non-breaking spaces where Czech typography wants a line never to end (ČSN 01 6910): after one-letter
 * prepositions and conjunctions, between a number and its unit, inside dates and numbers, after abbreviations that
 * introduce a number, and between titles and the name. Changes nothing but plain spaces; idempotent.
 */
export const nonBreaking = (text: string): string =>
  RULES.reduce((result, rule) => result.replace(rule, NBSP), text);
