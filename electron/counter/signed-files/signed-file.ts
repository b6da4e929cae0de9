import type { ContractFailure } from '../../contract/shared.ts';
import { validityAt } from '../../devices/signing-token/validity.ts';
import { signDocument } from '../../documents/signatures/sign.ts';
import { createTimestampClient } from '../../documents/timestamps/client.ts';
import { recordBlob, type StagedBlob } from '../../store/blobs.ts';
import type { Tx } from '../../store/open.ts';
import { ok, type Result } from '../../values/result.ts';
import { trustServices } from '../catalogue/catalogue.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { AS_RECEIVED, insertReceived, type Output } from '../outputs/table.ts';
import { outputOwner } from '../retention/owners.ts';
import type { Trust } from '../trust/trust.ts';
import type { ConversionRecord, Service } from '../visits/record.ts';
import type { ClerkSigner } from './signer.ts';

type SignedOutput = NonNullable<ConversionRecord['output']>;
export type SignedFile = { output: SignedOutput; staged: StagedBlob };

/**
 * Signs a file of the desk's own with the clerk's certificate and has it stamped (PAdES B-T). Nothing is kept before all of it is
 * there.
 */
export async function signFile(
  desk: Desk,
  trust: Trust,
  { certificate, signer }: ClerkSigner,
  file: { bytes: Uint8Array; pages: number; now: Date },
): Promise<Result<SignedFile, ContractFailure>> {
  const authorities = desk.store.read(trustServices)?.timestampAuthorities ?? [];
  if (authorities.length === 0) return refuse('timestamp.no-authority');
  const common = {
    trusted: await trust.certificates(),
    http: (url: string, init: RequestInit) => desk.sync.fetch(new Request(url, init)),
    timeLimit: (ms: number) => {
      const limit = new AbortController();
      desk.timers.after(ms, () => limit.abort());
      return limit.signal;
    },
  };
  const now = () => desk.clock.now();
  const signed = await signDocument(
    { document: file.bytes, signer, level: 'B-T' },
    {
      pool: desk.documents,
      now,
      timestamps: createTimestampClient({
        ...common,
        authorities,
        random: desk.random,
        onFailed: ({ failure }) => desk.log.warn({ code: failure.code }, 'timestamp not had'),
      }),
      revocation: { ...common, now },
    },
  );
  if (!signed.ok) return signed;
  const { bytes, timestamp, signedAt } = signed.value;
  const staged = await desk.store.blobs.put(bytes);
  if (!staged.ok) return staged;
  return ok({
    staged: staged.value,
    output: {
      documentId: desk.newId(),
      sha256: staged.value.sha256,
      size: bytes.length,
      pages: file.pages,
      signer: certificate.subject,
      certificateTo: certificate.validTo.toISOString(),
      expiresSoon: validityAt(certificate, file.now).state === 'expires-soon',
      stampedAt: (timestamp?.at ?? signedAt).toISOString(),
    },
  });
}

/** Keeps a signed file among the outputs of its service: it goes with the hand-over and is in no backup. */
export function keepSigned(
  tx: Tx,
  { id: serviceId, visitId }: Service,
  { output, staged }: SignedFile,
  of: Pick<Output, 'kind' | 'madeAt'>,
): void {
  const { documentId, sha256, pages } = output;
  recordBlob(tx, staged, { mediaType: 'application/pdf', owner: outputOwner(documentId) });
  insertReceived(tx, {
    ...of,
    documentId,
    visitId,
    serviceId,
    template: AS_RECEIVED,
    data: {},
    sha256,
    pages,
  });
}
