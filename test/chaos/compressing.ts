import { syncBuiltinESMExports } from 'node:module';
import zlib from 'node:zlib';

// Compression runs on threads of which Node tells nobody: time in a history must wait for it as it waits for files. To be
// imported before whatever compresses.

let under = 0;
const { gzip } = zlib;

type Done = (error: Error | null, result: NonSharedBuffer) => void;
function counted(input: zlib.InputType, options: zlib.ZlibOptions | Done, done?: Done): void {
  const after = typeof options === 'function' ? options : done;
  under += 1;
  gzip(input, typeof options === 'function' ? {} : options, (error, result) => {
    under -= 1;
    after?.(error, result);
  });
}
Object.assign(zlib, { gzip: counted });
syncBuiltinESMExports();

/** Whether anything is being compressed. */
export const isCompressing = (): boolean => under > 0;
