import type { Failure } from '../../../electron/values/result.ts';

/** What main writes into the page's address. */
export type Address = {
  language: 'cs' | 'en' | null;
  /** Something to read once, for example that the window had to be opened anew. */
  note: Failure | null;
  /** Why the desk did not start; the page shows it alone. */
  refusal: Failure | null;
};

/** Reads `?language=cs&note=CODE` or `?language=cs&refused=CODE&p.name=value`. */
export function readAddress(search: string): Address {
  const query = new URLSearchParams(search);
  const language = query.get('language');
  const note = query.get('note');
  const refused = query.get('refused');
  const params = Object.fromEntries(
    [...query].filter(([name]) => name.startsWith('p.')).map(([name, value]) => [name.slice(2), value]),
  );
  return {
    language: language === 'cs' || language === 'en' ? language : null,
    note: note === null ? null : { code: note },
    refusal: refused === null ? null : { code: refused, params },
  };
}
