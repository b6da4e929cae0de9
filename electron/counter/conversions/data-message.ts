import type { ContractFailure } from '../../contract/shared.ts';
import type { ReportView } from '../../contract/validation.ts';
import { ok, type Result } from '../../values/result.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import type { Trust } from '../trust/trust.ts';
import type { ConversionRecord } from '../visits/record.ts';
import { type Brought, judge } from './input.ts';

/** Files of 20 MB, as the system of data boxes carries them, in base64 within their envelope. */
const MAX_MESSAGE_BYTES = 30 * 1024 * 1024;

export type Envelope = NonNullable<ConversionRecord['envelope']>;

/** Judges a data message as a whole and tells what it carries. */
export async function openMessage(
  trust: Trust,
  bytes: Uint8Array,
): Promise<Result<ReportView, ContractFailure>> {
  if (bytes.length > MAX_MESSAGE_BYTES)
    return refuse('file.too-large', { limitMib: MAX_MESSAGE_BYTES / 1024 / 1024 });
  const report = await judge(trust, bytes);
  return report.format === 'data-message' ? ok(report) : refuse('conversion.not-a-message');
}

/** Takes one file out of a data message, byte for byte, with what was found out about the message. */
export async function takeOut(
  desk: Desk,
  trust: Trust,
  message: { name: string; bytes: Uint8Array; attachment: number },
): Promise<Result<{ brought: Brought; envelope: Envelope }, ContractFailure>> {
  const { name, bytes, attachment } = message;
  const opened = await openMessage(trust, bytes);
  if (!opened.ok) return opened;
  const said = opened.value.attachments[attachment];
  const content = await desk.validator.readAttachment(bytes, attachment);
  if (!said || !content.ok) return refuse('conversion.no-such-attachment');
  return ok({
    brought: { name: said.name, bytes: content.value, from: 'medium' },
    envelope: { name, report: opened.value },
  });
}
