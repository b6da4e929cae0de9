import type { DocumentKind } from './identity-document.ts';
import { impossible, type Judgement, suspiciousIf } from './judgement.ts';

export type DocumentNumberReason =
  | 'document-number.empty'
  | 'document-number.characters'
  | 'document-number.too-long'
  | 'document-number.unusual-shape';

/** A number taken apart: digits and the series that old cards have before or after them. */
export type DocumentNumberParts = { number: string; series: string };

/** Longest number any zone or card is known to bear, with room. */
export const DOCUMENT_NUMBER_MAX = 20;

/**
 * The form numbers are stored, compared and asked in: capital letters and digits only. Case, spaces and hyphens do
 * not count; leading zeros do. A number is text, never an integer.
 */
export const normalizeDocumentNumber = (text: string): string =>
  text.replace(/[\s\-‐‑–]+/gu, '').replace(/[a-z]+/g, (letters) => letters.toUpperCase());

// Six digits and a series AA or AA99, either way round; weapons licences likewise.
const SERIES_AFTER = /^(\d{6})([A-Z]{2}(?:\d\d)?)$/;
const SERIES_BEFORE = /^([A-Z]{2}(?:\d\d)?)(\d{6})$/;

/** Takes a normalised number apart; a number of another shape has no series. */
export function documentNumberParts(normal: string): DocumentNumberParts {
  const after = SERIES_AFTER.exec(normal);
  if (after) return { number: after[1] ?? '', series: after[2] ?? '' };
  const before = SERIES_BEFORE.exec(normal);
  if (before) return { number: before[2] ?? '', series: before[1] ?? '' };
  return { number: normal, series: '' };
}

/** The number as the register of invalid documents is asked: the series, when there is one, behind the digits. */
export function invalidDocumentsNumber(text: string): string {
  const { number, series } = documentNumberParts(normalizeDocumentNumber(text));
  return number + series;
}

const isSeries = (normal: string): boolean => documentNumberParts(normal).series !== '';
const isDigits = (count: number) => (normal: string) => normal.length === count && /^\d+$/.test(normal);

// Shapes of Czech documents as they were issued; a hint, since older and later ones differ.
const USUAL: { readonly [K in DocumentKind]?: (normal: string) => boolean } = {
  'id-card': isDigits(9),
  'id-card-without-mrz': isSeries,
  passport: isDigits(8),
  'passport-without-mrz': isDigits(7),
  'weapons-licence': isSeries,
};

/**
 * Judges a document number. Shapes are known for documents issued by Czechia only; any other is judged by its
 * characters and length alone. `issuer` is the ICAO code.
 */
export function judgeDocumentNumber(
  text: string,
  { kind, issuer }: { kind: DocumentKind; issuer: string },
): Judgement<DocumentNumberReason> {
  const normal = text.length > 200 ? text : normalizeDocumentNumber(text);
  if (normal === '') return impossible('document-number.empty');
  if (normal.length > DOCUMENT_NUMBER_MAX) return impossible('document-number.too-long');
  if (!/^[0-9A-Z]+$/.test(normal)) return impossible('document-number.characters');
  const isUsual = issuer === 'CZE' ? (USUAL[kind]?.(normal) ?? true) : true;
  return suspiciousIf(isUsual ? [] : ['document-number.unusual-shape'], normal);
}
