const collator = new Intl.Collator('cs', { sensitivity: 'variant', numeric: false });

/** Czech alphabetical order (ČSN 97 6030): č, ř, š, ž are letters, ch comes after h, other accents decide last. */
export const compareCzech = (a: string, b: string): number => collator.compare(a, b);

/** What two texts must share to be found by each other: without accents and case, for searching only. */
export const searchKey = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/\s+/gu, ' ')
    .trim();
