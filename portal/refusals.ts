import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Refusal } from './errors.ts';

const FASTIFY_ERRORS: Readonly<Record<string, Refusal['code']>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'request.too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'request.media-type',
};

/** What was thrown as it is told to whoever asked; what nobody expected is in the log under an id. */
export function asRefusal(error: unknown, request: FastifyRequest): Refusal {
  const known = error instanceof Error && 'code' in error ? FASTIFY_ERRORS[String(error.code)] : undefined;
  if (known !== undefined) return { code: known };
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status >= 400 && status < 500) return { code: 'request.invalid' };
  const errorId = randomUUID();
  request.log.error({ errorId, err: error }, 'a call failed');
  return { code: 'portal.failed', details: { errorId } };
}
