/** A document, a signer and settings for tests of signatures, around a throw-away authority. */
import { createPrivateKey, randomBytes, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createDocumentPool, type DocumentPool } from '../../electron/documents/pool.ts';
import { loadFonts } from '../../electron/documents/rendering/fonts.ts';
import { renderDocument } from '../../electron/documents/rendering/render.ts';
import type { SigningSettings } from '../../electron/documents/signatures/sign.ts';
import type { Signer } from '../../electron/documents/signatures/signer.ts';
import { loadTemplate } from '../../electron/documents/template/load.ts';
import { createTimestampClient } from '../../electron/documents/timestamps/client.ts';
import { ok } from '../../electron/values/result.ts';
import { acceptanceSample } from '../previews/document-samples.ts';
import { type AuthorityName, type Issued, POLICY, type SigningAuthority } from './signing-authority.ts';

const resources = fileURLToPath(new URL('../../resources/', import.meta.url));
export const fontsFolder = `${resources}fonts`;

/** A receipt as the desk renders it. */
export async function documentToSign(): Promise<Uint8Array> {
  const template = await loadTemplate(`${resources}templates`, 'acceptance-receipt');
  if (!template.ok) throw new Error(template.error.code);
  const rendered = await renderDocument(
    {
      template: template.value,
      data: acceptanceSample,
      environment: 'training',
      createdAt: new Date('2026-04-01T12:05:09Z'),
      language: 'cs',
    },
    await loadFonts(fontsFolder),
  );
  if (!rendered.ok) throw new Error(rendered.error.code);
  return rendered.value.bytes;
}

export const signingPool = (): DocumentPool =>
  createDocumentPool({
    workerUrl: new URL('../../electron/documents/worker.ts', import.meta.url),
    size: 1,
    fontsFolder,
  });

/** Signs with the key's own file. */
export async function signerOf(authority: SigningAuthority, issued: Issued): Promise<Signer<never>> {
  const key = createPrivateKey(await readFile(issued.keyFile));
  return {
    certificate: issued.certificate,
    chain: [authority.issuing.raw],
    sign: async (data) => ok(sign('sha256', data, key)),
  };
}

export function signingSettings(
  authority: SigningAuthority,
  pool: DocumentPool,
  timestamps: AuthorityName = 'good',
): SigningSettings {
  const timeLimit = (ms: number) => AbortSignal.timeout(ms);
  const common = { trusted: [authority.root], http: fetch, timeLimit };
  return {
    pool,
    now: () => new Date(),
    timestamps: createTimestampClient({
      ...common,
      authorities: [{ url: authority.timestampUrl(timestamps), policy: POLICY }],
      random: (bytes) => randomBytes(bytes),
    }),
    revocation: { ...common, now: () => new Date() },
  };
}
