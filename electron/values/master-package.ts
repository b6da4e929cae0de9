import { hash as hashOf } from 'node:crypto';
import { canonical } from './canonical.ts';
import { isSignedBy, type SigningKey } from './signed-note.ts';

// Master data come in packages: the pages from one cursor to the end of what is new. Every page is signed by the portal, so
// that whoever carries it (a line, a proxy, a medium) can neither change nor leave out anything. docs/master-data.md
// describes the form. Not for the window: it works with Node.

export type LiveItem = { id: string; revision: number; hash: string; data: Record<string, unknown> };
export type GoneItem = { id: string; revision: number; deleted: true };
export type PackageItem = LiveItem | GoneItem;

/** What the signature covers: the page with the hashes of its contents, and the cursors it lies between. */
export type SignedPage = {
  collection: string;
  /** The cursor it was asked with; null from the beginning. */
  from: string | null;
  cursor: string;
  more: boolean;
  items: readonly (GoneItem | Omit<LiveItem, 'data'>)[];
};

/** Ed25519, both base64. */
export type PageSignature = { key: string; value: string };

/** The RFC 8785 form of an item's content; null when it is not what its hash says. */
export function soundText({ data, hash }: Pick<LiveItem, 'data' | 'hash'>): string | null {
  try {
    const text = canonical(data);
    return hashOf('sha256', text) === hash ? text : null;
  } catch {
    // Halves of characters, which RFC 8785 does not write down.
    return null;
  }
}

/** The bytes that are signed: a title, and the RFC 8785 form of what the page says. */
function statementOf({ collection, from, cursor, more, items }: SignedPage): Buffer {
  const lines = items.map((item) => [item.id, item.revision, 'hash' in item ? item.hash : null]);
  // Written in the order of RFC 8785: its names sorted, no spaces.
  return Buffer.from(
    `virtuos-counter/master-page/v1\n${JSON.stringify({ collection, cursor, from, items: lines, more })}\n`,
  );
}

export const signPage = (key: SigningKey, page: SignedPage): PageSignature => ({
  key: key.publicKey.toString('base64'),
  value: key.sign(statementOf(page)).toString('base64'),
});

export type PageFault = 'not-signed' | 'wrong-key' | 'wrong-signature' | 'wrong-hash';

/** Whether the page is one of the portal with this key (32 bytes); its contents are checked one by one, by `soundText`. */
export function faultOf(
  page: SignedPage,
  signature: PageSignature | undefined,
  key: Uint8Array,
): PageFault | null {
  if (signature === undefined) return 'not-signed';
  if (!Buffer.from(signature.key, 'base64').equals(key)) return 'wrong-key';
  return isSignedBy(key, statementOf(page), Buffer.from(signature.value, 'base64'))
    ? null
    : 'wrong-signature';
}

/** A key of the portal's packages, and the signature of the key before it; the first has none. */
export type KeyStep = { publicKey: string; signature: string | null };

/** What the present key signs to say which comes after it. Never the beginning of a page's statement. */
const nextKeyStatement = (publicKey: string): Buffer =>
  Buffer.from(`virtuos-counter/master-key/v1\n${publicKey}\n`);

export const signNextKey = (present: SigningKey, publicKey: Uint8Array): string => {
  const next = Buffer.from(publicKey).toString('base64');
  return present.sign(nextKeyStatement(next)).toString('base64');
};

/** The last key that follows from the one that is believed, each signed by the one before; the same one when none does. */
export function keyAfter(believed: string, steps: readonly KeyStep[]): string {
  const at = steps.findIndex(({ publicKey }) => publicKey === believed);
  if (at < 0) return believed;
  let key = believed;
  for (const { publicKey, signature } of steps.slice(at + 1)) {
    const isNext = isSignedBy(
      Buffer.from(key, 'base64'),
      nextKeyStatement(publicKey),
      Buffer.from(signature ?? '', 'base64'),
    );
    if (!isNext) return key;
    key = publicKey;
  }
  return key;
}
