import { X509Certificate } from 'node:crypto';
import { arch, freemem, platform, release } from 'node:os';
import type { DeviceReport } from '../../contract/devices.ts';
import type { DeviceView } from '../../contract/settings.ts';
import { clockTrust } from '../../journal/clock.ts';
import * as outbox from '../../store/outbox.ts';
import type { Desk } from '../desk.ts';
import { connectionOf } from '../line/values.ts';
import type { Trouble } from './troubles.ts';
import type { DeviceWatch } from './watch.ts';

/** The parts of a distinguished name that name a machine or an office; a person's would come with more (RFC 5280 § 4.1.2.4). */
const commonName = (subject: string): string =>
  subject
    .split('\n')
    .find((part) => part.startsWith('CN='))
    ?.slice(3) ?? '–';

const certificateOf = (what: 'desk' | 'authority', pem: string | null): DeviceReport['certificates'] => {
  if (pem === null) return [];
  const certificate = new X509Certificate(pem);
  return [{ what, subject: commonName(certificate.subject), validTo: certificate.validToDate.toISOString() }];
};

const hostOf = (url: string | undefined): string | null =>
  url !== undefined && URL.canParse(url) ? new URL(url).host : null;

const systemPort = (path: string): boolean => /^(\/dev\/[\w/.-]+|COM\d+)$/.test(path);

/**
 * What is told of a device: its make, never what its owner called it, nor where in the network or on the disk it is; both often hold a
 * name.
 */
export function deviceLine(
  device: DeviceView,
  ownNames: ReadonlySet<string>,
): DeviceReport['devices'][number] {
  const { kind, key, name, address, state, purposes, trouble, knownBy } = device;
  const isAddress = name === address && !systemPort(name);
  // Of scanners on the network SANE gives the owner's name for the model's, also where this desk has not heard it announced.
  const isOwners = ownNames.has(name) || /^(airscan|escl):/.test(address);
  return {
    kind,
    name: device.known?.name.en ?? (isAddress || isOwners ? '–' : name),
    key: knownBy === 'place' || isOwners ? kind : key,
    state,
    purposes,
    code: trouble?.code ?? null,
  };
}

export async function deviceReport(
  desk: Desk,
  of: { watch: DeviceWatch; troubles: () => readonly Trouble[] },
): Promise<DeviceReport> {
  const { found, devices, failed } = await of.watch.devices(true);
  const cards = await desk.chips.list();
  const line = desk.sync.line();
  const announced = found.announced.ok ? found.announced.value : [];
  const ownNames = new Set(announced.map(({ instance }) => instance));
  return desk.store.read((tx) => {
    const own = desk.enrolled(tx);
    const connection = connectionOf(tx);
    const clock = clockTrust(tx, desk.clock);
    return {
      at: desk.clock.now().toISOString(),
      desk: {
        version: desk.version,
        environment: desk.environment,
        deskId: own?.deskId ?? null,
        officeId: own?.officeId ?? null,
      },
      system: {
        platform: platform(),
        release: release(),
        arch: arch(),
        node: process.versions.node,
        electron: process.versions['electron'] ?? null,
        freeMib: Math.round(freemem() / 1024 / 1024),
      },
      clock: {
        state: clock.state,
        offSeconds: Math.round(clock.offMs / 1000),
        zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      },
      line: {
        state: line.state,
        since: line.since.toISOString(),
        reason: line.reason?.code ?? null,
        host: hostOf(own?.portalUrl),
        proxy: connection.proxy !== null,
        waiting: outbox.counts(tx).waiting,
      },
      devices: devices.map((device) => deviceLine(device, ownNames)),
      ports: found.readerPorts.ok ? found.readerPorts.value.map(({ path }) => path).filter(systemPort) : [],
      usb: found.usb.ok
        ? found.usb.value.map(({ vendorId, productId, product }) => ({
            id: `${vendorId}:${productId}`,
            name: product,
          }))
        : [],
      cards: cards.ok ? cards.value.map(({ name, card }) => ({ reader: name, atr: card?.atr ?? null })) : [],
      certificates: [
        ...certificateOf('desk', connection.certificate?.cert ?? null),
        ...certificateOf('authority', connection.ca),
      ],
      failed: [...failed.map(({ code }) => code), ...(cards.ok ? [] : [cards.error.code])],
      errors: [...of.troubles()],
    };
  });
}
