import type { EventData } from '../../contract/events.ts';
import type { ReaderOfDesk } from '../../contract/settings.ts';
import type { ContractFailure } from '../../contract/shared.ts';
import type { Hearing } from '../../devices/id-reader/ear.ts';
import type { IdReader, OpenReader, ReaderSettings } from '../../devices/id-reader/port.ts';
import type { ReaderProtocol } from '../../devices/id-reader/protocol.ts';
import { readReaderProtocols } from '../../devices/id-reader/protocols.ts';
import { seemsZone } from '../../values/mrz.ts';
import { legalDate } from '../../values/time.ts';
import type { Desk } from '../desk.ts';
import { readMrz } from './mrz.ts';
import type { ZoneReadings } from './zone-readings.ts';

export type ReaderState = { connected: boolean; trouble: ContractFailure | null };

/** How the driver is to listen; a protocol that ships no more is none. */
export function hearingOf(
  { hearing }: Pick<ReaderOfDesk, 'hearing'>,
  protocols: readonly ReaderProtocol[],
): Hearing {
  if (hearing === null) return { kind: 'automatic' };
  if (hearing.kind === 'learnt') return hearing;
  const protocol = protocols.find(({ id }) => id === hearing.protocol);
  return protocol ? { kind: 'protocol', protocol } : { kind: 'automatic' };
}

export const driverSettings = (of: Omit<ReaderOfDesk, 'hearing'>, hearing: Hearing): ReaderSettings => ({
  path: of.path,
  baudRate: of.baudRate,
  dataBits: of.dataBits,
  parity: of.parity,
  stopBits: of.stopBits,
  hearing,
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
 * Listens to a reader of the settings and tells the windows what it read. A reader may give documents and codes: what it read says
 * which. Readings are passed on, and documents known again when they are taken: nothing of them is stored.
 */
export function createReaderWatch(
  desk: Pick<Desk, 'emit' | 'clock' | 'resources'> & { reader: IdReader },
  zones: Pick<ZoneReadings, 'fromReader'>,
) {
  let open: OpenReader | null = null;
  let using = '';
  let state: ReaderState = { connected: false, trouble: null };

  function tell(read: EventData<'reader-read'>): void {
    desk.emit('reader-read', read);
    desk.emit(
      'reader-heard',
      read.ok ? { heard: 'document', issuer: read.value.issuer } : { heard: 'trouble', failure: read.error },
    );
  }

  async function use(settings: ReaderOfDesk | null): Promise<void> {
    const wanted = JSON.stringify(settings);
    if (wanted === using) return;
    using = wanted;
    await open?.close();
    open = null;
    state = { connected: false, trouble: null };
    if (!settings) return;
    const protocols = settings.hearing?.kind === 'protocol' ? await readReaderProtocols(desk.resources) : [];
    // Somebody else was quicker while the files were read.
    if (using !== wanted) return;
    open = desk.reader.open(driverSettings(settings, hearingOf(settings, protocols)), {
      onEvent: (event) => {
        switch (event.type) {
          case 'connected':
            state = { connected: true, trouble: null };
            break;
          case 'disconnected':
            state = { connected: false, trouble: null };
            break;
          case 'sample':
            return;
          case 'trouble': {
            const isNews = state.trouble?.code !== event.failure.code;
            state = { ...state, trouble: event.failure };
            tell({ ok: false, error: event.failure });
            // Endless nonsense is one piece of news: at each the window asks for all devices.
            if (!isNews) return;
            break;
          }
          case 'read':
            if (seemsZone(event.text)) {
              const read = readMrz(event.text, legalDate(desk.clock.now()));
              if (read.ok) zones.fromReader(read.value.lines);
              tell(read);
            } else {
              desk.emit('code-read', { text: event.text });
              desk.emit('reader-heard', { heard: 'code', length: event.text.length });
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
