import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Naps2Rig, startNaps2Console } from '../../../test/rigs/naps2-console.ts';
import { systemScanner } from './system.ts';

let rig: Naps2Rig;
beforeAll(async () => {
  const page = sharp({ create: { width: 4, height: 6, channels: 3, background: '#fff' } });
  rig = await startNaps2Console(new Uint8Array(await page.png().toBuffer()));
});
afterAll(() => rig.stop());

it.each(['win32', 'linux'] as const)(
  'a rig in training takes the place of the system’s program on %s',
  async (platform) => {
    const scanner = systemScanner(platform, 'training', { VIRTUOS_NAPS2: rig.program }, '/desk');
    expect(await scanner.list()).toMatchObject({
      ok: true,
      value: [{ device: rig.device }, { type: 'twain' }],
    });
  },
);

it('on Windows the scanners are NAPS2’s, and production starts no program that a variable names', async () => {
  const scanner = systemScanner(
    'win32',
    'production',
    { VIRTUOS_NAPS2: rig.program, ProgramFiles: 'C:\\none' },
    '/desk',
  );
  expect(await scanner.list()).toEqual({
    ok: false,
    error: { code: 'scanner.tool-missing', params: { tool: 'NAPS2' } },
  });
});
