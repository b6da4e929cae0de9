import { expect, it } from 'vitest';
import { printView } from '../../contract/outputs.ts';
import { deskSettings, noCopiedWish, noWish } from '../../contract/settings.ts';
import { wishFor } from './chosen.ts';

const twice = { ...noCopiedWish, copies: 2 };
const settings = {
  ...{ language: 'cs' as const, portalUrl: '', reader: null, scanner: null, printer: null, signing: null },
  ...{ idleLockMinutes: 5, searchableScans: true },
  others: { slips: null, conversions: null, codes: null },
  printing: { certified: noWish, receipts: twice, slips: twice, other: noWish },
};

it('comes out in several copies only what holds nothing more by the second one, and only the first time', () => {
  const copied = (copyNumber: number) =>
    printView.shape.kind.options.filter(
      (kind) => wishFor(settings, { kind, data: {} }, { copyNumber }).copies !== 1,
    );
  expect(copied(1)).toEqual([
    'acceptance-receipt',
    'fee-receipt',
    'receipt-cancellation',
    'refund-receipt',
    'correction-receipt',
    'paper-label',
    'booking-ticket',
  ]);
  expect(copied(2)).toEqual([]);
  expect(wishFor(settings, { kind: 'test-page', data: { purpose: 'slips' } }, { copyNumber: 1 }).copies).toBe(
    1,
  );
});

it('settings of before there were copies ask for one', () => {
  const printing = { certified: noWish, receipts: noWish, slips: noWish, other: noWish };
  expect(deskSettings.shape.printing.parse(printing)).toMatchObject({
    receipts: { copies: 1 },
    slips: { copies: 1 },
  });
});
