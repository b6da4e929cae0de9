import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { pkcs12File } from '../../electron/devices/signing-token/pkcs12-file.ts';
import { tokenSigner } from '../../electron/devices/signing-token/signer.ts';
import { type SignatureLevel, signDocument } from '../../electron/documents/signatures/sign.ts';
import { createTimestampClient } from '../../electron/documents/timestamps/client.ts';
import { systemRandom } from '../../electron/values/ids.ts';
import { resources, type TestWindow } from './counter.ts';
import { documentToSign, signingPool } from './signing.ts';

const training = z
  .object({ certificatePassword: z.string(), timestampPolicies: z.array(z.string()).min(1) })
  .parse(JSON.parse(readFileSync(join(resources, 'training', 'pki.json'), 'utf8')));
export const { certificatePassword } = training;
export const timestampPolicy = training.timestampPolicies[0] ?? '';

/** A clerk's certificate file as the training portal gives it out. */
export const certificateFile = async (portalUrl: string, name: string): Promise<Uint8Array> =>
  new Uint8Array(await (await fetch(`${portalUrl}/pki/cvicne/${name}.p12`)).arrayBuffer());

/** Confirms each page of a conversion's output, as the clerk does at the screen, and that all of it agrees. */
export async function comparePages(clerk: TestWindow, serviceId: string, pages = 1): Promise<void> {
  for (let page = 1; page <= pages; page += 1)
    await clerk.must('conversions.agree-page', { serviceId, page });
  await clerk.must('conversions.confirm-comparison', { serviceId });
}

/** A document (of the desk, where no other is given) signed by somebody who has a certificate of the training environment. */
export async function signedDocument(
  portalUrl: string,
  of: { document?: Uint8Array; signedBy?: string; level?: SignatureLevel; at?: Date } = {},
): Promise<Uint8Array> {
  const token = pkcs12File({ read: () => certificateFile(portalUrl, of.signedBy ?? 'novakova') });
  const listed = await token.certificates({ pin: certificatePassword });
  const certificate = listed.ok ? listed.value[0] : undefined;
  if (certificate === undefined) throw new Error(JSON.stringify(listed));
  const authority = async (name: string) =>
    new X509Certificate(Buffer.from(await (await fetch(`${portalUrl}/pki/${name}.cer`)).arrayBuffer()));
  const trusted = [await authority('ca'), await authority('root')];
  const common = { trusted, http: fetch, timeLimit: (ms: number) => AbortSignal.timeout(ms) };
  const pool = signingPool();
  try {
    const signed = await signDocument(
      {
        document: of.document ?? (await documentToSign()),
        signer: tokenSigner(token, certificate, certificatePassword),
        level: of.level ?? 'B-T',
      },
      {
        pool,
        now: () => of.at ?? new Date(),
        timestamps: createTimestampClient({
          ...common,
          authorities: [{ url: `${portalUrl}/tsa/1`, policy: timestampPolicy }],
          random: systemRandom,
        }),
        revocation: { ...common, now: () => new Date() },
      },
    );
    if (!signed.ok) throw new Error(JSON.stringify(signed.error));
    return signed.value.bytes;
  } finally {
    await pool.close();
  }
}
