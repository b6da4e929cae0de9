import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { roles } from '../../contract/call.ts';
import type { Session } from '../../contract/clerks.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import { personName } from '../../contract/shared.ts';
import { notBefore } from '../../journal/clock.ts';
import * as accounts from '../../store/clerk-accounts.ts';
import type { Reader } from '../../store/open.ts';
import * as sessions from '../../store/sessions.ts';
import type { SignedInClerk } from '../../sync/port.ts';
import { err, ok, type Result } from '../../values/result.ts';
import { formatDateTime, legalDate } from '../../values/time.ts';
import { record } from '../acts.ts';
import { centralSettings, clerks, offices } from '../catalogue/catalogue.ts';
import { deputyOf } from '../closing/deputies.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { command, type Handler, preparedCommand, query } from '../handlers.ts';
import { parkAbandoned } from '../visits/parking.ts';
import { againstMemory } from './judge.ts';
import { offlineUntil } from './rules.ts';

const trainingAccount = z.object({
  username: z.string(),
  password: z.string(),
  name: personName,
  roles: z.array(z.enum(roles)),
  officeId: z.string(),
});

type Verified =
  | { clerk: SignedInClerk; verifier: string; mode: 'online' }
  | { clerkId: string; mode: 'offline' };

/** Who works at the desk: sign-in with and without the line, lock, sign-out. */
export function clerkHandlers(
  desk: Desk,
  deps: {
    onSessionChange(): void;
    onSignedIn(session: Session): void;
    /** Whoever was at the desk left it, or somebody else came. */
    onLeft(): void;
    /** Whether a window of this desk is the clerk's now. */
    isAtDesk(tx: Reader, clerkId: string): boolean;
  },
): Handler[] {
  const { store, sync } = desk;

  async function offline(
    username: string,
    password: string,
    now: Date,
  ): Promise<Result<Verified, ContractFailure>> {
    const account = store.read((tx) => accounts.findByUsername(tx, username));
    if (!account?.verifier || !account.verifiedAt) return refuse('clerk.never-online');
    const verifiedAt = new Date(account.verifiedAt);
    const until = offlineUntil(verifiedAt, store.read(centralSettings));
    // A clock that was set back must not prolong the time an account may be used without the portal.
    const certain = store.read((tx) => notBefore(tx, desk.clock));
    if (certain > until || now > until || now.getTime() < verifiedAt.getTime() - 60_000)
      return refuse('clerk.offline-too-long', { until: formatDateTime(until) });
    const isOut = store.read((tx) => isGone(tx, account.id) || clerks.find(tx, account.id)?.blocked);
    if (isOut) return refuse('clerk.blocked');
    const judged = await againstMemory(desk, account, password, now);
    return judged.ok ? ok({ clerkId: account.id, mode: 'offline' }) : judged;
  }

  const sessionIn = (tx: Reader, windowKey: string, now: Date): Session => {
    const session = findSession(tx, windowKey, now);
    if (!session) throw new Error('the session that was just written is not there');
    return session;
  };

  return [
    preparedCommand(
      'clerks.sign-in',
      async ({ now }, { username, password }): Promise<Result<Verified, ContractFailure>> => {
        if (!store.read(desk.enrolled)) return refuse('desk.not-enrolled');
        const answer = await sync.signIn(username, password);
        if (answer.ok)
          return ok({
            clerk: answer.value,
            verifier: await desk.passwords.verifierOf(password),
            mode: 'online',
          });
        // Only a missing line opens the way past the portal; its "no" is final.
        return answer.error.code.startsWith('line.') ? offline(username, password, now) : err(answer.error);
      },
      (commanded, _input, verified) => {
        const { tx, windowKey, now } = commanded;
        const at = now.toISOString();
        if (verified.mode === 'online') {
          const { clerk, verifier } = verified;
          accounts.save(tx, { ...clerk, verifier, verifiedAt: at, failedCount: 0, lockedUntil: null });
        }
        const id = verified.mode === 'online' ? verified.clerk.id : verified.clerkId;
        const account = accounts.find(tx, id);
        if (!account) throw new Error('the account that was just verified is not there');
        sessions.start(tx, {
          keyHash: windowKey,
          clerkId: id,
          roles: account.roles,
          competences: account.competences,
          rolesAsOf: verified.mode === 'online' ? verified.clerk.rolesAsOf : (account.verifiedAt ?? at),
          signedInAt: at,
          mode: verified.mode,
        });
        // Whoever worked here before is not at the desk any more.
        parkAbandoned(desk, tx, (clerkId) => clerkId !== id && !deps.isAtDesk(tx, clerkId), now);
        const session = sessionIn(tx, windowKey, now);
        desk.act(tx, {
          kind: 'signed-in',
          actId: commanded.actId,
          clerkId: id,
          role: session.roles[0] ?? 'clerk',
          at: now,
          payload: { mode: verified.mode },
        });
        commanded.after(() => {
          deps.onLeft();
          deps.onSessionChange();
          deps.onSignedIn(session);
        });
        return ok(session);
      },
    ),

    command('clerks.sign-out', (commanded) => {
      sessions.end(commanded.tx, commanded.windowKey, commanded.now.toISOString());
      parkAbandoned(desk, commanded.tx, (clerkId) => !deps.isAtDesk(commanded.tx, clerkId), commanded.now);
      record(desk, commanded, { kind: 'signed-out', payload: {} });
      commanded.after(() => {
        deps.onLeft();
        deps.onSessionChange();
      });
      return ok({});
    }),

    command('clerks.lock', (commanded) => {
      sessions.lock(commanded.tx, commanded.windowKey, commanded.now.toISOString());
      record(desk, commanded, { kind: 'locked', payload: {} });
      commanded.after(deps.onSessionChange);
      return ok(sessionIn(commanded.tx, commanded.windowKey, commanded.now));
    }),

    preparedCommand(
      'clerks.unlock',
      async ({ session, now }, { password }) => {
        const account = store.read((tx) => accounts.find(tx, session.clerkId));
        if (!account?.verifier) return refuse('clerk.never-online');
        // Unlocking asks nobody but the desk, so it ends where signing in without the portal does.
        const until = new Date(session.offlineUntil);
        if (now > until || store.read((tx) => notBefore(tx, desk.clock)) > until)
          return refuse('clerk.offline-too-long', { until: formatDateTime(until) });
        return againstMemory(desk, account, password, now);
      },
      (commanded) => {
        sessions.unlock(commanded.tx, commanded.windowKey, commanded.now.toISOString());
        record(desk, commanded, { kind: 'unlocked', payload: {} });
        commanded.after(deps.onSessionChange);
        return ok(sessionIn(commanded.tx, commanded.windowKey, commanded.now));
      },
    ),

    query('clerks.still-here', ({ windowKey, now }) => {
      store.write((tx) => sessions.touch(tx, windowKey, now.toISOString()));
      return ok({});
    }),

    query('clerks.training-accounts', () => {
      if (desk.environment !== 'training') return ok([]);
      const file = readFileSync(join(desk.resources, 'training', 'clerks.json'), 'utf8');
      const listed = z.array(trainingAccount).parse(JSON.parse(file));
      return ok(
        store.read((tx) =>
          listed.map(({ officeId, ...account }) => ({
            ...account,
            office: offices.find(tx, officeId)?.name.cs ?? '',
          })),
        ),
      );
    }),
  ];
}

