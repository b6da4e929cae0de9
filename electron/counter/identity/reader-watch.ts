import type { DeskSettings } from '../../contract/settings.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import type { IdReader, OpenReader, ReaderSettings } from '../../devices/id-reader/port.ts';
import { legalDate } from '../../values/time.ts';
import type { Desk } from '../desk.ts';
import { readMrz } from './mrz.ts';
import type { ZoneReadings } from './zone-readings.ts';

export type ReaderState = { connected: boolean; trouble: ContractFailure | null };

const toSettings = (of: NonNullable<DeskSettings['reader']>): ReaderSettings => ({
  path: of.path,
  baudRate: of.baudRate,
  ...(of.vendorId !== null &&
    of.productId !== null && {
      identity: {
        vendorId: of.vendorId,
        productId: of.productId,
        ...(of.serialNumber !== null && { serialNumber: of.serialNumber }),
      },
    }),
});

/**
 * Listens to the document reader of the settings and tells the windows what it read. Readings are passed on, and known again when
 * their document is taken: the machine-readable zone is not stored.
 */
export function createReaderWatch(
  desk: Pick<Desk, 'emit' | 'clock'> & { reader: IdReader },
  zones: Pick<ZoneReadings, 'fromReader'>,
) {
  let open: OpenReader | null = null;
  let using = '';
  let state: ReaderState = { connected: false, trouble: null };

  async function use(settings: DeskSettings['reader']): Promise<void> {
    const wanted = JSON.stringify(settings);
    if (wanted === using) return;
    using = wanted;
    await open?.close();
    open = null;
    state = { connected: false, trouble: null };
    if (!settings) return;
    open = desk.reader.open(toSettings(settings), {
      onEvent: (event) => {
        switch (event.type) {
          case 'connected':
            state = { connected: true, trouble: null };
            break;
          case 'disconnected':
            state = { connected: false, trouble: null };
            break;
          case 'trouble': {
            const isNews = state.trouble?.code !== event.failure.code;
            state = { ...state, trouble: event.failure };
            desk.emit('reader-read', { ok: false, error: event.failure });
            // Endless nonsense is one piece of news: at each the window asks for all devices.
            if (!isNews) return;
            break;
          }
          case 'read':
            {
              const read = readMrz(event.text, legalDate(desk.clock.now()));
              if (read.ok) zones.fromReader(read.value.lines);
              desk.emit('reader-read', read);
            }
            if (state.trouble === null) return;
            // It speaks sense again.
            state = { connected: true, trouble: null };
            break;
        }
        desk.emit('device-changed', {
          kind: 'reader',
          address: settings.path,
          state: state.connected ? 'ready' : 'absent',
        });
      },
    });
  }

  return { use, state: () => state, stop: () => use(null) };
}

export type ReaderWatch = ReturnType<typeof createReaderWatch>;
