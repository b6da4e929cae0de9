import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { abilitiesOf, parseDeviceOptions, planScan } from './options.ts';

// The shapes of option lists that drivers of different makers give.
const flatbedOnly = `
All options specific to device \`genesys:libusb:001:004':
  Scan Mode:
    --mode Color|Gray [Gray]
        Selects the scan mode (e.g., lineart, monochrome, or color).
    --source Flatbed|Transparency Adapter [Flatbed]
        Selects the scan source (such as a document-feeder).
    --preview[=(yes|no)] [no]
    --depth 8|16 [8]
    --resolution 4800|2400|1200|600|300|200|150|75dpi [75]
  Geometry:
    -l 0..216.7mm [0]
    -t 0..296.4mm [0]
    -x 0..216.7mm [216.7]
    -y 0..296.4mm [296.4]
`;
const sheetFed = `
  Scan Mode:
    --source ADF Front|ADF Back|ADF Duplex [ADF Front]
    --mode Lineart|Halftone|Gray|Color [Lineart]
    --resolution 50..600dpi (in steps of 1) [200]
  Geometry:
    --page-width 0..224.846mm (in steps of 0.0211639) [215.872]
    --page-height 0..863.489mm (in steps of 0.0211639) [279.364]
    -l 0..224.846mm (in steps of 0.0211639) [0]
    -t 0..863.489mm (in steps of 0.0211639) [0]
    -x 0..215.872mm (in steps of 0.0211639) [215.872]
    -y 0..279.364mm (in steps of 0.0211639) [279.364]
`;
const multifunction = `
  Standard:
    --resolution 100|200|300|600dpi [300]
    --mode Color|Gray [Color]
    --source Flatbed|ADF|ADF Duplex [Flatbed]
  Geometry:
    -l 0..215.9mm [0]
    -t 0..297mm [0]
    -x 0..215.9mm [215.9]
    -y 0..297mm [297]
`;
const oddNames = `
    --mode Black & White|Gray[Error Diffusion]|True Gray|24bit Color[Fast] [24bit Color[Fast]]
    --resolution 100|150|200|300|400|600|1200dpi [200]
    --source FlatBed|Automatic Document Feeder(left aligned)|Automatic Document Feeder(left aligned,Duplex) [Automatic Document Feeder(left aligned)]
    --brightness -50..50% (in steps of 1) [inactive]
    -l 0..215.9mm (in steps of 0.0999908) [0]
    -t 0..355.6mm (in steps of 0.0999908) [0]
    -x 0..215.9mm (in steps of 0.0999908) [215.88]
    -y 0..355.6mm (in steps of 0.0999908) [355.567]
`;
const duplexSwitch = `
    --mode Binary|Gray|Color [Color]
    --resolution 200|300dpi [200]
    --source Flatbed|Automatic Document Feeder [Flatbed]
    --adf-mode Simplex|Duplex [inactive]
    --duplex[=(yes|no)] [no]
`;
const bare = `
    --resolution auto||75|150|300dpi [75]
    --brightness -100..100% [0]
`;

const plan = (
  text: string,
  source: 'flatbed' | 'feeder' | 'feeder-duplex',
  mode: 'colour' | 'grey' | 'bw',
  dpi: 200 | 300,
) => planScan(parseDeviceOptions(text), { source, mode, dpi });

describe('what a device can', () => {
  it.each([
    ['flatbed only', flatbedOnly, ['flatbed'], ['colour', 'grey', 'bw'], [200, 300], true],
    ['sheet-fed', sheetFed, ['feeder', 'feeder-duplex'], ['colour', 'grey', 'bw'], [200, 300], true],
    [
      'multifunction',
      multifunction,
      ['flatbed', 'feeder', 'feeder-duplex'],
      ['colour', 'grey', 'bw'],
      [200, 300],
      true,
    ],
    [
      'odd names',
      oddNames,
      ['flatbed', 'feeder', 'feeder-duplex'],
      ['colour', 'grey', 'bw'],
      [200, 300],
      true,
    ],
    [
      'a duplex switch',
      duplexSwitch,
      ['flatbed', 'feeder', 'feeder-duplex'],
      ['colour', 'grey', 'bw'],
      [200, 300],
      false,
    ],
    ['nearly nothing', bare, ['flatbed'], ['colour', 'bw'], [300], false],
    ['no list at all', 'scanimage: something else', ['flatbed'], ['colour', 'bw'], [], false],
  ])('%s', (_, text, sources, modes, dpi, a4) => {
    expect(abilitiesOf(parseDeviceOptions(text))).toEqual({ sources, modes, dpi, a4 });
  });
});

