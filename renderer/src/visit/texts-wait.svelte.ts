import { onDestroy } from 'svelte';
import { useDesk, useEvent } from '../counter/desk.svelte.ts';

/** As long as a person stands it to wait without knowing what for; a page takes some seconds to be read. */
const LONGEST_MS = 10_000;

/**
 * Stands between the clerk's word and the binding of pages: text that is still being read is waited for, a little and visibly, and not at
 * all when the clerk says so. What is bound afterwards stays as it is.
 */
export function useTextsWait(serviceId: () => string, bind: () => void) {
  const { client } = useDesk();
  /** Of how many pages the text is waited for; null while nobody waits. */
  let left = $state<number | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let gone = false;

  function end(): void {
    clearTimeout(timer);
    left = null;
  }
  /** Binds what is there. */
  function goOn(): void {
    end();
    bind();
  }
  useEvent('texts-changed', (told) => {
    if (left === null || told.serviceId !== serviceId()) return;
    left = told.left;
    if (left === 0) goOn();
  });
  onDestroy(() => {
    gone = true;
    end();
  });

  return {
    get left() {
      return left;
    },
    async bindWhenRead(): Promise<void> {
      const reply = await client.call('attachments.texts', { serviceId: serviceId() });
      if (gone) return;
      if (!reply.ok || reply.value.left === 0) return bind();
      left = reply.value.left;
      timer = setTimeout(goOn, LONGEST_MS);
    },
    goOn,
  };
}
