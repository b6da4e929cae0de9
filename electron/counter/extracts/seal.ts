import type { Trust } from '../trust/trust.ts';
import type { ExtractRecord } from '../visits/record.ts';

type Seal = NonNullable<ExtractRecord['answer']>['seal'];

/**
 * Whether the register's seal holds (§ 9a zákona 365/2000 Sb.: the clerk checks it before the output is printed). A seal by
 * another certificate than the register names is not its seal.
 */
export async function judgeSeal(
  trust: Trust,
  bytes: Uint8Array,
  said: Pick<Seal, 'certificateNumber' | 'provider'>,
): Promise<Seal> {
  const report = await trust.validate(bytes);
  const findings = [...report.findings, ...report.signatures.flatMap((signature) => signature.findings)]
    .filter(({ effect }) => effect !== 'note')
    .map(({ code, params }) => ({ code, ...(params && { params }) }));
  const isNamed = report.signatures.some(({ certificate }) => certificate?.number === said.certificateNumber);
  if (report.outcome === 'valid' && !isNamed)
    return { ...said, result: 'invalid', findings: [{ code: 'seal.other-certificate' }] };
  return { ...said, result: report.outcome, findings };
}
