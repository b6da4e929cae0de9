import { wasCalledOff } from '../../documents/failures.ts';
import type { Rotation } from '../../documents/pictures.ts';
import type { PageText } from '../../documents/texts/page-text.ts';
import type { Desk } from '../desk.ts';
import { aside, stackOf } from '../log.ts';
import { getService } from '../visits/table.ts';
import { findPage, lookOf, type Page, treatPage } from './table.ts';
import { nextUnread, saveText, type Unread, unreadIn } from './texts.ts';

/**
 * Reads the text of pages as they come, one after another, beside the calls and in a worker that gives way to all others. What
 * follows from the tables alone: a restart goes on where the last run ended. A page that was prepared is first asked which way its writing is up, and
 * a turn is proposed as all else that was found is.
 */
export function createTextReader(desk: Desk) {
  const { store, documents, log } = desk;
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  let started = false;
  let again = false;

  /** Null: that page cannot be read, and is not tried again. Undefined: called off. */
  async function read({ page }: Unread): Promise<PageText | null | undefined> {
    const image = await store.blobs.read(page.sha256);
    if (!image.ok) return null;
    const text = await documents.readText(
      { image: image.value, ...lookOf(page), ...(page.dpi > 0 && { dpi: page.dpi }) },
      { signal: stopping.signal, giveAway: true },
    );
    if (text.ok) return text.value;
    return wasCalledOff(text.error) ? undefined : null;
  }

  /** The turn that sets the page's writing upright; null: it does not tell. Undefined: called off. */
  async function writtenTurn(page: Page): Promise<Rotation | null | undefined> {
    const image = await store.blobs.read(page.sha256);
    if (!image.ok) return null;
    const { mode, look } = lookOf({ ...page, treatment: { ...page.treatment, undone: false } });
    const told = await documents.turnOf(
      { image: image.value, rotation: 0, ...(mode && { mode }), ...(look && { look: { ...look, turn: 0 } }) },
      { signal: stopping.signal, giveAway: true },
    );
    if (told.ok) return told.value;
    return wasCalledOff(told.error) ? undefined : null;
  }

  /** Proposes the turn, unless a person has turned the page or undone what was found: they have seen how it lies. */
  function propose({ id, serviceId }: Page, turn: Rotation | null): void {
    const visitId = store.write((tx) => {
      const page = findPage(tx, id);
      if (!page) return undefined;
      const { turnOpen: _, ...treatment } = page.treatment;
      const { found, undone } = treatment;
      const isProposed = turn !== null && found !== null && !undone && page.rotation === 0;
      treatPage(tx, id, isProposed ? { ...treatment, found: { ...found, turn } } : treatment);
      return isProposed && found.turn !== turn ? getService(tx, serviceId).visitId : undefined;
    });
    if (visitId !== undefined) desk.emit('visit-changed', { visitId });
  }

  async function readAll(): Promise<void> {
    while (!stopping.signal.aborted) {
      const next = store.read((tx) => nextUnread(desk, tx));
      if (!next) return;
      if (next.page.treatment.turnOpen) {
        const turn = await writtenTurn(next.page);
        if (turn === undefined || stopping.signal.aborted) return;
        propose(next.page, turn);
        continue;
      }
      const text = await read(next);
      if (text === undefined || stopping.signal.aborted) return;
      const { serviceId } = next.page;
      store.write((tx) => saveText(tx, next, text));
      desk.emit('texts-changed', {
        serviceId,
        left: store.read((tx) => unreadIn(desk, tx, serviceId).length),
      });
    }
  }

  /** Looks for pages that nobody has read yet. */
  function kick(): void {
    if (!started || stopping.signal.aborted) return;
    again = running !== null;
    if (running) return;
    // On a full disk pages stay unread; what is bound of them cannot be searched then.
    running = readAll()
      .catch((thrown: unknown) => log.warn({ call: 'text-reader', stack: stackOf(thrown) }, 'pages not read'))
      .finally(() => {
        running = null;
        if (again) kick();
      });
    aside(log, 'text-reader', running);
  }

  return {
    start(): void {
      started = true;
      kick();
    },
    kick,
    async stop(): Promise<void> {
      stopping.abort();
      await running;
    },
  };
}
