import { verify, X509Certificate } from 'node:crypto';
import { P12Signer } from '@libpdf/core';
import { fromBER } from 'asn1js';
import { PFX } from 'pkijs';
import { fail, ok, type Result } from '../../values/result.ts';
import { describeCertificate } from './certificate.ts';
import type { SigningToken, TokenFailure } from './port.ts';

const PROBE = new TextEncoder().encode('Which of the certificates is this key’s?');

/**
 * A key in a PKCS#12 file (.p12, .pfx): for training, and for seals and certificates that are not on a card. The file is read and
 * opened anew for each use; between two uses no key is in memory.
 */
export function pkcs12File(options: { read(): Promise<Uint8Array | undefined> }): SigningToken {
  let wrongPasswords = 0;

  const open = async (password: string): Promise<Result<P12Signer, TokenFailure>> => {
    const bytes = await options.read();
    if (bytes === undefined) return fail('token.file-missing');
    if (!isPkcs12(bytes)) return fail('token.file-damaged');
    try {
      const signer = await P12Signer.create(bytes, password);
      wrongPasswords = 0;
      return ok(signer);
    } catch (error) {
      // The library's only sign of a wrong password: what is in the file does not fit its check.
      if (!/integrity|password|decrypt/i.test(String(error))) return fail('token.file-damaged');
      wrongPasswords += 1;
      return fail('token.wrong-pin', { count: wrongPasswords });
    }
  };

  return {
    async certificates({ pin } = {}) {
      if (pin === undefined) return fail('token.pin-needed');
      const opened = await open(pin);
      if (!opened.ok) return opened;
      const all = [opened.value.certificate, ...opened.value.certificateChain];
      const probe = await opened.value.sign(PROBE, 'SHA-256');
      // Files hold their certificates in any order; the key's own is the one that verifies what the key signed.
      const own = all.find((der) => verify('sha256', PROBE, new X509Certificate(der).publicKey, probe));
      const place = { tokenLabel: '', tokenSerial: '', object: '' };
      const described = own && describeCertificate(own, all, place, 'usual');
      return described === undefined ? fail('token.key-missing') : ok([described]);
    },
    async sign({ pin, data }) {
      const opened = await open(pin);
      return opened.ok ? ok(await opened.value.sign(data, 'SHA-256')) : opened;
    },
  };
}

function isPkcs12(bytes: Uint8Array): boolean {
  try {
    return new PFX({ schema: fromBER(bytes).result }).authSafe !== undefined;
  } catch {
    return false;
  }
}
