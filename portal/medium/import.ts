import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import {
  type MediumCode,
  type MediumPart,
  readMedium,
  sealMedium,
} from '../../electron/values/medium-file.ts';
import { type Failure, fail, ok, type Result } from '../../electron/values/result.ts';
import { legalDate } from '../../electron/values/time.ts';
import type { Desk, Schemas } from '../api.ts';
import { takeBlob } from '../blobs/transfer.ts';
import { readMaster } from '../catalogue/master.ts';
import { inTransaction } from '../database.ts';
import { authenticateDesk } from '../desks/enrolment.ts';
import { readInbox } from '../inbox/read.ts';
import { isInService } from '../intake/directory.ts';
import { sendEffects } from '../intake/effects.ts';
import { masterKeySteps } from '../keys.ts';
import { appendLog } from '../log/append.ts';
import { countersign } from '../log/checkpoints.ts';
import { openEpoch } from '../log/epochs.ts';
import { registerKey, witnessOf } from '../log/keys.ts';
import { deskKey } from '../log/known.ts';
import { logSize } from '../log/tree.ts';
import type { Portal } from '../portal.ts';
import {
  type DeskManifest,
  readEffects,
  readLeaves,
  readManifest,
  type SentEffects,
  type SentLeaves,
} from './parts.ts';

export type MediumRefusal = MediumCode | 'medium.other-desk' | 'medium.desk-unknown' | 'medium.key-differs';

/** What came of a medium. */
export type MediumImport = {
  deskId: string;
  number: number;
  /** It was taken in before: nothing changed. */
  isRepeated: boolean;
  /** Earlier numbers of this desk that never came. What was on them came with this one, unless it was confirmed. */
  missing: number[];
  /** The day log is known up to this entry; a code when the log was refused. */
  acknowledgedTo: number;
  logProblem: string | null;
  effects: Record<Schemas['EffectResult']['status'], number>;
  /** Number of the answer that was written. */
  answer: number;
};

type Read = { manifest: DeskManifest; leaves: SentLeaves[]; effects: SentEffects[] };

