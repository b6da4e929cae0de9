import type { Failure } from '../values/result.ts';
import type { Language } from './language.ts';

/** Addresses of the window's own page. No personal data ever stands in one. */

export const scheme = 'app';
export const origin = 'app://desk';

/** What the page is told when it is loaded. */
export type PageNote = {
  /** The desk cannot work: the page shows this failure alone. */
  refused?: Failure;
  /** Something happened that the clerk should read about once. */
  note?: 'window.recovered';
};

export const pageAddress = (language: Language, { refused, note }: PageNote = {}): string => {
  const query = new URLSearchParams({ language });
  if (note) query.set('note', note);
  if (refused) query.set('refused', refused.code);
  for (const [name, value] of Object.entries(refused?.params ?? {})) query.set(`p.${name}`, String(value));
  return `${origin}/index.html?${query.toString()}`;
};

const ownPage = (address: string): URL | null => {
  const url = URL.canParse(address) ? new URL(address) : null;
  return url?.protocol === `${scheme}:` && url.host === 'desk' && url.pathname === '/index.html' ? url : null;
};

/** Is this our page, in whatever state? */
export const isOwnPage = (address: string): boolean => ownPage(address) !== null;

/** Is this our page showing only a failure? */
export const isRefusedPage = (address: string): boolean =>
  ownPage(address)?.searchParams.has('refused') ?? false;

/** Where the page may go by itself: only back to its own beginning, which means "try again". */
export const isAllowedNavigation = (address: string): boolean => {
  const url = ownPage(address);
  return url !== null && ['', '?language=cs', '?language=en'].includes(url.search) && url.hash === '';
};
