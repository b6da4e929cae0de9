import { isCallName } from '../../contract/index.ts';
import type { Reply } from '../dispatch.ts';
import { refuse } from '../failure.ts';
import type { Handler } from '../handlers.ts';
import { type Log, stackOf } from '../log.ts';

/** A counter of a desk whose store does not open: it can choose a backup, check it and restore, and nothing else. */
export function counterWithoutStore(deps: {
  handlers: readonly Handler[];
  log: Log;
  now: () => Date;
  newBugId: () => string;
}) {
  const byName = new Map(deps.handlers.map((handler) => [handler.name, handler]));

  async function call(name: string, windowKey: string, input: unknown): Promise<Reply> {
    const handler = isCallName(name) ? byName.get(name) : undefined;
    if (handler === undefined) return refuse('call.unknown');
    const parsed = handler.definition.input.safeParse(input);
    if (!parsed.success)
      return refuse('call.wrong-input', { where: parsed.error.issues[0]?.path.join('.') ?? '' });
    try {
      return await handler.run({ session: null, windowKey, now: deps.now() }, input, () => {
        throw new Error(`${name} must not write: there is no store`);
      });
    } catch (thrown) {
      const bug = deps.newBugId();
      deps.log.error({ call: name, bug, stack: stackOf(thrown) }, 'bug');
      return refuse('counter.bug', { id: bug });
    }
  }

  return {
    connect: (windowKey: string) => ({
      call: (name: string, _commandId: string | null, input: unknown) => call(name, windowKey, input),
      close: () => {},
    }),
  };
}
