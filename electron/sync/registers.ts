import { createHash } from 'node:crypto';
import { err, ok } from '../values/result.ts';
import * as answers from './answers.ts';
import { type CallFailure, LIMITS, type Schemas } from './client.ts';
import type { SyncContext } from './context.ts';
import { lineFailure } from './failures.ts';
import type { DepotCode, EvidenceCode, RegisterCode, Sync } from './port.ts';

type Calls = Pick<Sync, 'askRegister' | 'extractDocument' | 'evidenceNumber' | 'readDeposit' | 'deposit'>;

const REGISTER_CODES = ['register.unavailable', 'register.content-differs', 'extract.forgotten'] as const;
const DEPOT_CODES = ['depot.too-large', 'depot.content-differs', 'depot.number-unknown'] as const;
const EVIDENCE_CODES = ['evidence.not-your-office', 'evidence.content-differs'] as const;
/** No extract of a register is larger. */
const MAX_DOCUMENT_BYTES = 20 * 1024 * 1024;

function registerFailure(failure: CallFailure): { code: RegisterCode } {
  if (failure.kind !== 'refused') return lineFailure(failure);
  return { code: REGISTER_CODES.find((one) => one === failure.code) ?? 'register.refused-question' };
}

/** Registers of the state and the central evidence, asked through the portal and never by the desk itself. */
export function registerCalls(ask: SyncContext['ask']): Calls {
  const allot = (series: Schemas['EvidenceSeries'], body: Schemas['EvidenceNumberRequest']) =>
    ask((portal) =>
      portal.call(answers.allottedNumber, LIMITS.call, (signal) =>
        portal.api.POST('/evidence/{series}/numbers', { params: { path: { series } }, body, signal }),
      ),
    );

  return {
    async askRegister(question) {
      const outcome = await ask((portal) =>
        portal.call(answers.registerAnswer, LIMITS.call, (signal) =>
          portal.api.POST('/extracts', { body: question, signal }),
        ),
      );
      return outcome.ok ? outcome : err(registerFailure(outcome.error));
    },

    async extractDocument(id, { sha256, size }) {
      if (size > MAX_DOCUMENT_BYTES) return err({ code: 'register.document-damaged' });
      const outcome = await ask((portal) => portal.getFile(`/extracts/${id}/document`, size));
      if (!outcome.ok) return err(registerFailure(outcome.error));
      const bytes = outcome.value?.bytes ?? new Uint8Array();
      const isWhole = createHash('sha256').update(bytes).digest('hex') === sha256;
      return isWhole ? ok(bytes) : err({ code: 'register.document-damaged' });
    },

    async readDeposit(token, maxBytes) {
      const outcome = await ask((portal) => portal.getFile(`/depot/${encodeURIComponent(token)}`, maxBytes));
      if (outcome.ok) return outcome.value ? ok(outcome.value) : err({ code: 'file.too-large' });
      const { error } = outcome;
      return err(error.kind === 'refused' ? { code: 'depot.unknown' } : lineFailure(error));
    },

    async deposit(of, content) {
      const sent = await ask((portal) => portal.putBlob(answers.blob, of.sha256, Buffer.from(content)));
      const outcome = sent.ok
        ? await ask((portal) =>
            portal.call(answers.deposited, LIMITS.call, (signal) =>
              portal.api.POST('/depot', { body: of, signal }),
            ),
          )
        : sent;
      if (outcome.ok) return outcome;
      const { error } = outcome;
      if (error.kind !== 'refused') return err(lineFailure(error));
      return err({
        code: DEPOT_CODES.find((one) => one === error.code) ?? ('depot.refused' satisfies DepotCode),
      });
    },

    async evidenceNumber(series, of) {
      const first = await allot(series, of);
      // Around New Year the portal's clock decides which year a number is of.
      const year =
        !first.ok && first.error.kind === 'refused' && first.error.code === 'evidence.year-differs'
          ? Number(first.error.details['year'])
          : Number.NaN;
      const outcome = Number.isInteger(year) ? await allot(series, { ...of, year }) : first;
      if (outcome.ok) return outcome;
      const { error } = outcome;
      if (error.kind !== 'refused') return err(lineFailure(error));
      return err({
        code:
          EVIDENCE_CODES.find((one) => one === error.code) ?? ('line.portal-failed' satisfies EvidenceCode),
      });
    },
  };
}
