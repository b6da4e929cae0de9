import { onDestroy } from 'svelte';
import type { ServiceView } from '../../../electron/contract/services.ts';
import { useDesk, useEvent } from '../counter/desk.svelte.ts';

/** As long as a person stands it to wait without knowing what for; a page takes some seconds to be read. */
const LONGEST_MS = 10_000;

type Slots = ServiceView['slots'];

/**
 * Stands between the clerk's word and the binding of pages: text that is still being read is waited for, a little and visibly, and not at
 * all when the clerk says so. What is bound afterwards stays as it is, so the pages go along as the clerk saw them when they said it: others
 * are not bound.
 */
export function useTextsWait(service: () => Pick<ServiceView, 'id' | 'slots'>, bind: (seen: Slots) => void) {
  const { client } = useDesk();
  /** What the clerk saw, and of how many pages the text is waited for, once that is known. Null while nobody waits. */
  let wait = $state.raw<{ seen: Slots; left: number | null } | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;

  function end(): void {
    clearTimeout(timer);
    wait = null;
  }
  function goOn(seen: Slots): void {
    end();
    bind(seen);
  }
  useEvent('texts-changed', (told) => {
    if (wait === null || told.serviceId !== service().id) return;
    if (told.left === 0) goOn(wait.seen);
    else wait = { ...wait, left: told.left };
  });
  onDestroy(end);

  return {
    get isOn() {
      return wait !== null;
    },
    get left() {
      return wait?.left ?? null;
    },
    async bindWhenRead(): Promise<void> {
      if (wait !== null) return;
      const begun = { seen: service().slots, left: null };
      wait = begun;
      const reply = await client.call('attachments.texts', { serviceId: service().id });
      if (wait !== begun) return;
      if (!reply.ok || reply.value.left === 0) return goOn(begun.seen);
      wait = { ...begun, left: reply.value.left };
      timer = setTimeout(() => goOn(begun.seen), LONGEST_MS);
    },
    /** Binds what is there, without the text that is missing. */
    skip: () => {
      if (wait !== null) goOn(wait.seen);
    },
  };
}
