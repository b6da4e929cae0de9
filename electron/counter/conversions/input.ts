import { conversionInput } from '../../contract/conversions.ts';
import type { ElectronicRules } from '../../contract/electronic-signatures.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import { type ReportView, validationReport } from '../../contract/validation.ts';
import { type FileInspection, MAX_FILE_BYTES } from '../../documents/inspect.ts';
import { recordBlob, type StagedBlob } from '../../store/blobs.ts';
import type { Tx } from '../../store/open.ts';
import { ok, type Result } from '../../values/result.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { AS_RECEIVED, insertReceived } from '../outputs/table.ts';
import { outputOwner } from '../retention/owners.ts';
import type { Trust } from '../trust/trust.ts';
import type { ConversionRecord, Service } from '../visits/record.ts';
import { isArchival } from './rules.ts';

type Input = NonNullable<ConversionRecord['input']>;
export type Brought = { name: string; bytes: Uint8Array; from: Input['from'] };
export type Examined = { input: Input; staged: StagedBlob; report: ReportView };

const MIB = 1024 * 1024;

export const largestInput = (electronic: ElectronicRules | undefined): number =>
  electronic ? electronic.largestMib * MIB : MAX_FILE_BYTES;

export const tooLarge = (electronic: ElectronicRules | undefined) =>
  refuse(electronic ? 'signing.file-too-large' : 'conversion.file-too-large', {
    limitMib: largestInput(electronic) / MIB,
  });

export const judge = async (trust: Trust, bytes: Uint8Array): Promise<ReportView> =>
  validationReport.parse(await trust.validate(bytes));

/** Looks into a file that is brought, judges its signatures and stages its bytes; they are never changed. */
export async function examine(
  desk: Desk,
  trust: Trust,
  electronic: ElectronicRules | undefined,
  { name, bytes, from }: Brought,
): Promise<Result<Examined, ContractFailure>> {
  const inspected = await inspect(desk, electronic, bytes);
  if (!inspected.ok) return inspected;
  const { value: file } = inspected;
  const report = await judge(trust, bytes);
  const staged = await desk.store.blobs.put(bytes);
  if (!staged.ok) return staged;
  const input = conversionInput.parse({
    documentId: desk.newId(),
    name,
    size: bytes.length,
    pages: file.pages,
    from,
    claimsPdfA: file.claimsPdfA ?? null,
    warnings: file.warnings.map((warning) => ({ code: `file.${warning}` })),
  });
  return ok({ input, staged: staged.value, report });
}

/** What the file is, or why it is none that the service takes. */
async function inspect(
  desk: Desk,
  electronic: ElectronicRules | undefined,
  bytes: Uint8Array,
): Promise<Result<FileInspection & { kind: 'pdf' }, ContractFailure>> {
  const maxBytes = largestInput(electronic);
  const inspected = await desk.documents.inspectFile({ bytes, maxBytes });
  const otherFormat = electronic ? 'signing.file-not-pdf-a' : 'conversion.not-a-pdf';
  if (!inspected.ok) {
    const { code } = inspected.error;
    // What would do for an attachment, to print it and to scan it, would lose the signatures here.
    if (code === 'file.too-large') return tooLarge(electronic);
    if (code === 'file.damaged') return refuse('conversion.file-damaged');
    return code === 'file.not-a-document' ? refuse(otherFormat) : inspected;
  }
  const { value: file } = inspected;
  return file.kind === 'pdf' && (!electronic?.pdfA || isArchival(file)) ? ok(file) : refuse(otherFormat);
}

/** Keeps the file among the outputs: it is printed as it is, goes with the hand-over and is in no backup. */
export function keepInput(tx: Tx, service: Service, { input, staged }: Examined, at: string): void {
  const { documentId, pages } = input;
  recordBlob(tx, staged, { mediaType: 'application/pdf', owner: outputOwner(documentId) });
  insertReceived(tx, {
    documentId,
    visitId: service.visitId,
    serviceId: service.id,
    kind: service.definition.electronic ? 'signed-document' : 'conversion-document',
    template: AS_RECEIVED,
    data: {},
    madeAt: at,
    sha256: staged.sha256,
    pages,
  });
}
