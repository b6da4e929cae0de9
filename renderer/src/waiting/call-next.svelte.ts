import type { CallOutput } from '../../../electron/contract/index.ts';
import { type Action, createAction, useDesk } from '../counter/desk.svelte.ts';
import { navigation } from '../shell/navigation.svelte.ts';
import { createStepId } from './step-id.svelte.ts';

/** Calls whoever is next and goes to the visit with them. Asked again after a failure it is the same call. */
export function createCallNext(): Action<[], CallOutput<'waiting.call-next'>> {
  const { client } = useDesk();
  const step = createStepId();
  let calls = 0;
  return createAction(async () => {
    const reply = await client.call('waiting.call-next', { stepId: step.of(calls) });
    if (reply.ok) {
      calls += 1;
      navigation.go({ screen: 'visit', visitId: reply.value.visitId });
    }
    return reply;
  });
}
