import { type ReadCertificate, readCertificate } from './cms/certificate.ts';
import { digest, sameBytes } from './cms/primitives.ts';
import { type Evidence, readEvidence } from './cms/revocation.ts';
import {
  carriedContent,
  checkSignature,
  materialOf,
  type ReadSignedData,
  readSignedData,
  readTimestamp,
} from './cms/signed-data.ts';
import { type DataMessage, readDataMessage } from './data-message.ts';
import type {
  CmsFacts,
  DocumentProblem,
  Facts,
  IntegrityFacts,
  SignatureFacts,
  TimestampFacts,
} from './facts.ts';
import { type Anchors, findPath, readAnchors } from './paths.ts';
import { compareRevisions } from './pdf/changes.ts';
import { openFile, type PdfFile, type Revision } from './pdf/file.ts';
import { catalogOf, type FoundSignature, findSignatures } from './pdf/signatures.ts';
import { isArray, isDictionary, isStream, PdfFault, type PdfValue } from './pdf/syntax.ts';
import type { TrustList } from './trust/list.ts';

/** What is to be looked at. */
export type Subject = {
  bytes: Uint8Array;
  /** A signature that came in a file of its own (.p7s) beside the bytes. */
  detached?: Uint8Array;
};

const MAX_SIGNATURES = 100;
const MAX_TIMESTAMPS = 10;
const MAX_CERTIFICATES = 500;
const MAX_EVIDENCE = 500;

/** A document that was taken apart once, and is looked at again with every new piece of evidence. */
export type Examination = { facts(fetched: Uint8Array[]): Facts };

/** Takes a document apart. Throws nothing that a file can cause; what it may cost is bounded by whoever runs it. */
export function examine(subject: Subject, lists: TrustList[]): Examination {
  const anchors = readAnchors(lists);
  const { bytes, detached } = subject;
  try {
    if (detached) return examineDetached(bytes, detached, anchors);
    if (Buffer.from(bytes.subarray(0, 1024)).includes('%PDF-')) return examinePdf(bytes, anchors);
    return examineMessage(bytes, anchors);
  } catch (error) {
    if (error instanceof PdfFault || error instanceof RangeError) {
      return problem('pdf', 'document.unreadable');
    }
    throw error;
  }
}

const problem = (format: Facts['format'], code: DocumentProblem): Examination => ({
  facts: () => ({ format, problem: code, signatures: [], attachments: [] }),
});

/** Certificates and evidence from everywhere in a document; each is believed only as far as its own signature goes. */
class Pool {
  readonly certificates = new Map<string, ReadCertificate>();
  readonly evidence: Evidence[] = [];
  readonly #anchors: Anchors;

  constructor(anchors: Anchors) {
    this.#anchors = anchors;
  }

  addCertificates(found: ReadCertificate[]): void {
    for (const certificate of found) {
      if (this.certificates.size < MAX_CERTIFICATES) this.certificates.set(certificate.id, certificate);
    }
  }

  addEvidence(der: Uint8Array): void {
    const read = this.evidence.length < MAX_EVIDENCE ? readEvidence(der, 'embedded') : undefined;
    if (read) this.evidence.push(read);
  }

