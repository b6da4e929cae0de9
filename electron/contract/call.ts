import { z } from 'zod';

// The page runs under a CSP without eval; zod must not try to compile its validators.
z.config({ jitless: true });

/** Roles a clerk can hold at a desk, as the portal's directory assigns them. */
export const roles = ['clerk', 'supervisor', 'administrator'] as const;
export type Role = (typeof roles)[number];

/**
 * Who may make a call: anybody at the window (nobody needs to be signed in), whoever is signed in, or the holders of
 * one of the named roles. There is no default: a call that does not say who may make it does not compile.
 */
export type Who = 'anyone' | 'signed-in' | readonly [Role, ...Role[]];

export type CallKind = 'query' | 'command';

/** One call between window and counter. A command changes something and carries an id made by the window. */
export type CallDefinition = {
  readonly kind: CallKind;
  readonly who: Who;
  /** May be made while the session is locked (unlock, sign out, the frame around the window). */
  readonly whileLocked?: true;
  /** The input holds a secret: nothing of it is remembered, so a repeated command is simply carried out again. */
  readonly secret?: true;
  /** Begins something new at the desk: refused while a freeze rule holds. What is in hand can always be finished. */
  readonly newAct?: true;
  /** Works only with a line to the portal; the window says so before it is tried. */
  readonly needsLine?: true;
  readonly input: z.ZodType;
  readonly output: z.ZodType;
};

export const define = <const C extends CallDefinition>(call: C): C => call;

/** Parses with the schema's own output type kept through a generic parameter. */
export const parseWith = <S extends z.ZodType>(schema: S, value: unknown): z.output<S> => schema.parse(value);
