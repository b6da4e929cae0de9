import { type Readable, Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** A body too large once it was unpacked. The name is how the server tells its kind. */
class TooLarge extends Error {
  readonly code = 'FST_ERR_CTP_BODY_TOO_LARGE';
  readonly statusCode = 413;
}

/**
 * The unpacked body of a request sent with `Content-Encoding: gzip`; at most so many bytes of it, so that a small packet
 * can not fill the memory. `receivedEncodedLength` is what the server compares with the announced length.
 */
export function inflated(packed: Readable, limit: number): Readable & { receivedEncodedLength: number } {
  let length = 0;
  const guard = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      length += chunk.length;
      done(length > limit ? new TooLarge() : null, chunk);
    },
  });
  const out = Object.assign(guard, { receivedEncodedLength: 0 });
  packed.on('data', (chunk: Buffer) => {
    out.receivedEncodedLength += chunk.length;
  });
  const gunzip = createGunzip();
  const broken = Object.assign(new Error('The packed body is broken.'), { statusCode: 400 });
  gunzip.on('error', () => guard.destroy(broken));
  packed.on('error', (error) => guard.destroy(error));
  packed.on('aborted', () => guard.destroy(broken));
  guard.on('close', () => {
    packed.unpipe(gunzip);
    packed.resume();
  });
  packed.pipe(gunzip).pipe(guard);
  return out;
}
