import { z } from 'zod';
import { define, roles } from './call.ts';
import { instant, localDate, nothing, personName } from './shared.ts';

export const session = z.strictObject({
  clerkId: z.string(),
  username: z.string(),
  name: personName,
  roles: z.array(z.enum(roles)),
  /** Whose deputy the clerk is today: supervisor in their place, to this day. */
  deputyOf: z.strictObject({ clerkId: z.string(), until: localDate }).exactOptional(),
  competences: z.array(z.enum(['verification'])),
  mode: z.enum(['online', 'offline']),
  signedInAt: instant,
  /** How old the knowledge of these roles is; every act carries it. */
  rolesAsOf: instant,
  /** Until when the desk lets this clerk work without the portal confirming the account again. */
  offlineUntil: instant,
  locked: z.boolean(),
});
export type Session = z.output<typeof session>;

const username = z.string().trim().min(1).max(50);
const password = z.string().min(1).max(200);

export const clerkCalls = {
  'clerks.sign-in': define({
    kind: 'command',
    who: 'anyone',
    whileLocked: true,
    secret: true,
    input: z.strictObject({ username, password }),
    output: session,
  }),
  'clerks.sign-out': define({
    kind: 'command',
    who: 'signed-in',
    whileLocked: true,
    input: nothing,
    output: nothing,
  }),
  'clerks.lock': define({ kind: 'command', who: 'signed-in', input: nothing, output: session }),
  'clerks.unlock': define({
    kind: 'command',
    who: 'signed-in',
    whileLocked: true,
    secret: true,
    input: z.strictObject({ password }),
    output: session,
  }),
  /** The window reports that somebody is working, so that the idle lock does not fall. At most once in 20 s. */
  'clerks.still-here': define({ kind: 'query', who: 'signed-in', input: nothing, output: nothing }),
  /** Training accounts offered on the sign-in screen; always empty outside the training environment. */
  'clerks.training-accounts': define({
    kind: 'query',
    who: 'anyone',
    whileLocked: true,
    input: nothing,
    output: z.array(
      z.strictObject({
        username: z.string(),
        password: z.string(),
        name: personName,
        roles: z.array(z.enum(roles)),
        office: z.string(),
      }),
    ),
  }),
};
