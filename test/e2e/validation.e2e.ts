import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Facts } from '../../electron/documents/validation/facts.ts';
import { judge } from '../../electron/documents/validation/judge.ts';
import type { FromExaminer, ToExaminer } from '../../electron/documents/validation/messages.ts';
import { projectRoot } from '../../scripts/places.ts';
import { type Desk, launchDesk } from '../rigs/electron.ts';
import { addSecurityStore, newPdf, signPdf } from '../rigs/signed-pdf.ts';
import { qualifiedPerson } from '../rigs/signing-pki.ts';
import { signXml, trustListXml } from '../rigs/trust-list.ts';
import { type TrustService, trustService } from '../rigs/trust-service.ts';

/** The process that reads documents from strangers, as it is shipped, with the cryptography of Electron. */

const examiner = join(projectRoot, 'dist', 'examiner', 'examiner.js');
const appFolder = fileURLToPath(new URL('../rigs/fixtures/sandboxed-app', import.meta.url));

let desk: Desk;
let service: TrustService;
beforeAll(async () => {
  service = trustService();
  desk = await launchDesk({ appFolder });
});
afterAll(async () => {
  await desk?.close();
  service?.pki.remove();
});

/** Bytes travel to Electron as text, and become bytes there. */
const ask = async (message: ToExaminer): Promise<FromExaminer> => {
  const packed = JSON.stringify(message, (_, value) =>
    value instanceof Uint8Array ? { bytes64: Buffer.from(value).toString('base64') } : value,
  );
  const answer = await desk.app.evaluate(
    ({ utilityProcess, MessageChannelMain }, { file, text }) =>
      new Promise<string>((resolve) => {
        const child = utilityProcess.fork(file);
        const { port1, port2 } = new MessageChannelMain();
        child.postMessage(null, [port1]);
        port2.on('message', ({ data }) => {
          resolve(JSON.stringify(data));
          child.kill();
        });
        port2.start();
        port2.postMessage(
          JSON.parse(text, (_, value) =>
            typeof value?.bytes64 === 'string' ? new Uint8Array(Buffer.from(value.bytes64, 'base64')) : value,
          ),
        );
      }),
    { file: examiner, text: packed },
  );
  return JSON.parse(answer);
};

const factsOf = async (pdf: Uint8Array): Promise<Facts> => {
  const answer = await ask({
    type: 'examine',
    subject: { bytes: new Uint8Array(pdf) },
    lists: [service.list],
  });
  if (answer.type !== 'facts') throw new Error('no facts');
  return answer.facts;
};

test('checks ECDSA, RSASSA-PSS, timestamps, lists and answers', async () => {
  const { pki, list } = service;
  const now = Date.now();
  pki.issue('ca', 'rsa', {
    subject: '/C=CZ/GN=Eva/SN=Nová/CN=Eva Nová',
    extensions: qualifiedPerson,
    key: 'RSA',
  });
  const first = signPdf(newPdf(), { sign: (data) => pki.sign('jan', data) });
  const second = signPdf(first, {
    number: 20,
    fields: [10],
    sign: (data) => pki.sign('rsa', data, ['-cades', '-keyopt', 'rsa_padding_mode:pss']),
  });
  const third = signPdf(second, {
    number: 30,
    fields: [10, 20],
    type: 'DocTimeStamp',
    subFilter: 'ETSI.RFC3161',
    sign: (data) => pki.timestamp('tsa', createHash('sha256').update(data).digest()),
  });
  const lists = [pki.list('ca', new Date(now + 60_000), new Date(now + 86_400_000))];
  const pdf = addSecurityStore(
    third,
    { lists, answers: [pki.answer('ca', 'jan')] },
    { fields: [10, 20, 30] },
  );
  const { report } = judge(await factsOf(pdf), [list], now + 120_000);
  expect(report.signatures.map(({ kind, outcome, qualified }) => [kind, outcome, qualified])).toEqual([
    ['signature', 'valid', true],
    ['signature', 'valid', true],
    ['timestamp', 'valid', true],
  ]);
  pdf[900] = 0x20;
  expect(judge(await factsOf(pdf), [list], now).report.outcome).not.toBe('valid');
});

test('checks the signature of a trust list', async () => {
  const { pki, ca } = service;
  pki.issue('ca', 'scheme', {
    subject: '/CN=Správce seznamu',
    extensions: ['basicConstraints=CA:FALSE'],
    key: 'RSA',
  });
  const signers = [new Uint8Array(readFileSync(pki.path('scheme.der')))];
  const states = [{ status: 'granted', from: '2017-01-01T00:00:00Z' }];
  const xml = signXml(
    trustListXml([{ type: 'CA/QC', name: 'Certifikáty', certificate: ca.der, states }]),
    readFileSync(pki.path('scheme.key'), 'utf8'),
  );
  expect(await ask({ type: 'read-list', xml, signers })).toMatchObject({
    list: { ok: true, value: { number: 7 } },
  });
  expect(await ask({ type: 'read-list', xml: xml.replace('granted', 'Granted'), signers })).toMatchObject({
    list: { ok: false },
  });
});
