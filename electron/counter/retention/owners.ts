/** Who in the store uses a content: its name in `blob_uses`. */

/** Pages of a document the desk made. Backups leave these out. */
export const outputOwner = (documentId: string): string => `output:${documentId}`;

/** What an effect has to carry to the portal. */
export const effectOwner = (effectId: string): string => `effect:${effectId}`;
