import { randomBytes } from 'node:crypto';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type MediumPart,
  readMedium,
  sealingPublicKey,
  sealMedium,
} from '../../electron/values/medium-file.ts';
import { keyStatement, signingKey } from '../../electron/values/signed-note.ts';
import type { Schemas } from '../api.ts';
import {
  bodyOf,
  newId,
  receipt,
  send,
  sha256,
  submission,
  type TestDesk,
  type TestPortal,
  testPortal,
} from '../testing/portal.ts';

const deskSeed = randomBytes(32);
const deskKey = signingKey(randomBytes(32));

describe('media from a desk without a line', () => {
  let portal: TestPortal;
  let desk: TestDesk;
  let folder: string;
  let keys: Schemas['PortalKeys'];
  beforeEach(async () => {
    portal = testPortal();
    desk = await portal.enrol();
    folder = mkdtempSync(join(tmpdir(), 'virtuos-medium-'));
    keys = bodyOf<Schemas['Health']>(await portal.call('GET', '/health')).keys ?? {
      signing: '',
      sealing: '',
      master: '',
    };
  });
  afterEach(async () => {
    await portal.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const plan = Buffer.from('%PDF-1.7 výkres'.repeat(9000));
  const drawing: Schemas['BlobReference'] = {
    sha256: sha256(plan),
    size: plan.length,
    mediaType: 'application/pdf',
    role: 'attachment:enclosure',
  };
  const visitId = newId();
  const effects: object[] = [submission(visitId, 1, [drawing]), receipt(visitId, 2)];

  /** A medium as a desk writes it. */
  async function medium(
    number: number,
    over: {
      deskToken?: string;
      abandoned?: number[];
      signer?: typeof deskKey;
      deskId?: string;
      cut?: number;
      key?: { publicKey: string; proof: string } | null;
      extra?: MediumPart;
    } = {},
  ): Promise<string> {
    const signer = over.signer ?? deskKey;
    const json = (name: string, value: unknown): MediumPart => ({
      kind: 'json',
      name,
      text: JSON.stringify(value),
    });
    async function* parts(): AsyncGenerator<MediumPart> {
      yield json('manifest', {
        deskId: desk.deskId,
        deskToken: over.deskToken ?? desk.token,
        number,
        abandoned: over.abandoned ?? [],
        signingKey: signer.publicKey.toString('base64'),
        sealingKey: sealingPublicKey(deskSeed).toString('base64'),
        inboxCursor: null,
        masterCursors: {},
        ...(over.key !== undefined && { evidence: { key: over.key, epoch: null, checkpoint: null } }),
      });
      if (over.extra) yield over.extra;
      yield json('leaves', {
        from: 1,
        leaves: ['a', 'b'].map((text) => Buffer.from(text).toString('base64')),
      });
      yield json('effects', { effects });
      yield {
        kind: 'blob',
        name: drawing.sha256,
        size: plan.length,
        content: (async function* () {
          yield plan;
        })(),
      };
    }
    const pieces: Buffer[] = [];
    const at = portal.clock.now().toISOString();
    for await (const piece of sealMedium(
      { to: 'portal', deskId: over.deskId ?? desk.deskId, number, at },
      { recipient: Buffer.from(keys.sealing, 'base64'), signer, ephemeralSeed: randomBytes(32) },
      parts(),
    ))
      pieces.push(piece);
    const file = join(folder, `${number}-${pieces.length}-${newId()}`);
    const bytes = Buffer.concat(pieces);
    await writeFile(file, over.cut === undefined ? bytes : bytes.subarray(0, over.cut));
    return file;
  }

  async function answer(): Promise<Record<string, Record<string, unknown>[]>> {
    const parts: Record<string, Record<string, unknown>[]> = {};
    const read = await readMedium(
      createReadStream(join(folder, 'answer')),
      { seed: deskSeed, to: 'desk' },
      () => Buffer.from(keys.signing, 'base64'),
      {
        json: (name, text) => {
          parts[name] = [...(parts[name] ?? []), JSON.parse(text)];
        },
        blob: async () => {},
      },
    );
    expect(read).toMatchObject({ ok: true, value: { deskId: desk.deskId, to: 'desk' } });
    return parts;
  }
  const take = async (file: string) => portal.importMedium(file, join(folder, 'answer'));

  it('are taken in whole, and the answer brings what the desk would hear over the line', async () => {
    expect(await take(await medium(1))).toEqual({
      ok: true,
      value: {
        deskId: desk.deskId,
        number: 1,
        isRepeated: false,
        missing: [],
        acknowledgedTo: 2,
        logProblem: null,
        effects: { accepted: 2, duplicate: 0, incomplete: 0, refused: 0 },
        answer: 1,
      },
    });
    const parts = await answer();
    expect(parts.manifest).toMatchObject([{ number: 1, answers: 1, acknowledgedTo: 2, logProblem: null }]);
    expect(parts.effects).toMatchObject([{ results: [{ status: 'duplicate' }, { status: 'duplicate' }] }]);
    expect(parts.inbox).toMatchObject([
      { answers: [{ kind: 'received' }, { kind: 'received' }], more: false },
    ]);
    expect(new Set(parts.master?.map(({ collection }) => collection))).toEqual(
      new Set([
        'offices',
        'clerks',
        'services',
        'tariffs',
        'guides',
        'timetables',
        'settings',
        'trust',
        'code-lists',
      ]),
    );
    expect(parts.clerks).toMatchObject([{ confirmed: expect.arrayContaining([expect.any(String)]) }]);
  });

  it('change nothing the second time, nor does the line bring the same acts again; the answer is newer', async () => {
    const file = await medium(1);
    await take(file);
    portal.clock.advance(6000);
    expect(await take(file)).toMatchObject({
      ok: true,
      value: { isRepeated: true, answer: 2, effects: { accepted: 0, duplicate: 2 } },
    });
    const { inbox } = await answer();
    expect(inbox).toMatchObject([{ answers: [{}, {}, { kind: 'reference-number' }] }]);
    expect(await send(desk, ...effects)).toMatchObject([{ status: 'duplicate' }, { status: 'duplicate' }]);
    const log = await desk.call('POST', '/log', {
      json: { from: 1, leaves: ['a', 'b'].map((text) => Buffer.from(text).toString('base64')) },
    });
    expect(log).toMatchObject({ status: 200, body: { acknowledgedTo: 2 } });
  });

  it('tell which earlier ones never came, but for those the desk gave up', async () => {
    expect(await take(await medium(4, { abandoned: [2] }))).toMatchObject({
      ok: true,
      value: { number: 4, missing: [1, 3] },
    });
    expect(await take(await medium(5))).toMatchObject({ ok: true, value: { missing: [1, 3] } });
    expect(await take(await medium(3))).toMatchObject({ ok: true, value: { missing: [1] } });
  });

  it('come with a new key only as the line would take it: from the old one’s hand, or permitted once', async () => {
    const keyOf = (key: typeof deskKey) => ({
      publicKey: key.publicKey.toString('base64'),
      proof: key.sign(keyStatement(desk.deskId, key.publicKey)).toString('base64'),
    });
    const other = signingKey(randomBytes(32));
    expect(await take(await medium(1, { key: keyOf(deskKey) }))).toMatchObject({ ok: true });
    const foreign = { key: keyOf(other), signer: other };
    expect(await take(await medium(2, foreign))).toEqual({
      ok: false,
      error: { code: 'medium.key-differs' },
    });
    // A key that is not the one the medium is signed with proves nothing.
    expect(await take(await medium(2, { key: keyOf(other) }))).toMatchObject({ ok: false });
    portal.permitNewKey(desk.deskId);
    expect(await take(await medium(2, foreign))).toMatchObject({ ok: true });
    expect(await take(await medium(3, { key: keyOf(deskKey) }))).toMatchObject({ ok: false });
  });

  it('are damaged when a part is no JSON, whoever signed it', async () => {
    expect(
      await take(await medium(1, { extra: { kind: 'json', name: 'leaves', text: '{"from":' } })),
    ).toEqual({
      ok: false,
      error: { code: 'medium.damaged' },
    });
  });

  it('are refused whole when anything is wrong with them', async () => {
    const code = async (file: string) => {
      const result = await take(file);
      return result.ok ? 'taken' : result.error.code;
    };
    expect(await code(await medium(1, { cut: 5000 }))).toBe('medium.damaged');
    expect(await code(await medium(1, { deskToken: 'x'.repeat(40) }))).toBe('medium.desk-unknown');
    expect(await code(await medium(1, { deskId: newId() }))).toBe('medium.other-desk');
    portal.revokeDesk(desk.deskId);
    expect(await code(await medium(1))).toBe('medium.desk-unknown');
    desk = await portal.enrol();
    expect(await send(desk, receipt(newId(), 1)), 'nothing was taken in').toMatchObject([
      { status: 'accepted' },
    ]);
    expect(await code(await medium(1, {}))).not.toBe('medium.damaged');
    expect(await code(await medium(2, { signer: signingKey(randomBytes(32)) }))).toBe('medium.key-differs');
  });
});
