import type { Guide } from '../../contract/guides.ts';
import { ok } from '../../values/result.ts';
import { legalDate } from '../../values/time.ts';
import { record } from '../acts.ts';
import { guidesOn, serviceOn } from '../catalogue/catalogue.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { command, type Handler, query } from '../handlers.ts';
import type { PrintRunner } from '../outputs/print-runner.ts';
import { findOutput, findPrint, orderOutput, printViewOf } from '../outputs/table.ts';
import { guideData } from './print.ts';
import { findGuides } from './search.ts';

/** Guides through life situations: found by everyday words, read, printed for the person. */
export function guideHandlers(desk: Desk, prints: PrintRunner): Handler[] {
  return [
    query('guides.find', ({ now }, { words }) =>
      desk.store.read((tx) =>
        ok(
          findGuides(guidesOn(tx, legalDate(now)), words).map(({ id, title, summary }) => ({
            id,
            title,
            summary,
          })),
        ),
      ),
    ),

    query('guides.get', ({ now }, { guideId }) =>
      desk.store.read((tx) => {
        const today = legalDate(now);
        const guide = guidesOn(tx, today).find(({ id }) => id === guideId);
        if (!guide) return refuse('guide.not-found');
        return ok({ guide, services: servicesOf(guide) });

        function servicesOf({ services }: Guide): { definitionId: string; title: Guide['title'] }[] {
          return services.flatMap((id) => {
            const service = serviceOn(tx, id, today);
            return service ? [{ definitionId: id, title: service.title }] : [];
          });
        }
      }),
    ),

    command('guides.print', (commanded, { guideId, language }) => {
      const { tx, now, after } = commanded;
      const guide = guidesOn(tx, legalDate(now)).find(({ id }) => id === guideId);
      if (!guide) return refuse('guide.not-found');
      const [documentId, jobId] = [desk.newId(), desk.newId()];
      orderOutput(
        tx,
        {
          documentId,
          visitId: null,
          serviceId: null,
          kind: 'guide',
          template: 'guide',
          data: guideData(desk, tx, { guide, language, documentId, now }),
          madeAt: now.toISOString(),
        },
        jobId,
      );
      record(desk, commanded, {
        kind: 'guide-printed',
        payload: { guide: guide.id, version: guide.version, language, documentId },
      });
      after(() => prints.kick());
      const [output, print] = [findOutput(tx, documentId), findPrint(tx, jobId)];
      if (!output || !print) throw new Error('an ordered print is there');
      return ok(printViewOf(print, output));
    }),
  ];
}
