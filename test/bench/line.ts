import { once } from 'node:events';
import { connect as connectTo, createServer, type Socket } from 'node:net';

const TICK_MS = 5;
/** What the modem at the narrow end holds; more than that waits at the sender. */
const QUEUE_BYTES = 32 * 1024;

/** Without bytes: the sender has ended. */
type Piece = { to: Socket; bytes: Buffer | null };

/** One direction of a line: whatever goes over it stands in one queue and leaves it at one rate. */
function createDirection(kbps: number) {
  const queue: Piece[] = [];
  const waiting = new Set<Socket>();
  let queued = 0;
  let credit = 0;
  let carried = 0;
  let last = performance.now();
  const tick = (): void => {
    const now = performance.now();
    const most = Math.max(1500, (kbps / 8) * TICK_MS * 4);
    credit = Math.min(most, credit + ((now - last) * kbps) / 8);
    last = now;
    for (let [first] = queue; first !== undefined && credit >= 1; [first] = queue) {
      if (first.bytes === null) {
        first.to.end();
        queue.shift();
        continue;
      }
      const part = first.bytes.subarray(0, Math.min(first.bytes.length, Math.floor(credit)));
      credit -= part.length;
      carried += part.length;
      queued -= part.length;
      if (!first.to.destroyed) first.to.write(part);
      if (part.length === first.bytes.length) queue.shift();
      else first.bytes = first.bytes.subarray(part.length);
    }
    if (queued < QUEUE_BYTES) {
      for (const socket of waiting) socket.resume();
      waiting.clear();
    }
  };
  const timer = setInterval(tick, TICK_MS);
  return {
    carried: (): number => carried,
    take(from: Socket, to: Socket): void {
      from.on('data', (bytes: Buffer) => {
        queue.push({ to, bytes });
        queued += bytes.length;
        if (queued < QUEUE_BYTES) return;
        from.pause();
        waiting.add(from);
      });
      // What was sent before the end arrives before it.
      from.on('end', () => queue.push({ to, bytes: null }));
    },
    forget(socket: Socket): void {
      waiting.delete(socket);
      for (let at = queue.length - 1; at >= 0; at -= 1)
        if (queue[at]?.to === socket) queued -= queue.splice(at, 1)[0]?.bytes?.length ?? 0;
    },
    stop: () => clearInterval(timer),
  };
}

/**
 * A line of so many kb/s in each direction between whoever connects and `target`: all connections share it, first come first served,
 * as behind one modem. `cut` ends every connection.
 */
export async function startLine(target: URL, kbps: number) {
  const up = createDirection(kbps);
  const down = createDirection(kbps);
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connectTo({ port: Number(target.port), host: target.hostname, allowHalfOpen: true });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.setNoDelay(true);
      one.on('error', () => one.destroy());
      one.on('close', () => {
        sockets.delete(one);
        up.forget(one);
        down.forget(one);
        if (one.errored) other.destroy();
      });
    }
    up.take(near, far);
    down.take(far, near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the line has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    carriedUp: up.carried,
    cut: () => {
      for (const socket of sockets) socket.destroy(new Error('cut'));
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      up.stop();
      down.stop();
    },
  };
}
