import { z } from 'zod';
import type { PageText } from '../../documents/texts/page-text.ts';
import type { Reader, Tx } from '../../store/open.ts';
import type { Desk } from '../desk.ts';
import { isGivenBack } from '../retention/owners.ts';
import { currentStep } from '../services/steps.ts';
import type { Service } from '../visits/record.ts';
import { getService } from '../visits/table.ts';
import { slotsOf } from './slots.ts';
import { findPage, type Page } from './table.ts';

/** Which picture of a page is bound: what was read from another does not lie where its words are. */
const PICTURE = `p.sha256 || ':' || p.rotation || ':' || coalesce(json_remove(p.treatment, '$.startsPart', '$.turnOpen'), '')`;

const word = z.strictObject({
  text: z.string(),
  left: z.number(),
  top: z.number(),
  width: z.number(),
  height: z.number(),
});
const pageText = z.strictObject({ width: z.number(), height: z.number(), lines: z.array(z.array(word)) });

/**
 * Whether text is read on the pages of a slot. Never of a paper that is converted: a misread word would be in the output, and the clause
 * says that it is what the paper says (zákon 300/2008, § 24, 25).
 */
export const readsText = (
  desk: Pick<Desk, 'settings'>,
  tx: Reader,
  service: Service,
  slotId: string,
): boolean =>
  desk.settings(tx).searchableScans &&
  !isGivenBack(service) &&
  slotsOf(service).some(({ id, noText }) => id === slotId && !noText);

/** What was read on a page as it lies now; null where nothing was, or has not been yet. */
export function textOf(tx: Reader, pageId: string): PageText | null {
  const row = tx.get<{ text: string | null }>(
    `SELECT t.text FROM pages AS p JOIN page_texts AS t ON t.page_id = p.id AND t.picture = ${PICTURE} WHERE p.id = ?`,
    [pageId],
  );
  return row?.text ? pageText.parse(JSON.parse(row.text)) : null;
}

export type Unread = { page: Page; picture: string };

type UnreadRow = { id: string; picture: string };

const UNREAD = `SELECT p.id, ${PICTURE} AS picture FROM visits AS v JOIN services AS s ON s.visit_id = v.id
  JOIN pages AS p ON p.service_id = s.id
  LEFT JOIN page_texts AS t ON t.page_id = p.id AND t.picture = ${PICTURE}
  WHERE t.page_id IS NULL AND v.state IN ('open', 'parked') AND s.state = 'in-progress'`;

/** Rows whose text is wanted before they are bound. */
function wanted(desk: Pick<Desk, 'settings'>, tx: Reader, rows: readonly UnreadRow[]): Unread[] {
  const services = new Map<string, Service>();
  return rows.flatMap(({ id, picture }) => {
    const page = findPage(tx, id);
    if (!page) return [];
    const service = services.get(page.serviceId) ?? getService(tx, page.serviceId);
    services.set(page.serviceId, service);
    const isWanted = currentStep(service) === 'attachments' && readsText(desk, tx, service, page.slotId);
    return isWanted ? [{ page, picture }] : [];
  });
}

/** Pages of a service whose text is still to be read. */
export const unreadIn = (desk: Pick<Desk, 'settings'>, tx: Reader, serviceId: string): Unread[] =>
  wanted(desk, tx, tx.all<UnreadRow>(`${UNREAD} AND s.id = ? ORDER BY p.id`, [serviceId]));

/** The page to be read next, of any service, once it was looked at: of those at work before those that are parked. */
export const nextUnread = (desk: Pick<Desk, 'settings'>, tx: Reader): Unread | undefined =>
  desk.settings(tx).searchableScans
    ? wanted(
        desk,
        tx,
        tx.all<UnreadRow>(
          `${UNREAD} AND json_extract(p.treatment, '$.looking') IS NULL ORDER BY v.state = 'parked', p.id`,
          [],
        ),
      )[0]
    : undefined;

/** Keeps what was read from a picture of a page, if the page is still there; null: it could not be read. */
export function saveText(tx: Tx, { page, picture }: Unread, text: PageText | null): void {
  if (!findPage(tx, page.id)) return;
  tx.run(
    `INSERT INTO page_texts (page_id, picture, text) VALUES (?, ?, ?)
     ON CONFLICT (page_id) DO UPDATE SET picture = excluded.picture, text = excluded.text`,
    [page.id, picture, text && JSON.stringify(text)],
  );
}

export const forgetText = (tx: Tx, pageId: string): void =>
  void tx.run('DELETE FROM page_texts WHERE page_id = ?', [pageId]);
