/** What decides whether an applicant needs witnesses. */
export type Abilities = {
  canRead: boolean;
  canWrite: boolean;
  /** Signs by own hand, also who cannot write anything else. */
  canSign: boolean;
  /** How one who cannot read or write came to know the content. */
  contentBy: 'device' | 'person' | null;
};

/**
 * Two witnesses for whoever cannot read or write, unless they got to know the content by a device or a person of their
 * choice and sign by own hand (§ 10 odst. 4 a 5 zákona 21/2006 Sb.).
 */
export const needsWitnesses = ({ canRead, canWrite, canSign, contentBy }: Abilities): boolean =>
  !(canRead && canWrite) && !(contentBy !== null && canSign);
