/**
 * Entry of the process that talks to card readers: an Electron utility process that main starts, or a child of plain Node. The driver is
 * native code of others and the chip is a stranger: it has no network and no store, and whoever started it ends it.
 */
import { randomBytes } from 'node:crypto';
import { readCertificates } from './certificate.ts';
import type { FromCards, ToCards } from './messages.ts';
import { listCardReaders, withCard } from './pcsc.ts';
import { readChip } from './read-chip.ts';
import { readRevocationLists } from './revocation.ts';

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

async function carryOut(task: ToCards, tell: (message: FromCards) => void): Promise<void> {
  if (task.type === 'list') return tell({ type: 'listed', readers: await listCardReaders() });
  const { key, now, waitMs } = task;
  const authorities = readCertificates(task.authorities);
  const revocations = readRevocationLists(task.revocations).map(({ list }) => list);
  const reading = await withCard(
    ({ transceive, extended }) =>
      readChip(transceive, {
        key,
        authorities,
        revocations,
        now,
        random,
        extended,
        onStep: (step) => tell({ type: 'step', step }),
      }),
    {
      waitMs,
      now: () => performance.now(),
      onWaiting: () => tell({ type: 'step', step: { part: 'waiting' } }),
    },
  );
  tell({ type: 'read', reading });
}

const { parentPort } = process;
if (parentPort) {
  parentPort.once('message', ({ ports: [port] }) => {
    port?.on('message', ({ data }) => void carryOut(data, (message) => port.postMessage(message)));
    port?.start();
  });
} else {
  process.on('message', (task: ToCards) => void carryOut(task, (message) => process.send?.(message)));
}
