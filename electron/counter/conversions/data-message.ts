import type { CallInput } from '../../contract/index.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import { ok, type Result } from '../../values/result.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import type { Trust } from '../trust/trust.ts';
import type { ConversionRecord, Service } from '../visits/record.ts';
import { type Brought, judge } from './input.ts';

/** Files of 20 MB, as the system of data boxes carries them, in base64 within their envelope. */
export const MAX_MESSAGE_BYTES = 30 * 1024 * 1024;

type Source = CallInput<'conversions.open-message'>['message'];
export type Envelope = NonNullable<ConversionRecord['envelope']>;

/**
 * Whether what was brought is the container of a data message (CMS, DER) and the service takes a file out of one. What it is
 * in truth is found out when it is opened.
 */
export const isToBeOpened = ({ definition }: Service, bytes: Uint8Array): boolean =>
  definition.kind === 'conversion-to-paper' && bytes[0] === 0x30 && (bytes[1] ?? 0) >= 0x80;

async function fetched(
  desk: Desk,
  source: Source,
): Promise<Result<Pick<Brought, 'name' | 'bytes'>, ContractFailure>> {
  const brought =
    source.from === 'medium' ? ok(source) : await desk.sync.readDeposit(source.token, MAX_MESSAGE_BYTES);
  return brought.ok && brought.value.bytes.length > MAX_MESSAGE_BYTES
    ? refuse('file.too-large', { limitMib: MAX_MESSAGE_BYTES / 1024 / 1024 })
    : brought;
}

/** Judges a data message as a whole and tells what it carries. */
export async function openMessage(
  desk: Desk,
  trust: Trust,
  source: Source,
): Promise<Result<Envelope & { bytes: Uint8Array }, ContractFailure>> {
  const message = await fetched(desk, source);
  if (!message.ok) return message;
  const { name, bytes } = message.value;
  const report = await judge(trust, bytes);
  return report.format === 'data-message' ? ok({ name, bytes, report }) : refuse('conversion.not-a-message');
}

/** Takes one file out of a data message, byte for byte, with what was found out about the message. */
export async function takeOut(
  desk: Desk,
  trust: Trust,
  source: Source,
  attachment: number,
): Promise<Result<{ brought: Brought; envelope: Envelope }, ContractFailure>> {
  const opened = await openMessage(desk, trust, source);
  if (!opened.ok) return opened;
  const { bytes, ...envelope } = opened.value;
  const said = envelope.report.attachments[attachment];
  const content = await desk.validator.readAttachment(bytes, attachment);
  if (!said || !content.ok) return refuse('conversion.no-such-attachment');
  return ok({ brought: { name: said.name, bytes: content.value, from: source.from }, envelope });
}
