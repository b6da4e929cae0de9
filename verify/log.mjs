// @ts-check
// Checks an exported log against itself and the keys: docs/log-format.md says what each line is.
import { cosignedAt, readCheckpoint, readKey, signerOf } from './notes.mjs';
import { growTree, hashLeaf, hashPayload, proofHolds, rootOfPath } from './tree.mjs';

/** @typedef {import('./notes.mjs').Key} Key */
/** @typedef {import('./notes.mjs').Checkpoint} Checkpoint */
/** What is wrong: a stable code, the entry or the size it concerns, more for the sentence. */
/** @typedef {{ code: string, entry?: number, to?: number, size?: number, reason?: string }} Finding */
/** @typedef {{ code: string, size?: number, at?: string }} Note */
/**
 * @typedef {{ findings: Finding[], notes: Note[], signedTo: number | null, entries: number, from: number, to: number, erased: number,
 *   checkpoints: number, countersigned: number, lastCountersigned: number | null, keys: Key[], witness: Key | null,
 *   origin: string, hashAt: (entry: number) => Buffer | undefined, rootAt: (size: number) => Buffer | undefined }} Report
 */

/** @typedef {{ [field: string]: unknown }} Fields */
/** @param {unknown} value @returns {value is Fields} */
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
/** @param {unknown} value */
const bytesOf = (value) => (typeof value === 'string' ? Buffer.from(value, 'base64') : null);
/** @param {unknown} value */
const textOf = (value) => (typeof value === 'string' ? value : '');
/** @param {unknown} value */
const numberOf = (value) => (typeof value === 'number' && Number.isSafeInteger(value) ? value : null);
/** @param {unknown} value */
const listOf = (value) => (Array.isArray(value) ? value.map(bytesOf) : []);
/** @param {(Buffer | null)[]} list @returns {Buffer[] | null} */
const hashesOf = (list) =>
  list.every((one) => one?.length === 32) ? list.filter((one) => one !== null) : null;

/** A file that is no export of a log at all. */
export class Unreadable extends Error {}

/**
 * @param {AsyncIterable<string> | Iterable<string>} lines
 * @param {{ keys?: Key[], witness?: Key | null }} [trusted] Keys known from elsewhere; those in the file are not believed then.
 * @returns {Promise<Report>}
 */
