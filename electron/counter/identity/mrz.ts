import type { MrzReadingView } from '../../contract/identity.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import { documentKindOfMrz } from '../../values/identity-document.ts';
import { parseMrz } from '../../values/mrz.ts';
import type { Result } from '../../values/result.ts';
import type { LegalDate } from '../../values/time.ts';
import { refuse } from '../failure.ts';

/** Reads a zone for the window, with the kind of document it suggests. Nothing of it is kept. A visa says nothing of who its bearer is. */
export function readMrz(text: string, today: LegalDate): Result<MrzReadingView, ContractFailure> {
  const parsed = parseMrz(text, { today });
  if (!parsed.ok) return parsed;
  if (parsed.value.documentCode.startsWith('V')) return refuse('identity.visa');
  const { name, lines, checks, optionalData: _ownData, ...reading } = parsed.value;
  return {
    ok: true,
    value: {
      ...reading,
      lines: [...lines],
      checks: checks.map((check) => ({ ...check })),
      name: { surname: name.surname, givenNames: name.givenNames, truncated: name.truncated },
      suggestedKind: documentKindOfMrz(reading.documentCode, reading.issuer),
    },
  };
}
