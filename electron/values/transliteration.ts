// Doc 9303-3, section 6: letters that are not a base letter with an accent.
const SPECIAL: { readonly [letter: string]: string } = {
  ...{ Ä: 'AE', Å: 'AA', Æ: 'AE', Ð: 'D', Đ: 'D', Ħ: 'H', Ĳ: 'IJ', Ł: 'L', Ŋ: 'N' },
  ...{ Ö: 'OE', Ø: 'OE', Œ: 'OE', ẞ: 'SS', Þ: 'TH', Ŧ: 'T', Ü: 'UE' },
};

/** A Latin-script name as the machine-readable zone writes it: capital letters, `<` between words. */
export const transliterate = (name: string): string =>
  [...name.normalize('NFC').replaceAll('ß', 'SS').toUpperCase()]
    .map((letter) => SPECIAL[letter] ?? letter.normalize('NFD').replace(/\p{M}/gu, ''))
    .join('')
    .replace(/['’ʼ.,]/gu, '')
    .replace(/[\s\-‐]+/gu, '<');
