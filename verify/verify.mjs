#!/usr/bin/env node
// @ts-check
// Verifies a log that a desk exported, or the code on a receipt, without any other part of this project:
//   node verify/verify.mjs EXPORT [--key KEY]... [--witness KEY] [--json]
//   node verify/verify.mjs --receipt TEXT [EXPORT] [--key KEY]...
// Ends with 0 when valid, 1 when not, 2 when there is nothing to verify or nothing of it is signed.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { checkLog, Unreadable } from './log.mjs';
import { checkpointText, fingerprint, readKey, signerOfText } from './notes.mjs';
import { readReceipt } from './receipt.mjs';
import { say } from './texts.mjs';
import { rootOfPath } from './tree.mjs';

/** @typedef {import('./log.mjs').Report} Report */
/** @typedef {import('./notes.mjs').Key} Key */
/** @typedef {import('./texts.mjs').Said} Said */
/** @typedef {{ valid: boolean, exitCode: 0 | 1 | 2, lines: string[], findings: Said[] }} Outcome */

/** @param {string} path */
const linesOf = (path) => createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity });

/**
 * Judges a receipt's code, with the exported log where there is one.
 * @param {string} text @param {Key[]} keys @param {Report | null} log
 * @returns {{ findings: Said[], entry: number | null }}
 */
export function checkReceipt(text, keys, log) {
  const receipt = readReceipt(text);
  if (receipt === null) return { findings: [{ code: 'receipt.unreadable' }], entry: null };
  const { origin, index, size, leafHash, path, keyId, signature } = receipt;
  const entry = index + 1;
  const root = path === null ? receipt.root : rootOfPath(leafHash, index, size, path);
  if (root === null || index >= size) return { findings: [{ code: 'receipt.proof-bad' }], entry };
  const signer = signerOfText(checkpointText(origin, size, root), keyId, signature, origin, keys);
  if (signer === 'unknown') return { findings: [{ code: 'receipt.unknown-key' }], entry };
  if (signer === 'bad') return { findings: [{ code: 'receipt.signature-bad' }], entry };
  const there = log?.hashAt(entry);
  const rootThere = log?.rootAt(size);
  if (there?.equals(leafHash) === false || rootThere?.equals(root) === false)
    return { findings: [{ code: 'receipt.other-log', entry }], entry };
  if (path === null && (there === undefined || rootThere === undefined))
    return { findings: [{ code: 'receipt.needs-log' }], entry };
  return { findings: [], entry };
}

/** @param {Report} report */
const summary = (report) => [
  `log: ${report.origin}`,
  `entries: ${report.entries} (${report.from}–${report.to}), erased contents: ${report.erased}`,
  `checkpoints: ${report.checkpoints}, countersigned: ${report.countersigned}${report.lastCountersigned === null ? '' : ` (up to ${report.lastCountersigned})`}`,
  ...report.keys.map((key) => `desk key: ${fingerprint(key)}`),
  ...(report.witness === null ? [] : [`portal key: ${fingerprint(report.witness)}`]),
];

/** @param {Report} report @returns {Said} */
function verdict({ findings, signedTo, to }) {
  if (findings.length > 0) return { code: 'log.invalid' };
  if (signedTo === null) return { code: 'log.unproved' };
  return signedTo < to ? { code: 'log.valid-to', size: signedTo } : { code: 'log.valid' };
}

/**
 * The whole command; what it prints comes back as lines.
 * @param {string[]} args @returns {Promise<Outcome>}
 */
export async function run(args) {
  /** @param {Said[]} findings @param {string[]} lines @returns {Outcome} */
  const unusable = (findings, lines = []) => ({
    valid: false,
    exitCode: 2,
    lines: [...lines, ...findings.map(say)],
    findings,
  });
  /** @type {{ values: { key?: string[], witness?: string, receipt?: string, json?: boolean }, positionals: string[] }} */
  let parsed;
  try {
    parsed = parseArgs({
      args,
      allowPositionals: true,
      options: {
        key: { type: 'string', multiple: true },
        witness: { type: 'string' },
        receipt: { type: 'string' },
        json: { type: 'boolean' },
      },
    });
  } catch (error) {
    return unusable([], [error instanceof Error ? error.message : String(error)]);
  }
  const { values, positionals } = parsed;
  const [file] = positionals;
  const given = (values.key ?? []).map(readKey);
  const witness = values.witness === undefined ? undefined : readKey(values.witness);
  if (given.includes(null) || witness === null) return unusable([{ code: 'keys.unusable' }]);
  const keys = given.filter((key) => key !== null);
  if (file === undefined && values.receipt === undefined)
    return unusable(
      [],
      ['usage: npm run verify -- EXPORT [--key KEY] [--witness KEY] [--receipt TEXT] [--json]'],
    );

  /** @type {Report | null} */
  let report = null;
  if (file !== undefined) {
    try {
      report = await checkLog(linesOf(file), {
        ...(keys.length > 0 && { keys }),
        ...(witness !== undefined && { witness }),
      });
    } catch (error) {
      if (error instanceof Unreadable) return unusable([{ code: 'export.unreadable' }]);
      return unusable([], [error instanceof Error ? error.message : String(error)]);
    }
  }
  /** @type {Said[]} */
  const findings = [...(report?.findings ?? [])];
  /** @type {string[]} */
  const lines = [];
  if (report !== null) {
    lines.push(...summary(report), ...report.notes.map(say));
    lines.push(...report.findings.map(say));
    lines.push(say(verdict(report)));
  }
  if (values.receipt !== undefined) {
    const judged = checkReceipt(values.receipt, report === null ? keys : report.keys, report);
    findings.push(...judged.findings);
    lines.push(...judged.findings.map(say));
    lines.push(
      judged.findings.length === 0
        ? say({ code: 'receipt.valid', entry: judged.entry ?? 0 })
        : say({ code: 'receipt.invalid' }),
    );
  }
  const proves = report === null || report.signedTo !== null;
  const valid = findings.length === 0 && proves;
  /** @type {0 | 1 | 2} */
  const exitCode = findings.length > 0 ? 1 : proves ? 0 : 2;
  if (values.json) {
    const summed = report && {
      entries: report.entries,
      from: report.from,
      to: report.to,
      validTo: findings.length === 0 ? report.signedTo : null,
      checkpoints: report.checkpoints,
      countersigned: report.countersigned,
    };
    return {
      valid,
      exitCode,
      lines: [JSON.stringify({ valid, findings, ...summed })],
      findings,
    };
  }
  return { valid, exitCode, lines, findings };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { lines, exitCode } = await run(process.argv.slice(2));
  for (const line of lines) console.log(line);
  process.exitCode = exitCode;
}
