import { readCertificates } from '../../../electron/devices/chip/certificate.ts';
import { readChip } from '../../../electron/devices/chip/read-chip.ts';
import { systemRandom } from '../../../electron/values/ids.ts';
import { trainingAuthority } from '../../rigs/training-documents.ts';
import { virtualChip } from '../../rigs/virtual-chip.ts';
import type { Part } from '../devices.ts';
import { percentile } from '../report.ts';

const zone = 'IDCZE9990000180<<<<<<<<<<<<<<<8004015M3306301CZE<<<<<<<<<<<0VZOROVY<<JAN<KAREL<<<<<<<<<<<<';
/** Bytes of a photo as passports hold it. */
const PHOTO = 18_000;

const rounded = (ms: number): number => Math.round(ms * 10) / 10;

/**
 * The chip's part of the devices' benchmark: how long the desk itself is busy with one reading (PACE, zone, photo, passive and chip
 * authentication), in milliseconds. What the virtual chip computes for its side is counted apart and taken off; a real chip takes seconds.
 */
export const measureChip: Part = async ({ count: readings = 40 }) => {
  const photo = Uint8Array.of(0xff, 0xd8, 0xff, ...new Array<number>(PHOTO).fill(9));
  const authorities = readCertificates([trainingAuthority().certificate]);
  const busy: number[] = [];
  let commands = 0;
  for (let count = 0; count < readings; count += 1) {
    const chip = virtualChip({ zone, can: '123456', photo, proof: 'chip-aes' });
    let ofChip = 0;
    commands = 0;
    const began = performance.now();
    const outcome = await readChip(
      async (apdu) => {
        const asked = performance.now();
        const answer = await chip(apdu);
        ofChip += performance.now() - asked;
        commands += 1;
        return answer;
      },
      {
        key: { kind: 'can', can: '123456' },
        authorities,
        revocations: [],
        now: new Date('2026-05-01T10:00:00Z'),
        random: systemRandom,
        extended: false,
        onStep: () => {},
      },
    );
    if (!outcome.ok) throw new Error(outcome.error.code);
    busy.push(performance.now() - began - ofChip);
  }
  return {
    figures: { p50: rounded(percentile(busy, 0.5)), p99: rounded(percentile(busy, 0.99)), commands },
    notes: ['milliseconds the desk is busy with one reading, without what the virtual chip computes'],
    goals: [],
  };
};
