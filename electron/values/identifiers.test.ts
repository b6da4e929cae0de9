import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeBirthNumber } from './birth-number.ts';
import { judgeDataBoxId } from './data-box-id.ts';
import { documentNumberParts, invalidDocumentsNumber, judgeDocumentNumber } from './document-number.ts';
import { icoCheckDigit, judgeIco } from './ico.ts';
import { formatPostalCode, judgePostalCode } from './postal-code.ts';
import { blankSides, judgePaperCount } from './sheets.ts';

const today = '2026-04-01';
const birth = (text: string) => judgeBirthNumber(text, { today });

describe('birth number', () => {
  it.each([
    ['736028/5163', '1973-10-28', 'F'],
    ['710319/2745', '1971-03-19', 'M'],
    ['780123/3540', '1978-01-23', 'M'],
    ['102512/0008', '2010-05-12', 'M'],
    ['107512/0002', '2010-05-12', 'F'],
    ['530101/123', '1953-01-01', 'M'],
    ['695622/0612', '1969-06-22', 'F'],
    ['535101/000', '1953-01-01', 'F'],
  ])('%s holds', (text, birthDate, sexHint) => {
    expect(birth(text)).toEqual({ verdict: 'ok', reasons: [], normal: text, birthDate, sexHint });
  });

  it.each([
    ['398800/2183', 'birth-number.no-such-day'],
    ['115229/1111', 'birth-number.no-such-day'],
    ['7360285', 'birth-number.shape'],
    ['73602851630', 'birth-number.shape'],
    ['736028-5163', 'birth-number.shape'],
    ['', 'birth-number.shape'],
    ['540101/123', 'birth-number.nine-digits-after-1953'],
    ['532101/123', 'birth-number.no-such-day'],
    ['800100/1231', 'birth-number.no-such-day'],
  ])('%s is impossible: %s', (text, reason) => {
    expect(birth(text)).toMatchObject({ verdict: 'impossible', reasons: [reason] });
  });

  it.each([
    ['736028/5164', 'birth-number.check-digit'],
    ['152229/1111', 'birth-number.no-such-day'],
    ['110101/0111', 'birth-number.check-digit'],
  ])('%s: %s', (text, reason) => {
    expect(birth(text).reasons).toContain(reason);
  });

  it('only doubts a wrong check digit, ten digits before 1954 and the exception after 1985', () => {
    expect(birth('736028/5164').verdict).toBe('suspicious');
    expect(birth('450101/0004')).toMatchObject({ verdict: 'suspicious', birthDate: '1945-01-01' });
    expect(birth('450101/0004').reasons).toContain('birth-number.ten-digits-before-1954');
    const exception = (prefix: string) => {
      for (let n = 0; n < 1000; n++) {
        const nine = prefix + String(n).padStart(3, '0');
        if (Number(nine) % 11 === 10) return birth(`${nine}0`).verdict;
      }
      return null;
    };
    expect(exception('850101')).toBe('ok');
    expect(exception('860101')).toBe('suspicious');
    expect(exception('802101')).toBe('suspicious');
  });

  it('reads with and without the slash and spaces', () => {
    expect(birth(' 736028 5163 ').normal).toBe('736028/5163');
    expect(birth('7360285163')).toEqual(birth('736028/5163'));
  });

  it('takes a birth later than today for one of the century before', () => {
    expect(birth('260402/0005').birthDate).toBe('1926-04-02');
    expect(birth('260401/0006').birthDate).toBe('2026-04-01');
  });

  it('never throws, and a divisible number on a real day is never doubted', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof birth(text).verdict === 'string'));
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1954-01-01'), max: new Date('2025-12-31'), noInvalidDate: true }),
        fc.boolean(),
        fc.integer({ min: 0, max: 999 }),
        (date, isWoman, ending) => {
          const day = date.toISOString().slice(0, 10);
          const month = Number(day.slice(5, 7)) + (isWoman ? 50 : 0);
          const nine = `${day.slice(2, 4)}${String(month).padStart(2, '0')}${day.slice(8)}${String(ending).padStart(3, '0')}`;
          fc.pre(Number(nine) % 11 !== 10);
          expect(birth(`${nine}${Number(nine) % 11}`)).toMatchObject({
            verdict: 'ok',
            birthDate: day,
            sexHint: isWoman ? 'F' : 'M',
          });
        },
      ),
    );
  });
});

describe('IČO', () => {
  it.each(['00258245', '17651921', '70890366', '00075370', '00007064'])('%s holds', (text) => {
    expect(judgeIco(text)).toEqual({ verdict: 'ok', reasons: [], normal: text });
  });

  it('pads, and doubts a wrong digit only', () => {
    expect(judgeIco(' 258 245')).toEqual({ verdict: 'ok', reasons: [], normal: '00258245' });
    expect(judgeIco('00258246')).toMatchObject({ verdict: 'suspicious', reasons: ['ico.check-digit'] });
    for (const text of ['00000000', '', '123456789', 'CZ258245']) {
      expect(judgeIco(text)).toEqual({ verdict: 'impossible', reasons: ['ico.shape'], normal: null });
    }
  });

  it('finds one wrong digit of the first seven nearly always, and never takes the check digit for another', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999_999 }), (body) => {
        const digits = String(body).padStart(7, '0');
        const verdicts = Array.from({ length: 10 }, (_, last) => judgeIco(digits + String(last)).verdict);
        expect(verdicts.filter((verdict) => verdict === 'ok')).toHaveLength(1);
        expect(verdicts[Number(icoCheckDigit(digits))]).toBe('ok');
      }),
    );
  });
});

