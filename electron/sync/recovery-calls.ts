import { z } from 'zod';
import { err, ok, type Result } from '../values/result.ts';
import { type CallFailure, LIMITS, type PortalClient } from './client.ts';
import type { LineCode } from './line-code.ts';

const position = z.number().int().nonnegative();
const deskState = z.object({
  deskId: z.uuid(),
  logSize: position,
  epoch: z.object({ number: position, firstSequence: position }).nullable(),
  checkpoint: z.object({ size: z.number().int().positive(), rootHash: z.base64() }).nullable(),
});
const nothing = z.looseObject({});
const logPage = z.object({ leaves: z.array(z.string()), more: z.boolean() });
const usedNumber = z.object({
  series: z.string().min(1),
  year: position,
  number: z.number().int().positive(),
  cancelled: z.boolean(),
});
const knownEffect = z.object({
  id: z.uuid(),
  visitId: z.uuid(),
  ordinal: z.number().int().positive(),
  kind: z.string().min(1),
  leafSequence: z.number().int().positive(),
  madeAt: z.iso.datetime(),
  state: z.enum(['incomplete', 'complete', 'rejected']),
  number: usedNumber.optional(),
});
const effectPage = z.object({ effects: z.array(knownEffect), cursor: z.string().min(1), more: z.boolean() });
const openNumber = z.object({ id: z.uuid(), number: z.string().min(1).max(60) });
const openNumbers = z.object({ numbers: z.array(openNumber) });
const EVIDENCES = ['extracts', 'conversions'] as const;
const removal = z.object({ removedAt: z.iso.datetime() });
const changed = z.object({ deskId: z.uuid() });

export type KnownEffect = z.output<typeof knownEffect>;

/** Why the portal cannot be asked now, or what it refused with; `desk-unknown`: it does not take this token. */
export type RecoveryFailure =
  | { kind: 'desk-unknown' }
  | { kind: 'line'; code: LineCode }
  | { kind: 'refused'; code: string };
type Answer<T> = Promise<Result<T, RecoveryFailure>>;

/** What a desk asks that was restored, is taken over or leaves. */
export type RecoveryCalls = {
  state(): Answer<z.output<typeof deskState>>;
  /** Leaves as the portal has them, from a sequence on. */
  leaves(from: number): Answer<{ leaves: Buffer[]; more: boolean }>;
  /** All effects the portal has from this desk. */
  effects(): Answer<KnownEffect[]>;
  /** Numbers of central evidences that were allotted to this desk and of which it has not said what became. */
  openNumbers(): Answer<z.output<typeof openNumber>[]>;
  changeToken(newToken: string, reason: 'restore' | 'take-over'): Answer<null>;
  /** Shows the key this machine signs its log with; `proof` is its signature over its statement. */
  registerKey(publicKey: Buffer, proof: Buffer): Answer<null>;
  /** Announces that the log goes on under a new epoch. */
  openEpoch(statement: string, signature: Buffer): Answer<null>;
  /** Takes the desk out of service at the portal, which must have everything. */
  remove(logSize: number): Answer<{ removedAt: string }>;
};

const PAGE = 1000;

const failed = (failure: CallFailure): { ok: false; error: RecoveryFailure } => {
  if (failure.kind === 'stopped') return err({ kind: 'line', code: 'line.down' });
  if (failure.kind === 'refused') return err({ kind: 'refused', code: failure.code });
  return err(
    failure.code === 'line.desk-unknown' ? { kind: 'desk-unknown' } : { kind: 'line', code: failure.code },
  );
};

export function recoveryCalls({ api, call }: PortalClient): RecoveryCalls {
  return {
    async state() {
      const outcome = await call(deskState, LIMITS.call, (signal) => api.GET('/desks/self', { signal }));
      return outcome.ok ? outcome : failed(outcome.error);
    },
    async leaves(from) {
      const query = { from, limit: PAGE };
      const outcome = await call(logPage, LIMITS.call, (signal) =>
        api.GET('/log', { params: { query }, signal }),
      );
      if (!outcome.ok) return failed(outcome.error);
      const { leaves, more } = outcome.value;
      return ok({ leaves: leaves.map((leaf) => Buffer.from(leaf, 'base64')), more });
    },
    async effects() {
      const all: KnownEffect[] = [];
      for (let cursor: string | null = null; ; ) {
        const query: { limit: number; cursor?: string } = {
          limit: PAGE,
          ...(cursor !== null && { cursor }),
        };
        const outcome = await call(effectPage, LIMITS.call, (signal) =>
          api.GET('/effects', { params: { query }, signal }),
        );
        if (!outcome.ok) return failed(outcome.error);
        all.push(...outcome.value.effects);
        if (!outcome.value.more || outcome.value.cursor === cursor) return ok(all);
        cursor = outcome.value.cursor;
      }
    },
    async openNumbers() {
      const all: z.output<typeof openNumber>[] = [];
      for (const series of EVIDENCES) {
        const outcome = await call(openNumbers, LIMITS.call, (signal) =>
          api.GET('/evidence/{series}/numbers', { params: { path: { series } }, signal }),
        );
        if (!outcome.ok) return failed(outcome.error);
        all.push(...outcome.value.numbers);
      }
      return ok(all);
    },
    async changeToken(newToken, reason) {
      const body = { newToken, reason };
      const outcome = await call(changed, LIMITS.call, (signal) =>
        api.PUT('/desks/self/token', { body, signal }),
      );
      return outcome.ok ? ok(null) : failed(outcome.error);
    },
    async registerKey(publicKey, proof) {
      const body = { publicKey: publicKey.toString('base64'), proof: proof.toString('base64') };
      const outcome = await call(nothing, LIMITS.call, (signal) =>
        api.PUT('/desks/self/key', { body, signal }),
      );
      return outcome.ok ? ok(null) : failed(outcome.error);
    },
    async openEpoch(statement, signature) {
      const body = { statement, signature: signature.toString('base64') };
      const outcome = await call(nothing, LIMITS.call, (signal) => api.POST('/log/epochs', { body, signal }));
      return outcome.ok ? ok(null) : failed(outcome.error);
    },
    async remove(logSize) {
      const outcome = await call(removal, LIMITS.call, (signal) =>
        api.POST('/desks/self/removal', { body: { logSize }, signal }),
      );
      return outcome.ok ? outcome : failed(outcome.error);
    },
  };
}
