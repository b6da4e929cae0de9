import { describe, expect, it } from 'vitest';
import { batchReader } from './batch.ts';
import { profileOf, SCAN_PROFILES, settingsFor } from './scan-profiles.ts';

/** `S` a separator sheet, `_` a blank page, anything else a page; told as kept pages, `|` before what begins a part. */
const read = (pages: string, how: Parameters<typeof batchReader>[0]): string => {
  const place = batchReader(how);
  return [...pages]
    .map((page) => {
      const here = place({ separator: page === 'S', blank: page === '_' });
      return here === 'separator' ? '' : here === 'begins' ? `|${page}` : page;
    })
    .join('');
};

describe('a batch', () => {
  it.each([
    ['one side', 'abScSSd', 'feeder', 'separators', 'ab|c|d'],
    ['a separator first and last', 'SabS', 'feeder', 'separators', 'ab'],
    ['blank pages part nothing by themselves', 'a_b', 'feeder', 'separators', 'a_b'],
    ['blank sheets, where asked, and they stay', 'a_bSc', 'feeder', 'blank-sheets', 'a_|b|c'],
    ['not at all', 'aS_b', 'feeder', 'none', 'aS_b'],
    ['both sides, the backs of separators are none', 'abS_cd', 'feeder-duplex', 'separators', 'ab|cd'],
    [
      'both sides, something on the back of a separator stays',
      'abSxcd',
      'feeder-duplex',
      'separators',
      'ab|xcd',
    ],
    ['both sides, a blank back is no blank sheet', 'a_b_', 'feeder-duplex', 'blank-sheets', 'a_b_'],
    ['both sides, a sheet blank on both is one', 'ab__cd', 'feeder-duplex', 'blank-sheets', 'ab__|cd'],
  ] as const)('%s', (_, pages, source, split, parts) => {
    expect(read(pages, { source, split })).toBe(parts);
  });
});

describe('profiles', () => {
  it('leave the paper of a conversion whole, and follow what the slot says of colour and resolution', () => {
    expect(profileOf({ scanOnly: true })).toBe('conversion');
    expect(profileOf({})).toBe('document');
    expect(profileOf({ profile: 'card', scanOnly: true })).toBe('card');
    expect(settingsFor({ scanOnly: true, dpi: 200, colour: 'bw' }, 'conversion')).toEqual({
      ...SCAN_PROFILES.conversion,
      dpi: 200,
    });
    expect(settingsFor({ colour: 'grey' }, 'document')).toMatchObject({ mode: 'grey', crop: true });
    expect(SCAN_PROFILES.conversion).toMatchObject({ crop: false, straighten: false, blank: false });
  });
});
