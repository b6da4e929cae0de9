import { type PartialDate, partialDateBounds } from './partial-date.ts';
import { daysBetween, type LegalDate } from './time.ts';
import { wordsOf } from './words.ts';

export const DOCUMENT_KINDS = [
  'id-card',
  'id-card-without-mrz',
  'passport',
  'passport-without-mrz',
  'eu-id-card',
  'residence-permit',
  'residence-sticker',
  'visa',
  'protection-card',
  'eu-registration-certificate',
  'driving-licence',
  'weapons-licence',
  'other',
] as const;

export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

/** Kinds of the Ministry's register of invalid documents: 0 id card, 4 passport of the central issue, 6 weapons licence. */
export type InvalidDocumentsKind = 0 | 4 | 6;

/**
 * Whether the document proves its holder's identity at the desk:
 * `always`; `data-box-only` (accepted at the data-box desks beyond the general list); `never`.
 */
export type IdentityProof = 'always' | 'data-box-only' | 'never';

export type DocumentKindRule = {
  title: { cs: string; en: string };
  /** Kind in the register of inhabitants (ROB); null where it is not known to us. */
  robCode: string | null;
  /** How the register of invalid documents calls it when Czechia issued it; null = not covered. */
  invalidDocumentsKind: InvalidDocumentsKind | null;
  identity: { proof: IdentityProof; act: string; paragraph: string; toBeConfirmed?: true };
};

const GENERAL = { proof: 'always', act: '21/2006 Sb.', paragraph: '§ 18' } as const;
const DATA_BOX = {
  proof: 'data-box-only',
  act: '500/2004 Sb.',
  paragraph: '§ 36 odst. 5',
  toBeConfirmed: true,
} as const;
// The general definition of a proof of identity: a public document with name, date of birth, residence and likeness.
const NOT_A_PROOF = { proof: 'never', act: '500/2004 Sb.', paragraph: '§ 36 odst. 5' } as const;

/** What a kind of document is and what it is good for. */
export const DOCUMENT_KIND_RULES: { readonly [K in DocumentKind]: DocumentKindRule } = {
  'id-card': {
    title: { cs: 'Občanský průkaz', en: 'Czech identity card' },
    robCode: 'ID',
    invalidDocumentsKind: 0,
    identity: GENERAL,
  },
  'id-card-without-mrz': {
    title: {
      cs: 'Občanský průkaz bez strojově čitelných údajů',
      en: 'Czech identity card without a machine-readable zone',
    },
    robCode: 'OP',
    invalidDocumentsKind: 0,
    identity: GENERAL,
  },
  passport: {
    title: { cs: 'Cestovní pas', en: 'Passport' },
    robCode: 'P',
    invalidDocumentsKind: 4,
    identity: GENERAL,
  },
  'passport-without-mrz': {
    title: {
      cs: 'Cestovní pas bez strojově čitelných údajů',
      en: 'Passport without a machine-readable zone',
    },
    robCode: 'CA',
    // The register covers passports of the central issue only; these were issued locally.
    invalidDocumentsKind: null,
    identity: GENERAL,
  },
  'eu-id-card': {
    title: { cs: 'Průkaz totožnosti občana EU', en: 'Identity card of an EU member state' },
    robCode: null,
    invalidDocumentsKind: null,
    identity: GENERAL,
  },
  'residence-permit': {
    title: { cs: 'Průkaz o povolení k pobytu', en: 'Residence permit card' },
    robCode: 'IR',
    invalidDocumentsKind: null,
    identity: GENERAL,
  },
  'residence-sticker': {
    title: { cs: 'Pobytový štítek', en: 'Residence sticker' },
    robCode: 'PS',
    invalidDocumentsKind: null,
    identity: DATA_BOX,
  },
  visa: {
    title: { cs: 'Vízový štítek', en: 'Visa sticker' },
    robCode: 'VS',
    invalidDocumentsKind: null,
    identity: DATA_BOX,
  },
  // One kind to us: applicants for international protection, holders of asylum or subsidiary protection,
  // applicants for temporary protection and its holders all have a card that § 18 names.
  'protection-card': {
    title: {
      cs: 'Průkaz v oblasti mezinárodní nebo dočasné ochrany',
      en: 'Card of international or temporary protection',
    },
    robCode: null,
    invalidDocumentsKind: null,
    identity: GENERAL,
  },
  'eu-registration-certificate': {
    // A folded paper without a photograph.
    title: {
      cs: 'Potvrzení o přechodném pobytu občana EU',
      en: 'Certificate of temporary residence of an EU citizen',
    },
    robCode: null,
    invalidDocumentsKind: null,
    identity: { ...NOT_A_PROOF, toBeConfirmed: true },
  },
  'driving-licence': {
    // No proof since 1 January 2024.
    title: { cs: 'Řidičský průkaz', en: 'Driving licence' },
    robCode: null,
    invalidDocumentsKind: null,
    identity: NOT_A_PROOF,
  },
  'weapons-licence': {
    title: { cs: 'Zbrojní průkaz', en: 'Weapons licence' },
    robCode: null,
    invalidDocumentsKind: 6,
    identity: NOT_A_PROOF,
  },
  other: {
    title: { cs: 'Jiný doklad', en: 'Other document' },
    robCode: null,
    invalidDocumentsKind: null,
    identity: NOT_A_PROOF,
  },
};