describe('data box and postal code', () => {
  it('judges a data-box id softly', () => {
    expect(judgeDataBoxId(' ABC23de ')).toEqual({ verdict: 'ok', reasons: [], normal: 'abc23de' });
    expect(judgeDataBoxId('abc01lo')).toMatchObject({ verdict: 'suspicious' });
    expect(judgeDataBoxId('abc23d')).toMatchObject({ verdict: 'impossible', reasons: ['data-box-id.shape'] });
    expect(judgeDataBoxId('aaaaaaa')).toMatchObject({
      verdict: 'impossible',
      reasons: ['data-box-id.system'],
    });
  });

  it('judges and writes a postal code', () => {
    expect(judgePostalCode('301 00')).toEqual({ verdict: 'ok', reasons: [], normal: '30100' });
    expect(judgePostalCode('811 01')).toMatchObject({ verdict: 'suspicious' });
    expect(judgePostalCode('3010')).toMatchObject({ verdict: 'impossible', normal: null });
    expect(formatPostalCode('30100')).toBe('301\u00a000');
  });
});

describe('document number', () => {
  const czech = (text: string, kind: Parameters<typeof judgeDocumentNumber>[1]['kind']) =>
    judgeDocumentNumber(text, { kind, issuer: 'CZE' });

  it('keeps leading zeros and drops case, spaces and hyphens', () => {
    expect(czech('000 123-456', 'id-card')).toEqual({ verdict: 'ok', reasons: [], normal: '000123456' });
    expect(czech('123456 ab', 'id-card-without-mrz').normal).toBe('123456AB');
  });

  it('takes the series from either side', () => {
    expect(documentNumberParts('123456AB12')).toEqual({ number: '123456', series: 'AB12' });
    expect(documentNumberParts('AB12123456')).toEqual({ number: '123456', series: 'AB12' });
    expect(documentNumberParts('123456789')).toEqual({ number: '123456789', series: '' });
    for (const text of ['ab 123456', '123456-AB', '123456ab'])
      expect(invalidDocumentsNumber(text)).toBe('123456AB');
  });

  it('only doubts an unusual shape, and of Czech documents alone', () => {
    expect(czech('12345', 'id-card')).toMatchObject({
      verdict: 'suspicious',
      reasons: ['document-number.unusual-shape'],
    });
    expect(czech('99009054', 'passport').verdict).toBe('ok');
    expect(czech('AL123456', 'weapons-licence').verdict).toBe('ok');
    expect(judgeDocumentNumber('X1', { kind: 'passport', issuer: 'UKR' }).verdict).toBe('ok');
  });

  it('says what cannot be a number', () => {
    expect(czech(' - ', 'passport').reasons).toEqual(['document-number.empty']);
    expect(czech('12Č', 'passport').reasons).toEqual(['document-number.characters']);
    expect(czech('1'.repeat(300), 'passport').reasons).toEqual(['document-number.too-long']);
  });

  it('asks the register the same however the number is typed', () => {
    const typed = fc.tuple(
      fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 6, maxLength: 6 }),
      fc.string({ unit: fc.constantFrom(...'ABCDEFGH'), minLength: 2, maxLength: 2 }),
      fc.constantFrom('', ' ', '-', ' - '),
    );
    fc.assert(
      fc.property(typed, ([number, series, gap]) => {
        const forms = [number + gap + series, series + gap + number, (number + gap + series).toLowerCase()];
        for (const form of forms) expect(invalidDocumentsNumber(form)).toBe(number + series);
      }),
    );
  });
});

describe('paper', () => {
  it('keeps three counts apart', () => {
    expect(judgePaperCount({ sheets: 2, sides: 3, begunPages: 3 })).toEqual({ verdict: 'ok', reasons: [] });
    expect(judgePaperCount({ sheets: 2, sides: 5, begunPages: 5 }).reasons).toEqual([
      'sheets.too-many-sides',
    ]);
    expect(judgePaperCount({ sheets: 1, sides: 1, begunPages: 3 }).reasons).toEqual([
      'sheets.too-many-begun-pages',
    ]);
    expect(judgePaperCount({ sheets: 1, sides: 1, begunPages: 2 })).toMatchObject({ verdict: 'suspicious' });
    expect(judgePaperCount({ sheets: 3, sides: 2, begunPages: 2 }).reasons).toEqual([
      'sheets.fewer-sides-than-sheets',
    ]);
    for (const sheets of [0, -1, 1.5, Number.NaN, 2001]) {
      expect(judgePaperCount({ sheets, sides: 1, begunPages: 1 }).reasons).toEqual(['sheets.not-a-count']);
    }
  });

  it('tells the sides that are to be struck through', () => {
    expect([
      blankSides({ sheets: 1, sides: 1 }),
      blankSides({ sheets: 2, sides: 4 }),
      blankSides({ sheets: 3, sides: 4 }),
    ]).toEqual([1, 0, 2]);
  });
});
