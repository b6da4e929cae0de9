import { err, fail, ok, type Result } from '../../values/result.ts';
import type { Transceive } from './apdu.ts';
import { describeCard } from './atr.ts';
import { type ChipCode, type ChipFailure, ChipFault } from './fault.ts';
import type { CardReader } from './port.ts';

type Library = typeof import('smartcard');
type Reader = ReturnType<InstanceType<Library['Context']>['listReaders']>[number];

/** A card that lies in a reader, ready for commands. */
export type CardAtHand = { transceive: Transceive; extended: boolean };

/** How long one look for a change may take; between two the one who waits is told that all is well. */
const LOOK_MS = 500;
/** An answer of extended length with all that protection adds. */
const MOST_ANSWER = 66_000;

// The library tells what happened by the English sentence of the PC/SC error only.
const GONE = [
  'Card was removed',
  'No smart card present',
  'Reader unavailable',
  'Unknown reader',
  'Card was reset',
  'Card is unpowered',
  'Card is unresponsive',
  'Transaction failed',
  'Communication error',
];
const NO_SERVICE = ['PC/SC service not running', 'PC/SC service stopped', 'No readers available'];

function faultOf(thrown: unknown): ChipFault {
  if (thrown instanceof ChipFault) return thrown;
  const message = thrown instanceof Error ? thrown.message : '';
  const code: ChipCode = GONE.includes(message)
    ? 'chip.removed'
    : NO_SERVICE.includes(message)
      ? 'chip.no-service'
      : message === 'Sharing violation'
        ? 'chip.in-use'
        : 'chip.failed';
  return new ChipFault(code);
}

async function openLibrary(): Promise<{ library: Library; context: InstanceType<Library['Context']> }> {
  let library: Library;
  try {
    library = await import('smartcard');
  } catch {
    // Neither compiled for this system, or its PC/SC library is not installed.
    throw new ChipFault('chip.no-driver');
  }
  return { library, context: new library.Context() };
}

async function guarded<T>(work: () => Promise<Result<T, ChipFailure>>): Promise<Result<T, ChipFailure>> {
  try {
    return await work();
  } catch (thrown) {
    return err({ code: faultOf(thrown).code });
  }
}

export const listCardReaders = (): Promise<Result<CardReader[], ChipFailure>> =>
  guarded(async () => {
    const { context } = await openLibrary();
    const readers = context.listReaders().map(({ name, atr }) => ({
      name,
      card: atr && { atr: Buffer.from(atr).toString('hex'), kind: describeCard(atr).kind },
    }));
    context.close();
    return ok(readers);
  });

/**
 * Waits until a card that `work` can use lies in some reader. One that lay there before and is no document, as a clerk's signing card
 * is, is passed over; one that is laid there now and is none is an answer.
 */
export const withCard = <T>(
  work: (card: CardAtHand) => Promise<Result<T, ChipFailure>>,
  options: { waitMs: number; now(): number; onWaiting(): void },
): Promise<Result<T, ChipFailure>> =>
  guarded(async () => {
    const { library, context } = await openLibrary();
    const passedOver = new Set<string>();
    const end = options.now() + options.waitMs;
    for (let isFirst = true; ; isFirst = false) {
      const readers = context.listReaders();
      if (readers.length === 0) return fail('chip.no-reader');
      for (const reader of readers) {
        if (reader.atr === null) {
          passedOver.delete(reader.name);
          continue;
        }
        if (passedOver.has(reader.name)) continue;
        const outcome = await guarded(() => withReader(library, reader, work));
        const isOther =
          !outcome.ok && ['chip.not-a-document', 'chip.in-use', 'chip.failed'].includes(outcome.error.code);
        if (!isOther || !isFirst) return outcome;
        passedOver.add(reader.name);
      }
      if (options.now() >= end) return fail(passedOver.size > 0 ? 'chip.not-a-document' : 'chip.no-card');
      options.onWaiting();
      await context.waitForChange(readers, LOOK_MS);
    }
  });

async function withReader<T>(
  { wrapCard, SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0, SCARD_PROTOCOL_T1, SCARD_RESET_CARD }: Library,
  reader: Reader,
  work: (card: CardAtHand) => Promise<Result<T, ChipFailure>>,
): Promise<Result<T, ChipFailure>> {
  // Another program's command in between would end the protected channel.
  const card = wrapCard(await reader.connect(SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1));
  const { extended } = describeCard(card.atr ?? new Uint8Array());
  const transceive: Transceive = async (apdu) => {
    const answer = await card
      .transmit(Buffer.from(apdu), {
        maxRecvLength: MOST_ANSWER,
        autoGetResponse: card.protocol === SCARD_PROTOCOL_T0,
      })
      .catch((thrown: unknown) => {
        throw faultOf(thrown);
      });
    // Some drivers tell of a card that is gone by an answer without a status.
    if (answer.length < 2) throw new ChipFault('chip.removed');
    return answer;
  };
  try {
    return await work({ transceive, extended });
  } finally {
    try {
      // The chip forgets the session.
      card.disconnect(SCARD_RESET_CARD);
    } catch {
      // A card that is gone cannot be let go.
    }
  }
}
