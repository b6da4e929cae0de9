import { BmpString, OctetString } from 'asn1js';
import {
  Attribute,
  AuthenticatedSafe,
  CertBag,
  type Certificate,
  PFX,
  PKCS8ShroudedKeyBag,
  PrivateKeyInfo,
  SafeBag,
  SafeContents,
} from 'pkijs';
import { toBuffer } from './certificates.ts';

const OID = {
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certBag: '1.2.840.113549.1.12.10.1.3',
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
} as const;
// For training: the password stands in the repository.
const ITERATIONS = 2048;

/** A PKCS#12 file (PBES2, AES-256, HMAC-SHA-256) with a key, its certificate and the issuers above it. */
export async function makePkcs12(of: {
  privateKey: Uint8Array;
  chain: readonly Certificate[];
  friendlyName: string;
  password: string;
}): Promise<Buffer> {
  const password = toBuffer(Buffer.from(of.password, 'utf8'));
  const names = [
    new Attribute({ type: OID.friendlyName, values: [new BmpString({ value: of.friendlyName })] }),
    new Attribute({
      type: OID.localKeyId,
      values: [new OctetString({ valueHex: Uint8Array.of(1).buffer })],
    }),
  ];
  const keyBag = new PKCS8ShroudedKeyBag({ parsedValue: PrivateKeyInfo.fromBER(toBuffer(of.privateKey)) });
  await keyBag.makeInternalValues({
    password,
    // Its type wants an iv; the library makes one of its own.
    contentEncryptionAlgorithm: { name: 'AES-CBC', length: 256, iv: new Uint8Array(16) },
    hmacHashAlgorithm: 'SHA-256',
    iterationCount: ITERATIONS,
  });
  const certificates = of.chain.map(
    (certificate, at) =>
      new SafeBag({
        bagId: OID.certBag,
        bagValue: new CertBag({ parsedValue: certificate }),
        ...(at === 0 && { bagAttributes: names }),
      }),
  );
  const pfx = new PFX({
    parsedValue: {
      integrityMode: 0,
      authenticatedSafe: new AuthenticatedSafe({
        parsedValue: {
          safeContents: [
            {
              privacyMode: 0,
              value: new SafeContents({
                safeBags: [
                  new SafeBag({ bagId: OID.shroudedKeyBag, bagValue: keyBag, bagAttributes: names }),
                ],
              }),
            },
            { privacyMode: 0, value: new SafeContents({ safeBags: certificates }) },
          ],
        },
      }),
    },
  });
  const safe = pfx.parsedValue?.authenticatedSafe;
  if (safe === undefined) throw new Error('A safe that was just made is not there.');
  await safe.makeInternalValues({ safeContents: [{}, {}] });
  await pfx.makeInternalValues({
    password,
    iterations: ITERATIONS,
    pbkdf2HashAlgorithm: 'SHA-256',
    hmacHashAlgorithm: 'SHA-256',
  });
  return Buffer.from(pfx.toSchema().toBER(false));
}
