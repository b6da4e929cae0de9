import * as asn1js from 'asn1js';
import { AlgorithmIdentifier, Extension } from 'pkijs';
import { contextTag, Malformed, type Part, partAt, partsOf, tags, timeIn } from '../../elements.ts';

/**
 * A list of revoked certificates (RFC 5280, 5.1). Authorities' lists have up to hundreds of thousands of entries; read as
 * objects they would take more memory than the whole process may have, so only the frame becomes objects and the
 * entries are looked through as bytes.
 */
export type RevocationList = {
  /** What the signature is over. */
  signed: Uint8Array;
  algorithm: AlgorithmIdentifier;
  signature: Uint8Array;
  /** The issuer's name as bytes, in hexadecimal. */
  issuer: string;
  thisUpdate: number;
  nextUpdate: number | undefined;
  extensions: Extension[];
  /** Throws where any entry says something critical that is not known here: such a list says nothing of any certificate (RFC 5280, 5.3). */
  find(serial: Uint8Array): RevokedEntry | undefined;
};
export type RevokedEntry = { at: number; reason: number | undefined };

const reasonExtension = '2.5.29.21';
/** Reason and date of invalidity, as their identifiers are written. Who issued a certificate, where it is not the list's authority, is not known. */
const KNOWN_OF_ENTRY: ReadonlySet<string> = new Set(['551d15', '551d18']);

/** Reads a list; undefined when the bytes are none. */
export function readRevocationList(der: Uint8Array): RevocationList | undefined {
  try {
    return readList(der);
  } catch {
    return undefined;
  }
}

function readList(der: Uint8Array): RevocationList {
  const whole = partAt(der, 0, der.length);
  const [signed, algorithm, signature] = partsOf(der, whole);
  if (!signed || !algorithm || signature?.tag !== tags.bitString || der[signature.content] !== 0) {
    throw new Malformed();
  }
  const raw = ({ start, next }: Part) => der.subarray(start, next);
  const parts = [...partsOf(der, signed)];
  // The version may be absent; then come algorithm and issuer.
  if (parts[0]?.tag === tags.integer) parts.shift();
  const [, issuer, issued, ...rest] = parts;
  if (issuer?.tag !== tags.sequence || !issued) throw new Malformed();
  const next = rest.find(({ tag }) => tag === tags.utcTime || tag === tags.generalizedTime);
  const entries = rest.find(({ tag }) => tag === tags.sequence);
  const extensions = rest.find(({ tag }) => tag === contextTag(0));
  return {
    signed: raw(signed),
    algorithm: new AlgorithmIdentifier({ schema: parsed(raw(algorithm)) }),
    signature: der.subarray(signature.content + 1, signature.end),
    issuer: Buffer.from(raw(issuer)).toString('hex'),
    thisUpdate: timeOf(raw(issued)),
    nextUpdate: next && timeOf(raw(next)),
    extensions: extensions ? extensionsOf(der.subarray(extensions.content, extensions.end)) : [],
    find: (serial) => {
      if (!entries) return undefined;
      let found: RevokedEntry | undefined;
      for (const entry of partsOf(der, entries)) {
        const number = partAt(der, entry.content, entry.end);
        const at = partAt(der, number.next, entry.end);
        if (at.next < entry.end && !isUnderstood(der, partAt(der, at.next, entry.end))) throw new Malformed();
        if (Buffer.compare(der.subarray(number.content, number.end), serial) !== 0) continue;
        found = { at: timeOf(raw(at)), reason: reasonOf(der.subarray(at.next, entry.end)) };
      }
      return found;
    },
  };
}

function isUnderstood(der: Uint8Array, extensions: Part): boolean {
  for (const extension of partsOf(der, extensions)) {
    const id = partAt(der, extension.content, extension.end);
    const critical = partAt(der, id.next, extension.end);
    const isCritical = critical.tag === tags.boolean && der[critical.content] !== 0;
    if (isCritical && !KNOWN_OF_ENTRY.has(Buffer.from(der.subarray(id.content, id.end)).toString('hex')))
      return false;
  }
  return true;
}

const parsed = (der: Uint8Array): asn1js.AsnType => {
  const { offset, result } = asn1js.fromBER(new Uint8Array(der));
  if (offset <= 0) throw new Malformed();
  return result;
};

const timeOf = (der: Uint8Array): number => timeIn(der).getTime();

function extensionsOf(der: Uint8Array): Extension[] {
  const list = parsed(der);
  if (!(list instanceof asn1js.Sequence)) throw new Malformed();
  return list.valueBlock.value.map((schema) => new Extension({ schema }));
}

function reasonOf(der: Uint8Array): number | undefined {
  if (der.length === 0) return undefined;
  const value: unknown = extensionsOf(der).find(({ extnID }) => extnID === reasonExtension)?.parsedValue;
  return value instanceof asn1js.Enumerated ? value.valueBlock.valueDec : undefined;
}
