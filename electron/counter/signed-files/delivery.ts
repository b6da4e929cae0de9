import { createHash } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import type { ContractFailure } from '../../contract/shared.ts';
import { ok, type Result } from '../../values/result.ts';
import { record } from '../acts.ts';
import { withConversion } from '../conversions/record.ts';
import type { Desk } from '../desk.ts';
import { refuse } from '../failure.ts';
import { type Commanded, type Handler, preparedCommand } from '../handlers.ts';
import { depotReceiptData } from '../outputs/data.ts';
import type { PrintRunner } from '../outputs/print-runner.ts';
import { orderOutput } from '../outputs/table.ts';
import { standsAt } from '../services/guards.ts';
import { withDone } from '../services/steps.ts';
import type { ConversionRecord, Service, ServiceRecord } from '../visits/record.ts';
import { getRunningService, saveService } from '../visits/table.ts';
import { serviceViewOf } from '../visits/view.ts';

type Delivery = NonNullable<ConversionRecord['delivery']>;
type Numbered = NonNullable<ServiceRecord['certification']>;

/** Signed files given over: into the depot, or on a medium. */
export function deliveryHandlers(desk: Desk, prints: PrintRunner): Handler[] {
  const { store } = desk;

  function readyToDeliver(serviceId: string, clerkId: string) {
    const { service } = store.read((tx) => getRunningService(tx, serviceId, clerkId));
    standsAt(service, 'delivery');
    const { certification, conversion } = service.record;
    return { service, certification, output: conversion?.output };
  }

  function delivered(
    commanded: Commanded<'conversions.deposit' | 'conversions.save'>,
    serviceId: string,
    deliver: (service: Service) => Delivery,
  ) {
    const { tx, session } = commanded;
    const { visit, service } = getRunningService(tx, serviceId, session.clerkId);
    standsAt(service, 'delivery');
    const delivery = deliver(service);
    const done: Service = { ...withDone(withConversion(service, { delivery }), 'delivery'), state: 'done' };
    saveService(tx, done);
    record(desk, commanded, {
      kind: 'conversion-delivered',
      visitId: visit.id,
      serviceId,
      payload: { to: delivery.to },
    });
    return ok(serviceViewOf(tx, visit, done));
  }

  return [
    preparedCommand(
      'conversions.deposit',
      async ({ session }, { serviceId }) => {
        const { service, certification, output } = readyToDeliver(serviceId, session.clerkId);
        if (!certification || !output) return refuse('conversion.not-signed');
        const content = await store.blobs.read(output.sha256);
        if (!content.ok) return content;
        return desk.sync.deposit(
          {
            id: serviceId,
            sha256: output.sha256,
            fileName: fileNameOf(service, certification),
            ...depotNumber(service, certification),
          },
          content.value,
        );
      },
      (commanded, { serviceId }, { token, expiresOn }) => {
        const { tx, session, now, after } = commanded;
        const receiptDocumentId = desk.newId();
        const at = now.toISOString();
        const answer = delivered(commanded, serviceId, (service) => {
          orderOutput(
            tx,
            {
              documentId: receiptDocumentId,
              visitId: service.visitId,
              serviceId,
              kind: 'depot-receipt',
              template: 'depot-receipt',
              data: depotReceiptData(desk, tx, service, {
                documentId: receiptDocumentId,
                token,
                expiresOn,
                now,
                session,
              }),
              madeAt: at,
            },
            desk.newId(),
          );
          return { to: 'depot', at, expiresOn, receiptDocumentId };
        });
        after(() => prints.kick());
        return answer;
      },
    ),

    preparedCommand(
      'conversions.save',
      async ({ session }, { serviceId }) => {
        const { service, certification, output } = readyToDeliver(serviceId, session.clerkId);
        if (!certification || !output) return refuse('conversion.not-signed');
        const content = await store.blobs.read(output.sha256);
        if (!content.ok) return content;
        const path = await desk.places.save({ name: fileNameOf(service, certification), extension: 'pdf' });
        if (path === null) return refuse('conversion.no-place');
        // The number may have been cancelled while the place was chosen.
        readyToDeliver(serviceId, session.clerkId);
        return writeWhole(path, content.value);
      },
      (commanded, { serviceId }) =>
        delivered(commanded, serviceId, () => ({
          to: 'medium',
          at: commanded.now.toISOString(),
          expiresOn: null,
          receiptDocumentId: null,
        })),
    ),
  ];
}

/** Says nothing of any person. */
const fileNameOf = ({ definition }: Service, { printed }: Numbered): string =>
  `${definition.electronic ? 'legalizace' : 'konverze'}-${printed.replaceAll('/', '-')}.pdf`;

/** By which number the depot knows the file: of the central evidence, or of the desk's own book. */
const depotNumber = ({ definition }: Service, { printed, series, year, number }: Numbered) =>
  definition.evidence ? { conversionNumber: printed } : { book: { series, year, number } };

/** Writes a file whole or not at all, and reads it back: a medium that lies about it must be found before it is handed over. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<Result<null, ContractFailure>> {
  const part = `${path}.part`;
  const hash = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
  const gone = (file: string): Promise<void> => rm(file, { force: true }).catch(() => {});
  try {
    // What lies there may be a link of a foreign medium to a file of this machine: it is taken away, never written through.
    await rm(part, { force: true });
    const handle = await open(part, 'wx');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, path);
    if (hash(await readFile(path)) === hash(bytes)) return ok(null);
    await gone(path);
    return refuse('conversion.not-written');
  } catch {
    await gone(part);
    return refuse('conversion.not-written');
  }
}