/** Whether the directory has clerks, and this one no longer. */
const isGone = (tx: Reader, clerkId: string): boolean => !clerks.isEmpty(tx) && !clerks.has(tx, clerkId);

/** The session of a window, with what is known of its clerk now; null when nobody is signed in. */
export function findSession(tx: Reader, windowKey: string, now: Date): Session | null {
  const row = sessions.find(tx, windowKey);
  if (!row || row.endedAt) return null;
  const account = accounts.find(tx, row.clerkId);
  if (!account) return null;
  // A role withdrawn in the directory since then is gone at once; a new one waits for the next sign-in.
  const listed = clerks.find(tx, row.clerkId);
  if (listed?.blocked || isGone(tx, row.clerkId)) return null;
  const own = listed ? row.roles.filter((role) => listed.roles.includes(role)) : row.roles;
  const deputy =
    own.includes('clerk') && !own.includes('supervisor') ? deputyOf(tx, row.clerkId, legalDate(now)) : null;
  return {
    clerkId: row.clerkId,
    username: account.username,
    name: account.name,
    roles: deputy ? [...own, 'supervisor'] : own,
    ...(deputy && { deputyOf: { clerkId: deputy.supervisorId, until: deputy.to } }),
    competences: listed ? row.competences.filter((one) => listed.competences.includes(one)) : row.competences,
    mode: row.mode,
    signedInAt: row.signedInAt,
    rolesAsOf: row.rolesAsOf,
    offlineUntil: offlineUntil(
      new Date(account.verifiedAt ?? row.signedInAt),
      centralSettings(tx),
    ).toISOString(),
    locked: row.lockedAt !== null,
  };
}

/** Locks the sessions nobody has worked in for the set time. Called by a timer and before each call. */
export function lockIdle(desk: Desk, windowKey: string, now: Date): boolean {
  // Looked at first: this runs before each call, and nearly none finds anything to write.
  const idle = desk.store.read((tx) => {
    const row = sessions.find(tx, windowKey);
    if (!row || row.endedAt || row.lockedAt) return null;
    const limitMs = desk.settings(tx).idleLockMinutes * 60_000;
    return now.getTime() - new Date(row.lastSeenAt).getTime() < limitMs ? null : row;
  });
  if (idle === null) return false;
  desk.store.write((tx) => {
    sessions.lock(tx, windowKey, now.toISOString());
    desk.act(tx, {
      kind: 'locked',
      actId: desk.newId(),
      clerkId: idle.clerkId,
      role: 'machine',
      at: now,
      payload: { idle: true },
    });
  });
  return true;
}
