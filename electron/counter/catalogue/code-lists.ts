import type { CodeItem } from '../../contract/forms.ts';
import type { Reader } from '../../store/open.ts';
import { compareCzech, searchKey } from '../../values/collation.ts';
import type { OfficeLevel } from '../../values/forms/addressee.ts';
import { type CodeListItem, codeLists } from './catalogue.ts';

/** Code lists of forms. An item's id leads with its list and what it lies within, so that one town's streets are read alone. */

const MOST_FOUND = 12;

const idOf = (list: string, within: string | null, code: string): string =>
  [list, ...(within === null ? [] : [within]), code].join('/');

export const findCode = (
  tx: Reader,
  list: string,
  within: string | null,
  code: string,
): CodeListItem | undefined => codeLists.find(tx, idOf(list, within, code));

export const officesOf = (tx: Reader, municipality: string): Partial<Record<OfficeLevel, string>> | null =>
  findCode(tx, 'municipalities', null, municipality)?.offices ?? null;

/** Items whose words begin with the words typed; those whose name begins so first, then by the Czech alphabet. */
export function searchCodes(tx: Reader, list: string, within: string | null, typed: string): CodeItem[] {
  const key = searchKey(typed);
  const parts = key.split(' ').filter(Boolean);
  const found = codeLists
    .under(tx, idOf(list, within, ''))
    .filter((item) => item.list === list && (item.within ?? null) === within)
    .map((item) => ({ item, key: searchKey(`${item.name.cs} ${item.name.en} ${item.code}`) }))
    .filter(({ key }) => parts.every((part) => key.split(/[\s-]/).some((word) => word.startsWith(part))));
  const rank = (one: { key: string }): number => (one.key.startsWith(key) ? 0 : 1);
  return found
    .sort((a, b) => rank(a) - rank(b) || compareCzech(a.item.name.cs, b.item.name.cs))
    .slice(0, MOST_FOUND)
    .map(({ item: { code, name, note } }) => ({ code, name, note: note ?? null }));
}
