import type { z } from 'zod';
import { type CallDefinition, parseWith, type Role } from '../contract/call.ts';
import type { Session } from '../contract/clerks.ts';
import { type CallName, type Calls, calls } from '../contract/index.ts';
import type { ContractFailure } from '../contract/shared.ts';
import type { Tx } from '../store/open.ts';
import type { Result } from '../values/result.ts';

/** What a handler knows of the one who asks. */
export type Asked<N extends CallName> = {
  readonly session: Calls[N]['who'] extends 'anyone' ? Session | null : Session;
  /** Hash of the key that binds the window to its session. */
  readonly windowKey: string;
  readonly now: Date;
};

/** What a command may do inside its one transaction. */
export type Commanded<N extends CallName> = Asked<N> & Transaction;

export type Transaction = {
  readonly tx: Tx;
  /** The command's id, made by the window: the id of the act it makes. */
  readonly actId: string;
  /** The role in which the clerk acts, for the log. */
  readonly role: Role | 'nobody';
  /** Runs once the transaction is durable. */
  after(effect: () => void): void;
};

type Input<N extends CallName> = z.output<Calls[N]['input']>;
type Answer<N extends CallName> = Result<z.output<Calls[N]['output']>, ContractFailure>;
type Outcome = Result<unknown, ContractFailure>;

export type AnyAsked = { session: Session | null; windowKey: string; now: Date };
/**
 * Runs a piece of work in the command's transaction, with the session as it is by then, and remembers its result under the
 * command's id.
 */
export type Transact = (work: (transaction: Transaction, session: Session | null) => Outcome) => Outcome;

/** A handler with its types closed over, so that the dispatcher can hold all of them in one list. */
export type Handler = {
  readonly name: CallName;
  readonly definition: CallDefinition;
  readonly run: (asked: AnyAsked, raw: unknown, transact: Transact) => Promise<Outcome>;
};

// The same definitions, seen so that the type of what is parsed follows from the name.
const inputs: { readonly [N in CallName]: { input: { parse(value: unknown): Input<N> } } } = calls;

// The dispatcher refuses a call without the session its declaration asks for before a handler is reached.
function hasSession<N extends CallName>(name: N, asked: AnyAsked): asked is Asked<N> {
  return calls[name].who === 'anyone' || asked.session !== null;
}

function open<N extends CallName>(name: N, asked: AnyAsked, raw: unknown): [Asked<N>, Input<N>] {
  if (!hasSession(name, asked)) throw new Error(`${name} reached its handler without a session`);
  return [asked, inputs[name].input.parse(raw)];
}

const checked = <N extends CallName>(name: N, answer: Answer<N>): Outcome =>
  answer.ok ? { ok: true, value: parseWith(calls[name].output, answer.value) } : answer;

/** Answers a question; writes no act. */
export const query = <N extends CallName>(
  name: N,
  answer: (asked: Asked<N>, input: Input<N>) => Answer<N> | Promise<Answer<N>>,
): Handler => ({
  name,
  definition: calls[name],
  run: async (asked, raw) => checked(name, await answer(...open(name, asked, raw))),
});

/** Carries out a command in one transaction. */
export const command = <N extends CallName>(
  name: N,
  commit: (commanded: Commanded<N>, input: Input<N>) => Answer<N>,
): Handler =>
  preparedCommand(
    name,
    async () => ({ ok: true, value: null }),
    (commanded, input) => commit(commanded, input),
  );

/**
 * A command with something that takes time (a password's hash, a page to convert, a question to the portal): that is
 * done first, outside the transaction, and writes nothing anybody relies on.
 */
export const preparedCommand = <N extends CallName, P>(
  name: N,
  prepare: (asked: Asked<N>, input: Input<N>) => Promise<Result<P, ContractFailure>>,
  commit: (commanded: Commanded<N>, input: Input<N>, prepared: P) => Answer<N>,
): Handler => ({
  name,
  definition: calls[name],
  run: async (anyAsked, raw, transact) => {
    const [asked, input] = open(name, anyAsked, raw);
    const prepared = await prepare(asked, input);
    if (!prepared.ok) return prepared;
    return transact((transaction, session) => {
      const [present] = open(name, { ...anyAsked, session }, raw);
      return checked(name, commit({ ...present, ...transaction }, input, prepared.value));
    });
  },
});
