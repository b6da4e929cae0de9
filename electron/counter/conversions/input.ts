import { conversionInput } from '../../contract/conversions.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import { type ReportView, validationReport } from '../../contract/validation.ts';
import { MAX_FILE_BYTES } from '../../documents/inspect.ts';
import { recordBlob, type StagedBlob } from '../../store/blobs.ts';
import type { Tx } from '../../store/open.ts';
import { ok, type Result } from '../../values/result.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { AS_RECEIVED, insertReceived } from '../outputs/table.ts';
import { outputOwner } from '../retention/owners.ts';
import type { Trust } from '../trust/trust.ts';
import type { ConversionRecord, Service } from '../visits/record.ts';

type Input = NonNullable<ConversionRecord['input']>;
export type Brought = { name: string; bytes: Uint8Array; from: Input['from'] };
export type Examined = { input: Input; staged: StagedBlob; report: ReportView };

export const judge = async (trust: Trust, bytes: Uint8Array): Promise<ReportView> =>
  validationReport.parse(await trust.validate(bytes));

/** Looks into a file that is to be converted, judges its signatures and stages its bytes; they are never changed. */
export async function examine(
  desk: Desk,
  trust: Trust,
  { name, bytes, from }: Brought,
): Promise<Result<Examined, ContractFailure>> {
  const inspected = await desk.documents.inspectFile({ bytes, maxBytes: MAX_FILE_BYTES });
  if (!inspected.ok) return inspected;
  const { value: file } = inspected;
  if (file.kind !== 'pdf') return refuse('conversion.not-a-pdf');
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

/** Keeps the file among the outputs: it is printed as it is, goes with the hand-over and is in no backup. */
export function keepInput(tx: Tx, service: Service, { input, staged }: Examined, at: string): void {
  const { documentId, pages } = input;
  recordBlob(tx, staged, { mediaType: 'application/pdf', owner: outputOwner(documentId) });
  insertReceived(tx, {
    documentId,
    visitId: service.visitId,
    serviceId: service.id,
    kind: 'conversion-document',
    template: AS_RECEIVED,
    data: {},
    madeAt: at,
    sha256: staged.sha256,
    pages,
  });
}
