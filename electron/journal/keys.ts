import { deskOrigin, type Signer, type SigningKey, signingKey } from '../values/signed-note.ts';

/** The key this machine signs its log with. It is never in the store: who has the store alone can sign nothing. */
export type DeskKeys = {
  current(): SigningKey;
  /** The key that takes its place as soon as the portal knows it; null while none is to. */
  next(): SigningKey | null;
  /** Makes the next key and keeps it, if there is none yet. Rejects when it can not be kept. */
  renew(): Promise<void>;
  /** The portal has taken the next key: it is the current one from now on. */
  adopt(): Promise<void>;
};

/** The desk's log and key under their common name. */
export const signerOf = (deskId: string, keys: DeskKeys): Signer => ({
  name: deskOrigin(deskId),
  key: keys.current(),
});

/** Keys over whatever keeps the seeds. */
export function deskKeys(
  seeds: { current: Uint8Array; next: Uint8Array | null },
  keep: { renew(): Promise<Uint8Array>; adopt(): Promise<void> },
): DeskKeys {
  let current = signingKey(seeds.current);
  let next = seeds.next === null ? null : signingKey(seeds.next);
  return {
    current: () => current,
    next: () => next,
    renew: async () => {
      next ??= signingKey(await keep.renew());
    },
    adopt: async () => {
      if (next === null) return;
      await keep.adopt();
      current = next;
      next = null;
    },
  };
}