export async function checkLog(lines, trusted = {}) {
  /** @type {Finding[]} */
  const findings = [];
  /** @type {Note[]} */
  const notes = [];
  /** @param {Finding} finding */
  const find = (finding) => void findings.push(finding);

  /** @type {Fields | null} */
  let header = null;
  /** @type {ReturnType<typeof growTree>} */
  let tree = growTree(null);
  /** @type {ReturnType<typeof growTree>} */
  /** Over the hashes the file says the leaves had. */
  let told = growTree(null);
  let isWhole = true;
  let from = 1;
  let entries = 0;
  let erased = 0;
  let isEnded = false;
  let ended = 0;
  /** @type {{ checkpoint: Checkpoint, cosignature: string | null }[]} */
  const checkpoints = [];
  /** @type {{ from: number, to: number, path: Buffer[] | null }[]} */
  const consistencies = [];
  /** @type {{ sequence: number, size: number, path: Buffer[] | null }[]} */
  const inclusions = [];
  /** @type {{ place: number, sequence: number | null, counter: number | null, epoch: number | null, kind: string, ids: Fields }[]} */
  const seen = [];
  /** @type {Set<number>} Entries whose bytes are not what the file says was hashed. */
  const changed = new Set();

  /** @param {Fields} fields */
  const onEntry = (fields) => {
    const place = from + entries;
    entries += 1;
    const leaf = bytesOf(fields['leaf']) ?? Buffer.alloc(0);
    const hash = hashLeaf(leaf);
    tree.add(hash);
    const said = bytesOf(fields['hash']);
    told.add(said?.length === 32 ? said : hash);
    if (said !== null && !said.equals(hash)) changed.add(place);
    /** @type {unknown} */
    let value = null;
    try {
      value = JSON.parse(leaf.toString('utf8'));
    } catch {
      value = null;
    }
    const content = isObject(value) ? value : {};
    const ids = content['ids'];
    seen.push({
      place,
      sequence: numberOf(content['sequence']),
      counter: numberOf(content['counter']),
      epoch: numberOf(content['epoch']),
      kind: textOf(content['kind']),
      ids: isObject(ids) ? ids : {},
    });
    const entry = numberOf(content['sequence']) ?? place;
    if (fields['erased'] !== undefined) erased += 1;
    const salt = bytesOf(fields['salt']);
    const payload = bytesOf(fields['payload']);
    if ((salt === null) !== (payload === null)) find({ code: 'payload.changed', entry });
    else if (salt !== null && payload !== null && hashPayload(salt, payload) !== content['payload'])
      find({ code: 'payload.changed', entry });
  };

  /** @param {Fields} fields */
  const onHeader = (fields) => {
    if (fields['format'] !== 'virtuos-log/1') throw new Unreadable('export.unreadable');
    header = fields;
    from = numberOf(fields['from']) ?? 1;
    isWhole = from === 1;
  };

  /** @param {Fields} fields */
  const onBefore = (fields) => {
    const before = fields['before'];
    const size = isObject(before) ? numberOf(before['size']) : null;
    const list = isObject(before) ? hashesOf(listOf(before['hashes'])) : null;
    if (size !== from - 1 || list === null || entries > 0)
      return find({ code: 'export.damaged', reason: 'before' });
    try {
      tree = growTree({ size, hashes: list });
      told = growTree({ size, hashes: list });
      isWhole = true;
    } catch {
      find({ code: 'export.damaged', reason: 'before' });
    }
  };

  /** @param {Fields} fields */
  const onLine = (fields) => {
    if (fields['leaf'] !== undefined) return onEntry(fields);
    if (fields['before'] !== undefined) return onBefore(fields);
    if (fields['checkpoint'] !== undefined) {
      const checkpoint = readCheckpoint(textOf(fields['checkpoint']));
      if (checkpoint === null) return find({ code: 'checkpoint.unreadable', entry: from + entries - 1 });
      const cosignature = fields['cosignature'];
      return void checkpoints.push({
        checkpoint,
        cosignature: typeof cosignature === 'string' ? cosignature : null,
      });
    }
    const { consistency, inclusion, end } = fields;
    if (isObject(consistency))
      return void consistencies.push({
        from: numberOf(consistency['from']) ?? 0,
        to: numberOf(consistency['to']) ?? 0,
        path: hashesOf(listOf(consistency['path'])),
      });
    if (isObject(inclusion))
      return void inclusions.push({
        sequence: numberOf(inclusion['sequence']) ?? 0,
        size: numberOf(inclusion['size']) ?? 0,
        path: hashesOf(listOf(inclusion['path'])),
      });
    if (isObject(end)) {
      isEnded = true;
      ended = numberOf(end['entries']) ?? -1;
      return;
    }
    find({ code: 'export.damaged', reason: 'line' });
  };

  let number = 0;
  for await (const text of lines) {
    if (text === '') continue;
    number += 1;
    /** @type {unknown} */
    let value;
    try {
      value = JSON.parse(text);
    } catch {
      if (number === 1) throw new Unreadable('export.unreadable');
      find({ code: 'export.damaged', reason: `line ${number}` });
      continue;
    }
    if (!isObject(value)) throw new Unreadable('export.unreadable');
    if (number === 1) onHeader(value);
    else onLine(value);
  }
  if (header === null) throw new Unreadable('export.unreadable');
  /** @type {Fields} */
  const head = header;
  const origin = textOf(head['origin']);
  const to = numberOf(head['to']) ?? 0;
  const listed = Array.isArray(head['keys']) ? head['keys'].map((key) => readKey(textOf(key))) : [];
  const keys = trusted.keys ?? listed.filter((key) => key !== null);
  const witness = trusted.witness ?? readKey(textOf(head['witness']));
  if (trusted.keys === undefined) notes.push({ code: 'keys.from-file' });
  else if (trusted.witness == null && witness !== null) notes.push({ code: 'witness.from-file' });

  if (!isEnded) find({ code: 'export.cut-short', entry: from + entries - 1 });
  order(seen, from, to, ended, entries, find);
  // Entries that do not stand where they belong lead to no root: what is wrong is said already.
  const isInOrder = !findings.some(({ code }) => code.startsWith('entr'));
  const highest = seen.reduce((most, { sequence }) => Math.max(most, sequence ?? 0), from - 1);
  for (const place of changed) {
    const entry = seen.find((one) => one.place === place)?.sequence ?? place;
    find({ code: 'entry.changed', entry });
  }

  const added = from;
  /** @param {number} entry */
  const hashAt = (entry) => tree.leafAt(entry - added);
  /** Of a part that does not say what was before it, no root can be known. @param {number} size */
  const rootOver = (size) => (isWhole ? tree.rootAt(size) : undefined);

  // Checkpoints: whose they are, and whether the leaves lead to them.
  let good = from - 1;
  let countersigned = 0;
  /** @type {number | null} */
  let lastCountersigned = null;
  let isBroken = false;
  /** @type {Map<number, Buffer>} Roots that a true signature stands under. */
  const signed = new Map();
  for (const { checkpoint, cosignature } of checkpoints.sort(
    (a, b) => a.checkpoint.size - b.checkpoint.size,
  )) {
    const { size, root, text } = checkpoint;
    const by = checkpoint.origin === origin ? signerOf(checkpoint, keys) : 'bad';
    if (by === 'bad') find({ code: 'signature.bad', size });
    else if (by === 'unknown') find({ code: 'signature.unknown-key', size });
    else if (signed.get(size)?.equals(root) === false) find({ code: 'checkpoint.forked', size });
    else signed.set(size, root);
    if (cosignature !== null && witness !== null) {
      if (cosignedAt(cosignature, text, witness) === null) find({ code: 'cosignature.bad', size });
      else {
        countersigned += 1;
        lastCountersigned = Math.max(lastCountersigned ?? 0, size);
      }
    }
    // A signed size that the file does not reach: its end was cut off, whatever the file says of itself.
    const isBeyond = size > Math.max(to, highest) && inclusions.length === 0 && typeof by !== 'string';
    if (isBeyond) find({ code: 'entry.missing', entry: Math.max(to, highest) + 1 });
    if (!isWhole || !isInOrder || isBroken || typeof by === 'string') continue;
    const computed = rootOver(size);
    if (computed === undefined) continue;
    if (computed.equals(root)) good = size;
    else {
      // The hashes are the true ones when they lead to the signed root; then each changed entry was named already.
      const isNamed = told.rootAt(size)?.equals(root) === true && changed.size > 0;
      if (!isNamed && findings.every(({ code }) => !code.startsWith('entry.')))
        find({ code: 'entry.changed-among', entry: good + 1, to: size, size });
      else if (!isNamed) find({ code: 'checkpoint.differs', size });
      isBroken = true;
    }
  }
  for (const { from: first, to: second, path } of consistencies) {
    const a = signed.get(first);
    const b = isInOrder ? (rootOver(second) ?? signed.get(second)) : signed.get(second);
    if (path === null || a === undefined || b === undefined || !proofHolds(first, a, second, b, path))
      find({ code: 'consistency.bad', size: second });
  }
  for (const { sequence, size, path } of inclusions) {
    const hash = hashAt(sequence);
    const root = signed.get(size);
    const computed = hash && path && rootOfPath(hash, sequence - 1, size, path);
    if (!computed || root === undefined || !computed.equals(root))
      find({ code: 'inclusion.bad', entry: sequence, size });
    else good = sequence;
  }
  if (isInOrder) epochs(seen, (size) => signed.get(size) ?? rootOver(size), find);

  const last = from + entries - 1;
  // Nobody answers for what stands behind the last signature: it could say anything.
  const signedTo = entries === 0 || good < from ? null : Math.min(good, last);
  if (findings.length === 0 && signedTo === null) notes.push({ code: 'nothing.signed' });
  else if (findings.length === 0 && good < last) notes.push({ code: 'end.unsigned', size: good });
  return {
    findings,
    notes,
    signedTo,
    entries,
    from,
    to: last,
    erased,
    checkpoints: checkpoints.length,
    countersigned,
    lastCountersigned,
    keys,
    witness,
    origin,
    hashAt,
    rootAt: (size) => rootOver(size) ?? signed.get(size),
  };
}

