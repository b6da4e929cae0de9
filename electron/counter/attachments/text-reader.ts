import type { PageText } from '../../documents/texts/page-text.ts';
import type { Desk } from '../desk.ts';
import { aside, stackOf } from '../log.ts';
import { lookOf } from './table.ts';
import { nextUnread, saveText, type Unread, unreadIn } from './texts.ts';

/**
 * Reads the text of pages as they come, one after another, beside the calls and in a worker that gives way to all others. What
 * follows from the tables alone: a restart goes on where the last run ended.
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
    return text.error.code === 'documents.cancelled' || text.error.code === 'documents.stopped'
      ? undefined
      : null;
  }

  async function readAll(): Promise<void> {
    while (!stopping.signal.aborted) {
      const next = store.read((tx) => nextUnread(desk, tx));
      if (!next) return;
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
