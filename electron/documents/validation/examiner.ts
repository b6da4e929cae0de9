/**
 * Entry of the process that reads documents from strangers: an Electron utility process that main starts, or a child of
 * plain Node. It has no network and no store, and whoever started it ends it when it takes too long. A file that
 * makes it take too much memory makes it end itself.
 */
import { Worker } from 'node:worker_threads';
import { type Examination, examine, readAttachment } from './examine.ts';
import type { FromExaminer, ToExaminer } from './messages.ts';
import { readTrustList } from './trust/list.ts';

const MEMORY_MIB = 768;

// A thread of its own: this one may be busy with the very file that fills the memory.
new Worker(
  `const { workerData } = require('node:worker_threads');
   setInterval(() => { if (process.memoryUsage.rss() > workerData) process.kill(process.pid, 'SIGKILL'); }, 20);`,
  { eval: true, workerData: MEMORY_MIB * 1024 * 1024 },
).unref();

let examination: Examination | undefined;

function answer(message: ToExaminer): FromExaminer {
  switch (message.type) {
    case 'examine':
      examination = examine(message.subject, message.lists);
      return { type: 'facts', facts: examination.facts([]) };
    case 'evidence':
      if (examination === undefined) throw new Error('evidence on no document');
      return { type: 'facts', facts: examination.facts(message.fetched) };
    case 'read-list':
      return { type: 'list', list: readTrustList(message.xml, message.signers) };
    case 'read-attachment':
      return { type: 'attachment', content: readAttachment(message.bytes, message.attachment) };
  }
}

const { parentPort } = process;
if (parentPort) {
  parentPort.once('message', ({ ports: [port] }) => {
    port?.on('message', ({ data }) => port.postMessage(answer(data)));
    port?.start();
  });
} else {
  process.on('message', (message: ToExaminer) => process.send?.(answer(message)));
}
