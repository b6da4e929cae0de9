import type { FoundVisit } from '../../contract/search.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import { ok, type Result } from '../../values/result.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { command, type Handler, query } from '../handlers.ts';
import type { PageReader } from '../images/scan-page.ts';
import type { Indexer } from '../indexer.ts';
import { lookOf, recordLook } from '../looks/looks.ts';
import { getVisit } from '../visits/table.ts';
import { visitsOfCodes, visitsOfPaper } from './codes.ts';
import { findVisits, foundOf } from './table.ts';

const SHOWN = 30;
/** Less than that finds half of all people, and is no question. */
const SHORTEST = 3;

async function foundByCodes(
  desk: Desk,
  index: Indexer,
  texts: readonly string[],
): Promise<Result<{ visits: FoundVisit[] }, ContractFailure>> {
  const notYet = await index.upToDate();
  if (notYet) return { ok: false, error: notYet };
  return desk.store.read((tx) => {
    const visits = visitsOfCodes(tx, texts, desk.enrolled(tx)?.deskId ?? null);
    return visits.length === 0
      ? refuse('code.not-ours')
      : ok({ visits: visits.flatMap((visitId) => foundOf(tx, visitId) ?? []) });
  });
}

/** Finding visits of this desk; whoever opens one says why. */
export const searchHandlers = (desk: Desk, index: Indexer, pages: PageReader): Handler[] => [
  query('search.find', async (_asked, { typed }) => {
    if (typed.replace(/[^\p{L}\p{N}]/gu, '').length < SHORTEST) return ok({ visits: [], more: false });
    const notYet = await index.upToDate();
    if (notYet) return { ok: false, error: notYet };
    return desk.store.read((tx) => {
      const found = [...new Set([...visitsOfPaper(tx, typed), ...findVisits(tx, typed, SHOWN + 1)])];
      return ok({
        visits: found.slice(0, SHOWN).flatMap((visitId) => foundOf(tx, visitId) ?? []),
        more: found.length > SHOWN,
      });
    });
  }),

  query('search.read-code', async ({ session }) => {
    const codes = await pages.read(session.clerkId, (image) =>
      desk.documents.readCodes({ image }, { giveAway: true }),
    );
    if (!codes.ok) return codes;
    if (codes.value.length === 0) return refuse('code.none');
    return foundByCodes(
      desk,
      index,
      codes.value.map(({ text }) => text),
    );
  }),

  query('search.find-code', (_asked, { texts }) => foundByCodes(desk, index, texts)),

  command('search.open', (commanded, { visitId, purpose }) => {
    const visit = getVisit(commanded.tx, visitId);
    lookOf(commanded.tx, commanded, purpose);
    recordLook(desk, commanded, { kind: 'person', purpose, subjects: [visit.id], visitId: visit.id });
    return ok({});
  }),
];