/** Everything but the contents; they are read once more when the whole is known to be sound. */
async function readWhole(
  portal: Portal,
  file: string,
): Promise<Result<Read & { desk: Desk }, Failure<MediumRefusal>>> {
  let manifest: DeskManifest | null = null;
  const leaves: SentLeaves[] = [];
  const effects: SentEffects[] = [];
  let unsound = false;
  const found = await readMedium(
    createReadStream(file),
    { seed: portal.keys.sealing.seed, to: 'portal' },
    () => manifest && Buffer.from(manifest.signingKey, 'base64'),
    {
      json: (name, text) => {
        const value = parsed(text);
        unsound ||= value === undefined;
        if (name === 'manifest') manifest = readManifest(value);
        const part = name === 'leaves' ? readLeaves(value) : null;
        const batch = name === 'effects' ? readEffects(value) : null;
        if (part) leaves.push(part);
        if (batch) effects.push(batch);
        unsound ||= (name === 'leaves' && !part) || (name === 'effects' && !batch);
      },
      blob: async () => {},
    },
  );
  if (!found.ok) return found;
  // Assigned in a callback, which the compiler does not follow.
  const read: DeskManifest | null = manifest;
  return judge(portal, found.value, read, { leaves, effects, unsound });
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function judge(
  portal: Portal,
  header: { deskId: string; number: number },
  manifest: DeskManifest | null,
  { leaves, effects, unsound }: Pick<Read, 'leaves' | 'effects'> & { unsound: boolean },
): Promise<Result<Read & { desk: Desk }, Failure<MediumRefusal>>> {
  if (manifest === null || unsound) return fail('medium.damaged');
  const desk = authenticateDesk(portal, `Bearer ${manifest.deskToken}`);
  if (!desk.ok) return fail('medium.desk-unknown');
  if (
    desk.value.id !== header.deskId ||
    manifest.deskId !== header.deskId ||
    manifest.number !== header.number
  )
    return fail('medium.other-desk');
  if (!(await isKeyOf(portal, desk.value, manifest))) return fail('medium.key-differs');
  return ok({ manifest, leaves, effects, desk: desk.value });
}

/**
 * Whether the medium is signed with the desk's key: the one it registered, or registers with this medium by the same rules
 * as over the line; of a desk that never registered one, the one its first medium came with.
 */
async function isKeyOf(portal: Portal, desk: Desk, { signingKey, evidence }: DeskManifest): Promise<boolean> {
  if (evidence.key !== null) {
    if (evidence.key.publicKey !== signingKey) return false;
    return (await registerKey(portal)({ ...NOTHING, body: evidence.key }, desk)).ok;
  }
  const known =
    deskKey(portal.db, desk.id) ??
    portal.db
      .prepare<[string], { signing_key: Buffer }>('SELECT signing_key FROM medium_desks WHERE desk_id = ?')
      .get(desk.id)?.signing_key;
  return known === undefined || known.equals(Buffer.from(signingKey, 'base64'));
}

const NOTHING = { path: undefined, query: undefined, stream: undefined };

/** The leaves and effects go in by the same door as over the line: what is known already changes nothing. */
async function takeIn(portal: Portal, { desk, manifest, leaves, effects }: Read & { desk: Desk }) {
  const { epoch, checkpoint } = manifest.evidence;
  const opened = epoch && (await openEpoch(portal)({ ...NOTHING, body: epoch }, desk));
  let logProblem: string | null = null;
  for (const body of leaves) {
    const answer = await appendLog(portal)({ ...NOTHING, body }, desk);
    if (!answer.ok) logProblem ??= answer.error.code;
  }
  const signed = checkpoint === null ? null : countersign(portal, desk.id, checkpoint);
  const problem = [opened, signed].find((one) => one !== null && !one.ok);
  const evidence: AnswerEvidence = {
    registered: deskKey(portal.db, desk.id)?.toString('base64') ?? null,
    witness: witnessOf(portal),
    epoch: opened?.ok ? opened.value.body.epoch : null,
    checkpoint: signed?.ok ? signed.value : null,
    problem: problem && !problem.ok ? problem.error.code : null,
  };
  const results = await sendAll(portal, desk, effects);
  return { acknowledgedTo: logSize(portal.db, desk.id), logProblem, evidence, results };
}
type AnswerEvidence = {
  registered: string | null;
  witness: string;
  epoch: number | null;
  checkpoint: { note: string; cosignature: string } | null;
  problem: string | null;
};

async function sendAll(
  portal: Portal,
  desk: Desk,
  effects: readonly SentEffects[],
): Promise<Schemas['EffectResult'][]> {
  const results: Schemas['EffectResult'][] = [];
  for (const body of effects) {
    const answer = await sendEffects(portal)({ ...NOTHING, body }, desk);
    if (answer.ok) results.push(...answer.value.body.results);
  }
  return results;
}

/** Contents that effects wait for; each is what its name says or is left out. */
async function takeContents(
  portal: Portal,
  desk: Desk,
  file: string,
  manifest: DeskManifest,
  wanted: ReadonlySet<string>,
) {
  if (wanted.size === 0) return;
  await readMedium(
    createReadStream(file),
    { seed: portal.keys.sealing.seed, to: 'portal' },
    () => Buffer.from(manifest.signingKey, 'base64'),
    {
      json: () => {},
      blob: async (sha256, _size, content) => {
        if (wanted.has(sha256)) await takeBlob(portal, desk, sha256, Readable.from(content));
      },
    },
  );
}

function note(portal: Portal, desk: Desk, manifest: DeskManifest) {
  const { db, clock } = portal;
  return inTransaction(db, () => {
    const known = db
      .prepare<[string], { number: number }>('SELECT number FROM medium_imports WHERE desk_id = ?')
      .all(desk.id)
      .map(({ number }) => number);
    const add = db.prepare(
      'INSERT INTO medium_imports (desk_id, number, abandoned, imported_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    for (const number of manifest.abandoned) add.run(desk.id, number, 1, clock.now().getTime());
    add.run(desk.id, manifest.number, 0, clock.now().getTime());
    const seen = new Set([...known, ...manifest.abandoned]);
    const missing: number[] = [];
    for (let number = 1; number < manifest.number; number++) if (!seen.has(number)) missing.push(number);
    const returned = db
      .prepare<[string, Buffer, Buffer], { last_return: number }>(
        `INSERT INTO medium_desks (desk_id, signing_key, sealing_key, last_return) VALUES (?, ?, ?, 1)
         ON CONFLICT (desk_id) DO UPDATE SET signing_key = excluded.signing_key, sealing_key = excluded.sealing_key, last_return = last_return + 1
         RETURNING last_return`,
      )
      .get(desk.id, Buffer.from(manifest.signingKey, 'base64'), Buffer.from(manifest.sealingKey, 'base64'));
    return { isRepeated: known.includes(manifest.number), missing, answer: returned?.last_return ?? 1 };
  });
}

export async function importMedium(
  portal: Portal,
  file: string,
  answerFile: string,
): Promise<Result<MediumImport, Failure<MediumRefusal>>> {
  const read = await readWhole(portal, file);
  if (!read.ok) return read;
  const { desk, manifest, effects } = read.value;
  const first = await takeIn(portal, read.value);
  const wanted = new Set(first.results.flatMap((one) => (one.status === 'incomplete' ? one.missing : [])));
  await takeContents(portal, desk, file, manifest, wanted);
  // Asked again: contents that came have made effects complete, or refused them.
  const results = wanted.size === 0 ? first.results : await sendAll(portal, desk, effects);
  const noted = note(portal, desk, manifest);
  await writeFile(
    answerFile,
    sealMedium(
      { to: 'desk', deskId: desk.id, number: noted.answer, at: portal.clock.now().toISOString() },
      {
        recipient: Buffer.from(manifest.sealingKey, 'base64'),
        signer: portal.keys.signing,
        ephemeralSeed: portal.random(32),
      },
      answerParts(portal, desk, manifest, { ...first, results, ...noted }),
    ),
  );
  const counted: MediumImport['effects'] = { accepted: 0, duplicate: 0, incomplete: 0, refused: 0 };
  // What this medium brought counts as accepted although its contents came after it.
  const before = new Map(first.results.map((one) => [one.id, one.status]));
  for (const { id, status } of results)
    counted[status === 'duplicate' && before.get(id) !== 'duplicate' ? 'accepted' : status] += 1;
  portal.log.info(
    { desk: desk.id, number: manifest.number, missing: noted.missing.length },
    'a medium was taken in',
  );
  return ok({
    deskId: desk.id,
    number: manifest.number,
    isRepeated: noted.isRepeated,
    missing: noted.missing,
    acknowledgedTo: first.acknowledgedTo,
    logProblem: first.logProblem,
    effects: counted,
    answer: noted.answer,
  });
}

const COLLECTIONS = [
  'offices',
  'clerks',
  'services',
  'tariffs',
  'guides',
  'timetables',
  'settings',
  'trust',
  'code-lists',
] as const;

/** What the desk would hear over the line: how its acts fared, its answers, master data, which clerks are still good. */
async function* answerParts(
  portal: Portal,
  desk: Desk,
  manifest: DeskManifest,
  of: {
    acknowledgedTo: number;
    logProblem: string | null;
    evidence: AnswerEvidence;
    results: Schemas['EffectResult'][];
    answer: number;
  },
): AsyncGenerator<MediumPart> {
  const part = (name: string, value: unknown): MediumPart => ({
    kind: 'json',
    name,
    text: JSON.stringify(value),
  });
  yield part('manifest', {
    deskId: desk.id,
    number: of.answer,
    answers: manifest.number,
    at: portal.clock.now().toISOString(),
    acknowledgedTo: of.acknowledgedTo,
    logProblem: of.logProblem,
    evidence: of.evidence,
    masterKeys: masterKeySteps(portal.db),
  });
  for (let at = 0; at < of.results.length; at += 500)
    yield part('effects', { results: of.results.slice(at, at + 500) });

  let inboxCursor = manifest.inboxCursor;
  for (;;) {
    const ask = (cursor: string | null) =>
      readInbox(portal)(
        { path: undefined, body: undefined, stream: undefined, query: cursor === null ? {} : { cursor } },
        desk,
      );
    let page = await ask(inboxCursor);
    if (!page.ok && inboxCursor !== null) {
      inboxCursor = null;
      page = await ask(null);
    }
    if (!page.ok) break;
    yield part('inbox', { ...page.value.body, from: inboxCursor });
    if (!page.value.body.more) break;
    inboxCursor = page.value.body.cursor;
  }

  for (const collection of COLLECTIONS) {
    const ask = (cursor: string | null) =>
      readMaster(portal.db)(
        {
          path: { collection },
          body: undefined,
          stream: undefined,
          query: cursor === null ? {} : { cursor },
        },
        desk,
      );
    let cursor = manifest.masterCursors[collection] ?? null;
    for (;;) {
      let page = await ask(cursor);
      if (!page.ok && cursor !== null) {
        cursor = null;
        page = await ask(null);
      }
      if (!page.ok) break;
      yield part('master', { collection, ...page.value.body, from: cursor });
      if (!page.value.body.more) break;
      cursor = page.value.body.cursor;
    }
  }

  const today = legalDate(portal.clock.now());
  const clerks = portal.db
    .prepare<[], { id: string; data: string }>(
      "SELECT id, data FROM master_items WHERE collection = 'clerks' AND data IS NOT NULL",
    )
    .all()
    .flatMap(({ id, data }) => {
      const clerk = portal.checkClerk(JSON.parse(data));
      return clerk.ok && isInService(clerk.value, today) && clerk.value.officeId === desk.officeId
        ? [id]
        : [];
    });
  yield part('clerks', { confirmed: clerks });
}

/** Whole or not at all: a half-written medium must not look like one. */
async function writeFile(path: string, pieces: AsyncIterable<Buffer>): Promise<void> {
  const temporary = `${path}.part`;
  const file = await open(temporary, 'w', 0o600);
  try {
    for await (const piece of pieces) await file.writeFile(piece);
    await file.sync();
  } catch (error) {
    await file.close();
    await rm(temporary, { force: true });
    throw error;
  }
  await file.close();
  await rename(temporary, path);
}
