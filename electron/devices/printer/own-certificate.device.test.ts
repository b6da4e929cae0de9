import { afterAll, beforeAll, expect, it } from 'vitest';
import { type IppPrinterRig, startIppPrinter } from '../../../test/rigs/ipp-printer.ts';
import { freePort } from '../../../test/rigs/process.ts';
import { ippPrinter } from './ipp-printer.ts';
import { certificateOf } from './own-certificate.ts';

let printer: IppPrinterRig;
beforeAll(async () => {
  printer = await startIppPrinter();
}, 60_000);
afterAll(() => printer?.stop());

it('is what the printer is trusted by from its set-up on', async () => {
  const uri = printer.secureUri;
  expect(await ippPrinter().status({ uri })).toMatchObject({ error: { code: 'printer.not-trusted' } });
  const certificateSha256 = await certificateOf(uri);
  expect(certificateSha256).toMatch(/^[0-9a-f]{64}$/);
  if (certificateSha256 === null) return;
  expect(await ippPrinter().status({ uri, certificateSha256 })).toMatchObject({ ok: true });
});

it('is none where there is no TLS, nobody, or no address', async () => {
  expect(await certificateOf(printer.uri)).toBeNull();
  expect(await certificateOf(`ipps://localhost:${await freePort()}/ipp/print`)).toBeNull();
  expect(await certificateOf('nonsense')).toBeNull();
});
