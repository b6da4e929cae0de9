import { createHash } from 'node:crypto';
import type { JsonValue } from '../../store/json.ts';
import { canonical } from '../../values/canonical.ts';

/** Hash of what was accepted, as the receipt states it: SHA-256 over RFC 8785 canonical JSON, lower-case hex. */
export const contentHash = (content: { [key: string]: JsonValue }): string =>
  createHash('sha256').update(canonical(content)).digest('hex');
