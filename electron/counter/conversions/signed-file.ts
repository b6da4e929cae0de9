import { join } from 'node:path';
import type { Session } from '../../contract/clerks.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import type { TokenCertificate } from '../../devices/signing-token/port.ts';
import { tokenSigner } from '../../devices/signing-token/signer.ts';
import { validityAt } from '../../devices/signing-token/validity.ts';
import { signDocument } from '../../documents/signatures/sign.ts';
import { loadTemplate } from '../../documents/template/load.ts';
import { createTimestampClient } from '../../documents/timestamps/client.ts';
import type { StagedBlob } from '../../store/blobs.ts';
import { ok, type Result } from '../../values/result.ts';
import { trustServices } from '../catalogue/catalogue.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { conversionToElectronicClauseData } from '../outputs/data.ts';
import type { Trust } from '../trust/trust.ts';
import type { ConversionRecord, Service } from '../visits/record.ts';

type Output = NonNullable<ConversionRecord['output']>;
export type SignedFile = { output: Output; staged: StagedBlob };

type Making = { service: Service; number: string; now: Date; session: Session; pin: string };

/**
 * Makes what a paper becomes: the scan with its clause behind it in one PDF/A, signed with the clerk's certificate and stamped
 * (PAdES B-T, § 25 odst. 1 písm. h). Nothing is kept before all of it is there; the PIN lives as long as this.
 */
export async function makeSignedFile(
  desk: Desk,
  trust: Trust,
  of: Making,
): Promise<Result<SignedFile, ContractFailure>> {
  const [scan] = of.service.record.attachments;
  if (!scan) return refuse('conversion.no-input');
  const signer = await signerOf(desk, of);
  if (!signer.ok) return signer;
  const content = await desk.store.blobs.read(scan.sha256);
  if (!content.ok) return content;
  const clause = await clauseOf(desk, of);
  if (!clause.ok) return clause;
  const joined = await desk.documents.joinDocuments({ first: content.value, second: clause.value });
  if (!joined.ok) return joined;
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
    { document: joined.value.bytes, signer: signer.value.signer, level: 'B-T' },
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
  const { certificate } = signer.value;
  return ok({
    staged: staged.value,
    output: {
      documentId: desk.newId(),
      sha256: staged.value.sha256,
      size: bytes.length,
      pages: joined.value.pages,
      signer: certificate.subject,
      certificateTo: certificate.validTo.toISOString(),
      expiresSoon: validityAt(certificate, of.now).state === 'expires-soon',
      stampedAt: (timestamp?.at ?? signedAt).toISOString(),
    },
  });
}

/** The certificate that signs: made for signatures, and the one that holds the longest. Whether it holds at all is found in signing. */
async function signerOf(desk: Desk, { session, pin }: Making) {
  const settings = desk.store.read((tx) => desk.settings(tx)).signing;
  if (settings === null) return refuse('token.not-set');
  const token = desk.signingToken(settings, session.username);
  const listed = await token.certificates({ pin });
  if (!listed.ok) return listed;
  const [certificate] = listed.value
    .filter(({ forSignatures }) => forSignatures)
    .sort((a: TokenCertificate, b: TokenCertificate) => b.validTo.getTime() - a.validTo.getTime());
  if (!certificate) return refuse('token.no-certificate');
  return ok({ certificate, signer: tokenSigner(token, certificate, pin) });
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
