/**
 * Numbers in Czech words, as receipts need them (0 to 999 999).
 *
 * Where Czech usage allows two forms after a compound number ("dvacet dvě koruny" and "dvacet dva korun"), the one with
 * the genitive plural is taken throughout.
 */

const UNITS = ['', 'jedna', 'dva', 'tři', 'čtyři', 'pět', 'šest', 'sedm', 'osm', 'devět'];
const TEENS = [
  'deset',
  'jedenáct',
  'dvanáct',
  'třináct',
  'čtrnáct',
  'patnáct',
  'šestnáct',
  'sedmnáct',
  'osmnáct',
  'devatenáct',
];
const TENS = [
  '',
  '',
  'dvacet',
  'třicet',
  'čtyřicet',
  'padesát',
  'šedesát',
  'sedmdesát',
  'osmdesát',
  'devadesát',
];
const HUNDREDS = [
  '',
  'sto',
  'dvě stě',
  'tři sta',
  'čtyři sta',
  'pět set',
  'šest set',
  'sedm set',
  'osm set',
  'devět set',
];

function belowThousand(value: number, one: string): string {
  const rest = value % 100;
  const words = [HUNDREDS[Math.floor(value / 100)] ?? ''];
  if (rest >= 10 && rest < 20) words.push(TEENS[rest - 10] ?? '');
  else {
    words.push(TENS[Math.floor(rest / 10)] ?? '');
    words.push(rest % 10 === 1 ? one : (UNITS[rest % 10] ?? ''));
  }
  return words.filter((word) => word !== '').join(' ');
}

function thousands(count: number): string {
  if (count === 1) return 'jeden tisíc';
  const noun = count >= 2 && count <= 4 ? 'tisíce' : 'tisíc';
  return `${belowThousand(count, 'jeden')} ${noun}`;
}

/** 1530 -> 'jeden tisíc pět set třicet korun českých'. Throws outside 0 to 999 999 or for a fraction. */
export function crownsInWords(amount: number): string {
  if (!Number.isInteger(amount) || amount < 0 || amount > 999_999) {
    throw new RangeError(`no words for the amount ${amount}`);
  }
  if (amount === 0) return 'nula korun českých';
  if (amount === 1) return 'jedna koruna česká';
  if (amount === 2) return 'dvě koruny české';
  if (amount === 3 || amount === 4) return `${UNITS[amount]} koruny české`;
  const high = Math.floor(amount / 1000);
  const low = amount % 1000;
  const words = [high > 0 ? thousands(high) : '', low > 0 ? belowThousand(low, 'jedna') : ''];
  return `${words.filter((word) => word !== '').join(' ')} korun českých`;
}

/** Picks the form for a count: 1 strana, 2 to 4 strany, otherwise stran. */
export function pluralForm(count: number, forms: readonly [string, string, string]): string {
  if (count === 1) return forms[0];
  return Number.isInteger(count) && count >= 2 && count <= 4 ? forms[1] : forms[2];
}
