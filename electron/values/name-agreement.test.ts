import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMrz } from './mrz.ts';
import { nameAgreement } from './name-agreement.ts';
import { buildMrz } from './testing/build-mrz.ts';

const zone = (surname: string, givenNames: string, truncated = false) => ({ surname, givenNames, truncated });

describe('name agreement with the machine-readable zone', () => {
  it.each([
    [{ surname: 'Nováková-Černá', givenNames: 'Žaneta Ludmila' }, zone('NOVAKOVA CERNA', 'ZANETA LUDMILA')],
    [{ surname: 'Müller', givenNames: 'Jörg' }, zone('MUELLER', 'JOERG')],
    [{ surname: 'Müller', givenNames: 'Jörg' }, zone('MULLER', 'JORG')],
    [{ surname: 'D’Angelo', givenNames: 'Łukasz' }, zone('DANGELO', 'LUKASZ')],
    [{ surname: 'Sukarno' }, zone('SUKARNO', '')],
    [{ surname: 'Nguyễn', givenNames: 'Thị Hồng Nhung' }, zone('NGUYEN', 'THI HONG NH', true)],
    [{ surname: 'Nguyễn', givenNames: 'Thị Hồng Nhung' }, zone('NGUYEN', 'THI HONG', true)],
  ])('agrees: %o', (typed, read) => {
    expect(nameAgreement(typed, read)).toBe('agrees');
  });

  it.each([
    [{ surname: 'Novak', givenNames: 'Jan' }, zone('NOVAKOVA', 'JAN')],
    [{ surname: 'Nováková', givenNames: 'Jana' }, zone('NOVAKOVA', 'JANA MARIE')],
    [{ surname: 'Jana', givenNames: 'Nováková' }, zone('NOVAKOVA', 'JANA')],
    [{ surname: 'Nguyễn', givenNames: 'Thị' }, zone('NGUYEN', 'THI HONG NH', true)],
  ])('differs: %o', (typed, read) => {
    expect(nameAgreement(typed, read)).toBe('differs');
  });

  it('says nothing before a surname is typed or of another script', () => {
    expect(nameAgreement({ surname: ' ' }, zone('NOVAK', 'JAN'))).toBe('incomparable');
    expect(nameAgreement({ surname: 'Шевченко', givenNames: 'Тарас' }, zone('SHEVCHENKO', 'TARAS'))).toBe(
      'incomparable',
    );
  });

  it('agrees with every zone built of the same name, cut or not', () => {
    const word = fc
      .array(fc.constantFrom(...'ABCČDĎEÉĚFGHIÍJKLMNŇOÓPRŘSŠTŤUÚŮVXYÝZŽÄÖÜŁØßaábcčdeé'), {
        minLength: 2,
        maxLength: 14,
      })
      .map((letters) => letters.join(''));
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 3 }),
        fc.array(word, { maxLength: 4 }),
        (last, first) => {
          const name = { surname: last.join(' '), givenNames: first.join(' ') };
          const lines = buildMrz({
            ...{
              format: 'TD1',
              documentCode: 'ID',
              issuer: 'CZE',
              documentNumber: '123456789',
              nationality: 'CZE',
            },
            ...{
              birthDate: { year: 1980, month: 4, day: 1 },
              expiryDate: { year: 2030, month: 1, day: 1 },
              sex: 'F',
            },
            ...name,
          });
          const read = parseMrz(lines.join('\n'), { today: '2026-04-01' });
          expect(read.ok && nameAgreement(name, read.value.name)).toBe('agrees');
        },
      ),
    );
  });
});
