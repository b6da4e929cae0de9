import { join } from 'node:path';
import type { Session } from '../../contract/clerks.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import { loadTemplate } from '../../documents/template/load.ts';
import { ok, type Result } from '../../values/result.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { conversionToElectronicClauseData } from '../outputs/data.ts';
import { type SignedFile, signFile } from '../signed-files/signed-file.ts';
import { clerkSigner } from '../signed-files/signer.ts';
import type { Trust } from '../trust/trust.ts';
import type { Service } from '../visits/record.ts';

type Making = { service: Service; number: string; now: Date; session: Session; pin: string };

/**
 * Makes what a paper becomes: the scan with its clause behind it in one PDF/A, signed with the clerk's certificate and stamped
 * (§ 25 odst. 1 písm. h). The PIN lives as long as this.
 */
export async function makeConvertedFile(
  desk: Desk,
  trust: Trust,
  of: Making,
): Promise<Result<SignedFile, ContractFailure>> {
  const [scan] = of.service.record.attachments;
  if (!scan) return refuse('conversion.no-input');
  const signer = await clerkSigner(desk, of);
  if (!signer.ok) return signer;
  const content = await desk.store.blobs.read(scan.sha256);
  if (!content.ok) return content;
  const clause = await clauseOf(desk, of);
  if (!clause.ok) return clause;
  const joined = await desk.documents.joinDocuments({ first: content.value, second: clause.value });
  return joined.ok ? signFile(desk, trust, signer.value, { ...joined.value, now: of.now }) : joined;
}

async function clauseOf(
  desk: Desk,
  { service, number, now, session }: Making,
): Promise<Result<Uint8Array, ContractFailure>> {
  const name = service.definition.template?.clause ?? 'conversion-to-electronic-clause';
  const template = await loadTemplate(join(desk.resources, 'templates'), name);
  if (!template.ok) return template;
  const data = desk.store.read((tx) =>
    conversionToElectronicClauseData(desk, tx, service, { documentId: desk.newId(), number, now, session }),
  );
  const rendered = await desk.documents.renderDocument({
    template: template.value,
    data,
    environment: desk.environment,
    createdAt: now,
    language: 'cs',
  });
  return rendered.ok ? ok(rendered.value.bytes) : rendered;
}
