import type { ServiceView } from '../../../electron/contract/services.ts';
import { m } from '../i18n/generated/messages.js';
import { type Primary, useCommand, useVisit } from './visit.svelte.ts';

/** The comparison of an output with its input: each page is confirmed at the counter, which lets only a whole one go on. */
export function useComparison(service: () => ServiceView, pages: () => number) {
  const context = useVisit();
  const agree = useCommand('conversions.agree-page', context.takeService);
  const confirm = useCommand('conversions.confirm-comparison', (changed) => {
    context.takeService(changed);
    context.go({ at: 'service', serviceId: changed.id, step: null });
  });
  const agreed = $derived(service().conversion?.agreed ?? []);
  return {
    /** Why a page could not be confirmed. */
    get failure() {
      return agree.failure;
    },
    get view() {
      return {
        agreed,
        busy: agree.busy,
        agree: async (page: number): Promise<boolean> =>
          (await agree.run({ serviceId: service().id, page }))?.ok === true,
      };
    },
    primary(label: string): Primary {
      const left = pages() - agreed.length;
      return {
        label,
        run: () => void confirm.run({ serviceId: service().id }),
        enabled: left === 0 && pages() > 0,
        busy: confirm.busy,
        failure: confirm.failure,
        note: left === 0 ? null : m.conversion_pages_left({ count: left }),
      };
    },
  };
}