/**
 * Entries that are missing, doubled or at another place, by the sequences they bear.
 * @param {{ place: number, sequence: number | null, counter: number | null }[]} seen
 * @param {number} from @param {number} to @param {number} ended @param {number} entries @param {(finding: Finding) => void} find
 */
function order(seen, from, to, ended, entries, find) {
  const have = new Map();
  for (const { sequence, place } of seen) {
    if (sequence === null) find({ code: 'entry.unreadable', entry: place });
    else if (have.has(sequence)) find({ code: 'entry.doubled', entry: sequence });
    else have.set(sequence, place);
  }
  /** @param {number} sequence */
  const isGone = (sequence) => !have.has(sequence) && seen[sequence - from]?.sequence !== null;
  for (let sequence = from; sequence <= to; sequence += 1) {
    if (!isGone(sequence)) continue;
    let last = sequence;
    while (last < to && isGone(last + 1)) last += 1;
    if (last === sequence) find({ code: 'entry.missing', entry: sequence });
    else find({ code: 'entries.missing', entry: sequence, to: last });
    sequence = last;
  }
  let highest = from - 1;
  for (const { sequence } of seen) {
    if (sequence === null) continue;
    if (sequence < highest) find({ code: 'entry.reordered', entry: sequence });
    if (sequence > to || sequence < from) find({ code: 'entry.foreign', entry: sequence });
    highest = Math.max(highest, sequence);
  }
  if (ended >= 0 && ended !== entries && have.size === entries && have.size === to - from + 1)
    find({ code: 'export.damaged', reason: 'end' });
}

/**
 * A new epoch begins with an entry that names the checkpoint it goes on from.
 * @param {{ place: number, sequence: number | null, epoch: number | null, ids: Fields }[]} seen
 * @param {(size: number) => Buffer | undefined} rootAt @param {(finding: Finding) => void} find
 */
function epochs(seen, rootAt, find) {
  /** @type {number | null} */
  let before = null;
  for (const { sequence, epoch, ids, place } of seen) {
    if (epoch === null) continue;
    const entry = sequence ?? place;
    if (before !== null && epoch < before) find({ code: 'epoch.goes-back', entry });
    if (before !== null && epoch > before) {
      const size = numberOf(ids['checkpointSize']);
      const root = textOf(ids['checkpointRoot']).replace(/^sha256:/, '');
      const here = size === null ? undefined : rootAt(size);
      if (ids['epoch'] !== epoch || (here !== undefined && here.toString('base64url') !== root))
        find({ code: 'epoch.other-checkpoint', entry });
    }
    before = epoch;
  }
}
