import type { z } from 'zod';
import type { text } from '../../contract/shared.ts';
import { text as textSchema } from '../../contract/shared.ts';
import * as master from '../../store/master.ts';
import type { Reader } from '../../store/open.ts';
import { displayName } from '../../values/person-name.ts';
import { clerks } from '../catalogue/catalogue.ts';

type Text = z.output<typeof text>;

/** Names of the clerks the desk knows, by their ids. */
export const clerkNames = (tx: Reader): Map<string, string> =>
  new Map(clerks.list(tx).map(({ id, name }) => [id, displayName(name)]));

/** Titles of the catalogue's services, by the ids of their definitions; the newest version's where there are more. */
export function serviceTitles(tx: Reader): Map<string, Text> {
  const titles = new Map<string, Text>();
  for (const { data } of master.list(tx, 'services')) {
    if (typeof data !== 'object' || data === null || Array.isArray(data)) continue;
    const title = textSchema.safeParse(data['title']);
    if (typeof data['id'] === 'string' && title.success) titles.set(data['id'], title.data);
  }
  return titles;
}
