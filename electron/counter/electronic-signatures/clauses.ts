import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Session } from '../../contract/clerks.ts';
import type { DigestAlgorithm } from '../../contract/electronic-signatures.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import { loadTemplate } from '../../documents/template/load.ts';
import { ok, type Result } from '../../values/result.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { electronicSignatureClauseData } from '../outputs/data.ts';
import { findOutput } from '../outputs/table.ts';
import { type SignedFile, signFile } from '../signed-files/signed-file.ts';
import { clerkSigner } from '../signed-files/signer.ts';
import type { Trust } from '../trust/trust.ts';
import type { Service, Visit } from '../visits/record.ts';
import type { NumberedService } from './split.ts';

/** Names of algorithms as cryptography knows them. */
const hashes: Readonly<Record<DigestAlgorithm, string>> = {
  'SHA-224': 'sha224',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
  'SHA-512/256': 'sha512-256',
};

type Making = { visit: Visit; now: Date; session: Session; pin: string };

/**
 * Makes the clause of each signature: a file of its own that names the document by its digests, signed with the clerk's certificate
 * and stamped. The document itself is not touched. The PIN lives as long as this.
 */
export async function makeClauses(
  desk: Desk,
  trust: Trust,
  numbered: readonly NumberedService[],
  of: Making,
): Promise<Result<SignedFile[], ContractFailure>> {
  const [first] = numbered;
  const { electronic, template: named } = first?.service.definition ?? {};
  if (!first || !electronic) return refuse('service.not-offered');
  const template = await loadTemplate(
    join(desk.resources, 'templates'),
    named?.clause ?? 'electronic-signature-clause',
  );
  if (!template.ok) return template;
  const document = await documentOf(desk, first.service);
  if (!document.ok) return document;
  const digests = electronic.digests.map((algorithm) => ({
    algorithm,
    value: createHash(hashes[algorithm]).update(document.value).digest('hex'),
  }));
  const signer = await clerkSigner(desk, of);
  if (!signer.ok) return signer;
  const files: SignedFile[] = [];
  for (const { service, number } of numbered) {
    const { visit, now, session } = of;
    const data = desk.store.read((tx) =>
      electronicSignatureClauseData(desk, tx, {
        issue: { visit, service, number, now, session },
        documentId: desk.newId(),
        digests,
      }),
    );
    const clause = await desk.documents.renderDocument({
      template: template.value,
      data,
      environment: desk.environment,
      createdAt: now,
      language: 'cs',
    });
    if (!clause.ok) return clause;
    const signed = await signFile(desk, trust, signer.value, { ...clause.value, now });
    if (!signed.ok) return signed;
    files.push(signed.value);
  }
  return ok(files);
}

/** The document's own bytes, as they were brought. */
async function documentOf(desk: Desk, service: Service): Promise<Result<Uint8Array, ContractFailure>> {
  const documentId = service.record.conversion?.input?.documentId ?? '';
  const sha256 = desk.store.read((tx) => findOutput(tx, documentId))?.sha256;
  return sha256 ? desk.store.blobs.read(sha256) : refuse('conversion.no-input');
}
