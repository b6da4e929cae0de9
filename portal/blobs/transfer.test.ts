import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sha256, type TestDesk, type TestPortal, testPortal } from '../testing/portal.ts';
import { BLOB_MAX } from './files.ts';

describe('blobs', () => {
  let dataDir: string;
  let portal: TestPortal;
  let desk: TestDesk;
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'portal-'));
    portal = testPortal({ dataDir });
    desk = await portal.enrol();
  });
  afterEach(async () => {
    await portal.close();
    rmSync(dataDir, { recursive: true });
  });
  const put = (hash: string, bytes: Buffer) => desk.call('PUT', `/blobs/${hash}`, { bytes });
  const leftovers = () => readdirSync(join(dataDir, 'blobs', 'incoming'));

  it('keeps what was sent under its hash, once', async () => {
    const bytes = Buffer.alloc(300_000, 'výkres ');
    const hash = sha256(bytes);
    expect(await desk.call('HEAD', `/blobs/${hash}`)).toMatchObject({ status: 404, body: undefined });
    expect(await put(hash, bytes)).toMatchObject({ status: 201, body: { sha256: hash, size: bytes.length } });
    expect(await put(hash, bytes)).toMatchObject({ status: 200, body: { sha256: hash, size: bytes.length } });
    expect(await desk.call('HEAD', `/blobs/${hash}`)).toMatchObject({ status: 200, body: undefined });
    const file = join(dataDir, 'blobs', hash.slice(0, 2), hash);
    expect(sha256(readFileSync(file))).toBe(hash);
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(leftovers()).toEqual([]);
  });

  it('takes an empty one', async () => {
    const hash = sha256(Buffer.alloc(0));
    expect(await put(hash, Buffer.alloc(0))).toMatchObject({ status: 201, body: { size: 0 } });
  });

  it('keeps nothing that is not what was announced', async () => {
    const hash = sha256(Buffer.from('announced'));
    expect(await put(hash, Buffer.from('sent'))).toMatchObject({
      status: 422,
      body: { code: 'blob.hash-differs', retryable: true },
    });
    expect((await desk.call('HEAD', `/blobs/${hash}`)).status).toBe(404);
    expect(leftovers()).toEqual([]);
  });

  it('takes 25 MiB and not a byte more', async () => {
    const largest = Buffer.alloc(BLOB_MAX, 1);
    expect((await put(sha256(largest), largest)).status).toBe(201);
    const larger = Buffer.alloc(BLOB_MAX + 1, 1);
    expect(await put(sha256(larger), larger)).toMatchObject({
      status: 413,
      body: { code: 'blob.too-large' },
    });
    expect(leftovers()).toEqual([]);
  });

  it('keeps nothing of a transfer that was cut off', async () => {
    const url = new URL(await portal.listen());
    const hash = sha256(Buffer.alloc(100_000, 2));
    const socket = connect(Number(url.port), url.hostname);
    socket.write(
      `PUT /v1/blobs/${hash} HTTP/1.1\r\nhost: portal\r\nauthorization: Bearer ${desk.token}\r\n` +
        'content-type: application/octet-stream\r\ncontent-length: 100000\r\n\r\n',
    );
    socket.write(Buffer.alloc(50_000, 2));
    await vi.waitFor(() => expect(leftovers()).toHaveLength(1), { timeout: 5000 });
    socket.destroy();
    await vi.waitFor(() => expect(leftovers()).toEqual([]), { timeout: 5000 });
    expect((await desk.call('HEAD', `/blobs/${hash}`)).status).toBe(404);
  });
});