describe('the arguments of a scan', () => {
  it('keep A4 within the glass', () => {
    expect(plan(flatbedOnly, 'flatbed', 'colour', 300)).toEqual({
      args: [
        '--source=Flatbed',
        '--mode=Color',
        '--depth=8',
        '--resolution=300',
        '-l',
        '0',
        '-t',
        '0',
        '-x',
        '210',
        '-y',
        '296.4',
      ],
    });
  });
  it('tell a feeder the page size too', () => {
    expect(plan(sheetFed, 'feeder', 'bw', 200)).toEqual({
      args: [
        ...['--source=ADF Front', '--mode=Color', '--resolution=200'],
        ...['--page-width=210', '--page-height=297', '-l', '0', '-t', '0', '-x', '210', '-y', '279.364'],
      ],
    });
  });
  it('scan what becomes black and white in colour, else in grey, else as the device makes it', () => {
    expect(plan(multifunction, 'feeder', 'bw', 200)).toMatchObject({
      args: expect.arrayContaining(['--source=ADF', expect.stringMatching(/^--mode=.*Colo/)]),
    });
    const greyOnly = multifunction.replace(/--mode \S+/, '--mode Lineart|Gray');
    expect(plan(greyOnly, 'feeder', 'bw', 200)).toMatchObject({
      args: expect.arrayContaining(['--mode=Gray']),
    });
    const bitsOnly = multifunction.replace(/--mode \S+/, '--mode Lineart');
    expect(plan(bitsOnly, 'feeder', 'bw', 200)).toMatchObject({
      args: expect.arrayContaining(['--mode=Lineart']),
    });
  });
  it('take plain grey, not a dithered one, and sources by their meaning', () => {
    expect(plan(oddNames, 'feeder-duplex', 'grey', 200)).toMatchObject({
      args: expect.arrayContaining([
        '--source=Automatic Document Feeder(left aligned,Duplex)',
        '--mode=True Gray',
      ]),
    });
    expect(plan(oddNames, 'feeder', 'bw', 200)).toMatchObject({
      args: expect.arrayContaining([
        '--source=Automatic Document Feeder(left aligned)',
        '--mode=24bit Color[Fast]',
      ]),
    });
  });
  it('pass on names that hold brackets, without the default value behind them', () => {
    expect(plan(oddNames, 'flatbed', 'colour', 200)).toMatchObject({
      args: expect.arrayContaining(['--source=FlatBed', '--mode=24bit Color[Fast]']),
    });
  });
  it('use a switch for both sides', () => {
    expect(plan(duplexSwitch, 'feeder-duplex', 'bw', 200)).toMatchObject({
      args: ['--source=Automatic Document Feeder', '--duplex=yes', '--mode=Color', '--resolution=200'],
    });
    expect(plan(duplexSwitch, 'feeder', 'bw', 200)).toMatchObject({
      args: expect.arrayContaining(['--duplex=no']),
    });
  });
  it('say what the device does not offer', () => {
    expect(plan(flatbedOnly, 'feeder', 'colour', 200)).toEqual({ missing: 'source' });
    expect(plan(bare, 'flatbed', 'grey', 300)).toEqual({ missing: 'mode' });
    expect(plan(bare, 'flatbed', 'colour', 200)).toEqual({ missing: 'dpi' });
  });
  it('come from any text without throwing', () => {
    const word = fc.constantFrom(
      '--mode',
      '--source',
      '--resolution',
      '-x',
      '-y',
      ' ',
      '    ',
      '|',
      'Color',
      '1..9',
      '[',
      ']',
      '\n',
      '<int>',
      '=',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string()), { maxLength: 60 }), (words) => {
        expect(() => plan(words.join(''), 'feeder', 'bw', 200)).not.toThrow();
      }),
    );
  });
});