/** Whether the register of invalid documents can be asked about a document, and as which kind. */
export type InvalidDocumentsAsk =
  | { canBeAsked: true; kind: InvalidDocumentsKind }
  | { canBeAsked: false; reason: 'foreign' | 'not-covered' };

/** `issuer` is the three-letter code of the issuing state (ICAO 9303); only what Czechia issued is covered. */
export function invalidDocumentsAsk(kind: DocumentKind, issuer: string): InvalidDocumentsAsk {
  if (issuer !== 'CZE') return { canBeAsked: false, reason: 'foreign' };
  // A card of Czechia is its identity card, whatever it was taken for.
  const registerKind = DOCUMENT_KIND_RULES[kind === 'eu-id-card' ? 'id-card' : kind].invalidDocumentsKind;
  return registerKind === null
    ? { canBeAsked: false, reason: 'not-covered' }
    : { canBeAsked: true, kind: registerKind };
}

/** Whether the kind proves identity for the purpose (`general`, or at a data-box desk). */
export function provesIdentity(kind: DocumentKind, purpose: 'general' | 'data-box' = 'general'): boolean {
  const { proof } = DOCUMENT_KIND_RULES[kind].identity;
  return proof === 'always' || (proof === 'data-box-only' && purpose === 'data-box');
}

/**
 * The kind the machine-readable zone suggests; the clerk confirms it. Czech travel documents begin with P,
 * cards with I (Czech identity card `ID`, residence permit `IR`), visas with V.
 */
export function documentKindOfMrz(documentCode: string, issuer: string): DocumentKind {
  if (documentCode.startsWith('P')) return 'passport';
  if (documentCode.startsWith('V')) return 'visa';
  if (documentCode === 'IR') return 'residence-permit';
  if (documentCode === 'ID' && issuer === 'CZE') return 'id-card';
  if (documentCode.startsWith('I') && EU_ISSUERS.has(issuer)) return 'eu-id-card';
  return 'other';
}

// Codes of the issuing states in the machine-readable zone (ICAO 9303-3); Germany writes D.
const EU_ISSUERS = new Set([
  ...['AUT', 'BEL', 'BGR', 'HRV', 'CYP', 'DNK', 'EST', 'FIN', 'FRA', 'D', 'GRC', 'HUN', 'IRL', 'ITA'],
  ...['LVA', 'LTU', 'LUX', 'MLT', 'NLD', 'POL', 'PRT', 'ROU', 'SVK', 'SVN', 'ESP', 'SWE'],
]);

/** `unclear`: the document gives only a month or a year and today lies within it. `not-given`: it bears no date. */
export type ExpiryJudgement =
  | { verdict: 'valid'; daysLeft: number }
  | { verdict: 'expired'; daysSince: number }
  | { verdict: 'unclear' }
  | { verdict: 'not-given' };

/**
 * Whether the document is still valid on the legal date; the day of expiry is its last valid day. An expired
 * document is refused whatever was prolonged by decree, because its number no longer agrees with the register.
 */
export function judgeExpiry(expiry: PartialDate | null, today: LegalDate): ExpiryJudgement {
  if (expiry === null) return { verdict: 'not-given' };
  const { first, last } = partialDateBounds(expiry);
  if (last < today) return { verdict: 'expired', daysSince: daysBetween(last, today) };
  if (first !== last && first <= today) return { verdict: 'unclear' };
  return { verdict: 'valid', daysLeft: daysBetween(today, first) };
}

type Named = { number: string; issuer?: string };

/**
 * Whether each is another document: one proves one person. A document is told by its number, without what people write between digits, and by
 * the state that issued it, where both say it; its kind is what somebody took it for.
 */
export const areDistinct = (documents: readonly Named[]): boolean =>
  documents.every((one, at) => documents.slice(at + 1).every((other) => !mayBeOne(one, other)));

const mayBeOne = (one: Named, other: Named): boolean =>
  wordsOf(one.number).join('') === wordsOf(other.number).join('') &&
  (one.issuer === undefined ||
    other.issuer === undefined ||
    wholeIssuer(one.issuer) === wholeIssuer(other.issuer));

/** The code of an issuing state in three letters: a zone of Germany has one. */
export const wholeIssuer = (code: string): string => (code === 'D' ? 'DEU' : code);