  path(leaf: ReadCertificate | undefined, fetched: Evidence[]) {
    return (
      leaf && findPath(leaf, [...this.certificates.values()], this.#anchors, [...this.evidence, ...fetched])
    );
  }
}

/** A signature of which only the paths remain to be found. */
type Prepared = { signature: SignatureFacts; paths: ((fetched: Evidence[]) => void)[] };

function finish(
  format: Facts['format'],
  prepared: Prepared[],
  attachments: Facts['attachments'] = [],
): Examination {
  return {
    facts: (fetched) => {
      const evidence = fetched.flatMap((der) => readEvidence(der, 'fetched') ?? []);
      for (const { paths } of prepared) for (const fill of paths) fill(evidence);
      return {
        format,
        problem: undefined,
        signatures: prepared.map(({ signature }) => signature),
        attachments,
      };
    },
  };
}

/** Checks a CMS structure over its content, and the timestamps within. */
function prepareCms(
  { signedData }: ReadSignedData,
  content: Uint8Array,
  pool: Pool,
  paths: Prepared['paths'],
): { cms: CmsFacts; timestamps: TimestampFacts[] } | undefined {
  const own = materialOf(signedData);
  pool.addCertificates(own.certificates);
  for (const der of own.evidence) pool.addEvidence(der);
  const checked = checkSignature(signedData, content, [...pool.certificates.values()]);
  if (!checked) return undefined;
  const cms: CmsFacts = { ...checked.facts, path: undefined };
  paths.push((fetched) => {
    cms.path = pool.path(checked.signer, fetched);
  });
  const timestamps = checked.timestampTokens
    .slice(0, MAX_TIMESTAMPS)
    .flatMap((token) => prepareTimestamp(token, (hash) => digest(hash, checked.value), pool, paths) ?? []);
  return { cms, timestamps };
}

/** Checks a timestamp token. `wanted` gives, for a hash algorithm, what the timestamp must be over. */
function prepareTimestamp(
  token: Uint8Array,
  wanted: (hashAlgorithm: string) => Uint8Array | undefined,
  pool: Pool,
  paths: Prepared['paths'],
): TimestampFacts | undefined {
  const read = readTimestamp(token);
  const prepared = read && prepareCms({ signedData: read.signedData, length: 0 }, read.content, pool, paths);
  if (!read || !prepared) return undefined;
  const { messageImprint, genTime, serialNumber, policy } = read.info;
  const expected = wanted(messageImprint.hashAlgorithm.algorithmId);
  const holds = expected && sameBytes(expected, messageImprint.hashedMessage.valueBlock.valueHexView);
  return {
    cms: prepared.cms,
    imprint: holds === undefined ? 'unsupported' : holds ? 'matches' : 'differs',
    time: genTime.getTime(),
    number: BigInt(
      `0x${Buffer.from(serialNumber.valueBlock.valueHexView).toString('hex') || '0'}`,
    ).toString(),
    policy,
  };
}

const wholeFile = (end: number, fault?: IntegrityFacts['fault']): IntegrityFacts => ({
  fault,
  coversAll: fault === undefined,
  end,
  harmless: [],
  other: [],
  forbidsSignatures: false,
});

const unreadable = (format: SignatureFacts['format'], end: number): Prepared => ({
  signature: {
    field: undefined,
    format,
    integrity: wholeFile(end, 'contents.unreadable'),
    claimedAt: undefined,
    cms: undefined,
    timestamps: [],
  },
  paths: [],
});

/** DER as it is, or out of the letters of a PEM or base64 file. */
function binary(bytes: Uint8Array): Uint8Array {
  if (bytes[0] === 0x30) return bytes;
  const text = Buffer.from(bytes).toString('latin1');
  return new Uint8Array(Buffer.from(text.replace(/-----[^-]*-----/g, '').replace(/\s/g, ''), 'base64'));
}

function examineDetached(bytes: Uint8Array, detached: Uint8Array, anchors: Anchors): Examination {
  const read = readSignedData(binary(detached));
  const pool = new Pool(anchors);
  if (!read) return finish('cades', [unreadable('cades', bytes.length)]);
  // Each signer is a signature of its own over the same bytes.
  const prepared = read.signedData.signerInfos.slice(0, MAX_SIGNATURES).map((signer): Prepared => {
    const alone = Object.assign(Object.create(Object.getPrototypeOf(read.signedData)), read.signedData);
    alone.signerInfos = [signer];
    const paths: Prepared['paths'] = [];
    const checked = prepareCms({ signedData: alone, length: read.length }, bytes, pool, paths);
    if (!checked) return unreadable('cades', bytes.length);
    const signature: SignatureFacts = {
      field: undefined,
      format: 'cades',
      integrity: wholeFile(bytes.length),
      claimedAt: checked.cms.claimedAt,
      ...checked,
    };
    return { signature, paths };
  });
  return finish('cades', prepared.length > 0 ? prepared : [unreadable('cades', bytes.length)]);
}

function examineMessage(bytes: Uint8Array, anchors: Anchors): Examination {
  const read = readSignedData(bytes);
  const content = read && carriedContent(read.signedData);
  const message = content && readDataMessage(content);
  if (!read || !content || !message) return problem('unknown', 'document.unknown-format');
  const pool = new Pool(anchors);
  const paths: Prepared['paths'] = [];
  const checked = prepareCms(read, content, pool, paths);
  if (!checked)
    return finish('data-message', [unreadable('data-message', bytes.length)], message.attachments);
  const timestamp = messageTimestamp(message, pool, paths);
  const signature: SignatureFacts = {
    field: undefined,
    format: 'data-message',
    integrity: wholeFile(bytes.length, read.length === bytes.length ? undefined : 'contents.padding'),
    claimedAt: checked.cms.claimedAt,
    cms: checked.cms,
    timestamps: [...checked.timestamps, ...timestamp],
  };
  return finish('data-message', [{ signature, paths }], message.attachments);
}

/** The bytes of an attachment of a data message, as they are; undefined when the file is no message or has no such. */
export function readAttachment(bytes: Uint8Array, attachment: number): Uint8Array | undefined {
  const read = readSignedData(bytes);
  const content = read && carriedContent(read.signedData);
  return content && readDataMessage(content)?.contentOf(attachment);
}

function messageTimestamp(message: DataMessage, pool: Pool, paths: Prepared['paths']): TimestampFacts[] {
  const stamped = message.timestamp && prepareTimestamp(message.timestamp, () => message.hash, pool, paths);
  if (!stamped) return [];
  return [message.hashHolds ? stamped : { ...stamped, imprint: 'differs' }];
}

function examinePdf(bytes: Uint8Array, anchors: Anchors): Examination {
  const file = openFile(bytes);
  const last = file.revision(bytes.length);
  // Nobody could show it, and what hides in its strings cannot be compared.
  if (last.encrypted) return problem('pdf', 'document.encrypted');
  const pool = new Pool(anchors);
  const found = findSignatures(file, last);
  if (found.length > MAX_SIGNATURES) return problem('pdf', 'document.too-large');
  readSecurityStore(last, pool);
  return finish(
    'pdf',
    found.map((signature) => prepareSignature(file, last, signature, found, pool)),
  );
}

/** Certificates, lists and answers that were added for later checking (ISO 32000-2, 12.8.4.3). */
function readSecurityStore(last: Revision, pool: Pool): void {
  const store = last.resolve(catalogOf(last).entries.get('DSS'));
  if (!isDictionary(store)) return;
  const contents = (key: string): Uint8Array[] => {
    const list = last.resolve(store.entries.get(key));
    const items: (PdfValue | undefined)[] = isArray(list) ? list.items.slice(0, MAX_EVIDENCE) : [];
    return items.flatMap((item) => {
      const stream = last.resolve(item);
      return isStream(stream) ? [last.unpack(stream)] : [];
    });
  };
  pool.addCertificates(contents('Certs').flatMap((der) => readCertificate(der) ?? []));
  for (const der of [...contents('CRLs'), ...contents('OCSPs')]) pool.addEvidence(der);
}

const formats: Record<string, SignatureFacts['format']> = {
  'ETSI.CAdES.detached': 'pades',
  'adbe.pkcs7.detached': 'adbe',
  'ETSI.RFC3161': 'timestamp',
};

function prepareSignature(
  file: PdfFile,
  last: Revision,
  found: FoundSignature,
  all: FoundSignature[],
  pool: Pool,
): Prepared {
  const paths: Prepared['paths'] = [];
  const format = formats[found.format ?? ''] ?? 'unsupported';
  const integrity = integrityOf(file, last, found, all);
  const signature: SignatureFacts = {
    field: found.field,
    format,
    integrity,
    claimedAt: pdfTime(found.claimedTime),
    cms: undefined,
    timestamps: [],
  };
  if (found.range === undefined || found.fault !== undefined || format === 'unsupported')
    return { signature, paths };
  const { holeStart, holeEnd, end } = found.range;
  const content = Buffer.concat([file.bytes.subarray(0, holeStart), file.bytes.subarray(holeEnd, end)]);
  const read = readSignedData(found.contents);
  if (!read)
    return { signature: { ...signature, integrity: { ...integrity, fault: 'contents.unreadable' } }, paths };
  // The hole is larger than what is in it; the rest must say nothing.
  if (found.contents.subarray(read.length).some((byte) => byte !== 0)) integrity.fault = 'contents.padding';
  if (format === 'timestamp') {
    const stamped = prepareTimestamp(found.contents, (hash) => digest(hash, content), pool, paths);
    if (stamped) signature.timestamps = [stamped];
    else integrity.fault ??= 'contents.unreadable';
    return { signature, paths };
  }
  // The content is the file; a structure that brings its own speaks of something else.
  const checked = carriedContent(read.signedData) ? undefined : prepareCms(read, content, pool, paths);
  if (!checked) integrity.fault ??= 'contents.unreadable';
  return {
    signature: { ...signature, ...checked, claimedAt: signature.claimedAt ?? checked?.cms.claimedAt },
    paths,
  };
}

function integrityOf(
  file: PdfFile,
  last: Revision,
  { signed, fault, range, certifies }: FoundSignature,
  all: FoundSignature[],
): IntegrityFacts {
  const end = range?.end ?? 0;
  const facts: IntegrityFacts = {
    fault,
    coversAll: false,
    end,
    harmless: [],
    other: [],
    forbidsSignatures: false,
  };
  if (signed === undefined) return facts;
  facts.coversAll =
    /^\s*$/.test(Buffer.from(file.bytes.subarray(end, end + 8)).toString('latin1')) &&
    file.bytes.length - end <= 8;
  if (!facts.coversAll) Object.assign(facts, compareRevisions(file, signed, last));
  const later = all.some((other) => !other.isTimestamp && (other.range?.end ?? 0) > end);
  facts.forbidsSignatures = certifies === 1 && later;
  return facts;
}

/** `D:20260131120000+01'00'` (ISO 32000-2, 7.9.4); undefined when it is not so. */
function pdfTime(text: string | undefined): number | undefined {
  const parts = /^D:(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:Z|([+-])(\d\d)'?(\d\d)?'?)?/.exec(
    text ?? '',
  );
  if (!parts) return undefined;
  const [
    ,
    year,
    month = '01',
    day = '01',
    hour = '00',
    minute = '00',
    second = '00',
    sign,
    zoneHour,
    zoneMinute,
  ] = parts;
  const local = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const offset = (Number(zoneHour ?? 0) * 60 + Number(zoneMinute ?? 0)) * 60_000;
  return Number.isNaN(local) ? undefined : local - (sign === '-' ? -offset : offset);
}
