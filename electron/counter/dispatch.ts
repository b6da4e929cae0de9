import { createHash } from 'node:crypto';
import type { Role, Who } from '../contract/call.ts';
import type { Session } from '../contract/clerks.ts';
import { isCallName } from '../contract/index.ts';
import type { ContractFailure } from '../contract/shared.ts';
import * as commands from '../store/commands.ts';
import { StoreError } from '../store/failures.ts';
import type { Store } from '../store/open.ts';
import { canonical } from '../values/canonical.ts';
import type { Clock } from '../values/clock.ts';
import { isUuid } from '../values/ids.ts';
import type { Result } from '../values/result.ts';
import { Refusal, refuse } from './failure.ts';
import type { Handler } from './handlers.ts';
import { type Log, stackOf } from './log.ts';

export type Call = { name: string; commandId: string | null; input: unknown; windowKey: string };
export type Reply = Result<unknown, ContractFailure>;

/**
 * The one way into the counter: finds the call, checks who asks, validates the input, and sees to it that a command
 * happens once however often it is asked for.
 */
export function createDispatcher(deps: {
  store: Store;
  clock: Clock;
  log: Log;
  handlers: readonly Handler[];
  findSession: (windowKey: string, now: Date) => Session | null;
  newBugId: () => string;
  newActId: () => string;
  /** A command was carried out; the log may have grown. */
  onCommitted?: () => void;
  /** Why no new act may begin now; null while it may. */
  frozen: (now: Date) => ContractFailure | null;
}) {
  const { store, clock, log, findSession } = deps;
  const byName = new Map(deps.handlers.map((handler) => [handler.name, handler]));
  const running = new Map<string, { same: string; work: Promise<Reply> }>();

  async function dispatch(call: Call): Promise<Reply> {
    try {
      return await answer(call);
    } catch (thrown) {
      if (thrown instanceof Refusal) return { ok: false, error: thrown.failure };
      if (thrown instanceof StoreError) {
        log.error({ call: call.name, code: thrown.failure.code }, 'store refused');
        return { ok: false, error: thrown.failure };
      }
      const bug = deps.newBugId();
      log.error({ call: call.name, bug, stack: stackOf(thrown) }, 'bug');
      return refuse('counter.bug', { id: bug });
    }
  }

  async function answer(call: Call): Promise<Reply> {
    const handler = isCallName(call.name) ? byName.get(call.name) : undefined;
    if (!handler) return refuse('call.unknown');
    const now = clock.now();
    const session = findSession(call.windowKey, now);
    const role = roleFor(handler.definition.who, session);
    if (role === null) return refuse(session ? 'call.not-your-role' : 'call.not-signed-in');
    if (session?.locked && !handler.definition.whileLocked) return refuse('call.locked');
    const parsed = handler.definition.input.safeParse(call.input);
    if (!parsed.success) {
      // Only where it went wrong, never the value: it may be a person's.
      const where = parsed.error.issues[0]?.path.join('.') ?? '';
      log.warn({ call: call.name, where }, 'input refused');
      return refuse('call.wrong-input', { where });
    }
    const asked = { session, windowKey: call.windowKey, now };
    if (handler.definition.kind === 'query') {
      return handler.run(asked, call.input, () => {
        throw new Error(`${call.name} is a query and must not write`);
      });
    }
    if (call.commandId === null || !isUuid(call.commandId))
      return refuse('call.wrong-input', { where: 'commandId' });
    return once(handler, call.commandId, call, asked, role);
  }

  /** The first asking carries the command out; those that come meanwhile or later get its result. */
  function once(
    handler: Handler,
    id: string,
    call: Call,
    asked: { session: Session | null; windowKey: string; now: Date },
    role: Role | 'nobody',
  ): Promise<Reply> {
    const hash = handler.definition.secret ? null : inputHash(call.name, call.input);
    if (hash) {
      const before = store.read((tx) => commands.find(tx, id));
      if (before) {
        const same = before.name === call.name && Buffer.compare(before.inputHash, hash) === 0;
        const sameClerk = before.clerkId === (asked.session?.clerkId ?? null);
        return Promise.resolve(same && sameClerk ? parseReply(before.result) : refuse('call.id-reused'));
      }
    }
    const frozen = handler.definition.newAct ? deps.frozen(asked.now) : null;
    if (frozen) return Promise.resolve({ ok: false, error: frozen });
    const same = [call.name, call.windowKey, asked.session?.clerkId, hash?.toString('hex')].join(' ');
    const already = running.get(id);
    if (already) return already.same === same ? already.work : Promise.resolve(refuse('call.id-reused'));
    const work = handler
      .run(asked, call.input, (commit) => {
        // What took its time is not done in the name of somebody who has left meanwhile, nor by a role they have lost.
        const isAnyones = handler.definition.who === 'anyone';
        const present = isAnyones ? asked.session : findSession(call.windowKey, clock.now());
        if (present?.clerkId !== asked.session?.clerkId) return refuse('call.not-signed-in');
        const presentRole = isAnyones ? role : roleFor(handler.definition.who, present);
        if (presentRole === null) return refuse('call.not-your-role');
        const effects: (() => void)[] = [];
        const result = store.write((tx) => {
          // Of a secret command nothing is remembered: carried out again, it is an act of its own.
          const actId = hash ? id : deps.newActId();
          const transaction = {
            tx,
            actId,
            role: presentRole,
            after: (effect: () => void) => effects.push(effect),
          };
          const outcome = commit(transaction, present);
          // A refusal leaves no trace: whatever was written before it was decided goes with it.
          if (!outcome.ok) throw new Declined(outcome.error);
          if (hash) {
            commands.save(tx, {
              id,
              name: call.name,
              clerkId: asked.session?.clerkId ?? null,
              inputHash: hash,
              result: JSON.stringify(outcome),
              at: asked.now.toISOString(),
            });
          }
          return outcome;
        });
        for (const effect of effects) effect();
        deps.onCommitted?.();
        return result;
      })
      .catch((thrown: unknown) => {
        if (thrown instanceof Declined) return { ok: false as const, error: thrown.failure };
        throw thrown;
      })
      .finally(() => running.delete(id));
    running.set(id, { same, work });
    return work;
  }

  return { dispatch };
}

/** Rolls the transaction back and carries the failure out of it. */
class Declined extends Error {
  readonly failure: ContractFailure;

  constructor(failure: ContractFailure) {
    super(failure.code);
    this.failure = failure;
  }
}

/** The role in which somebody may make a call, or null when nobody like that may. */
export function roleFor(who: Who, session: Session | null): Role | 'nobody' | null {
  if (who === 'anyone') return session?.roles[0] ?? 'nobody';
  if (!session) return null;
  if (who === 'signed-in') return session.roles[0] ?? null;
  return who.find((role) => session.roles.includes(role)) ?? null;
}

function inputHash(name: string, input: unknown): Buffer {
  const hash = createHash('sha256');
  // Files are hashed as they are; as JSON they would be ten times their size.
  const plain = JSON.stringify(input, (_key, value: unknown) =>
    value instanceof Uint8Array ? { sha256: createHash('sha256').update(value).digest('hex') } : value,
  );
  return hash
    .update(name)
    .update('\0')
    .update(canonical(JSON.parse(plain)))
    .digest();
}

const parseReply = (stored: string): Reply => JSON.parse(stored);
