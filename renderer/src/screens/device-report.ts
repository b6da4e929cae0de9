import type { DeviceReport } from '../../../electron/contract/devices.ts';
import { dayAndTime } from '../i18n/format.ts';
import { m } from '../i18n/generated/messages.js';
import { named } from '../i18n/sentence.ts';

/** The report line by line, each short enough to be read over the telephone. */
export function reportLines(report: DeviceReport): string[] {
  const line = (label: string, ...parts: (string | number | null)[]): string =>
    `${label}: ${parts.filter((part) => part !== null && part !== '').join(', ') || '–'}`;
  const { desk, system, clock } = report;
  return [
    line(m.devices_report_at(), dayAndTime(report.at)),
    line(m.devices_report_version(), desk.version, desk.environment),
    line(m.devices_report_desk(), desk.deskId),
    line(m.devices_report_office(), desk.officeId),
    line(m.devices_report_system(), system.platform, system.release, system.arch),
    line('Node / Electron', system.node, system.electron),
    line(m.devices_report_memory(), system.freeMib),
    line(
      m.devices_report_clock(),
      clock.state,
      m.devices_report_clock_off({ seconds: clock.offSeconds }),
      clock.zone,
    ),
    line(m.devices_report_line(), report.line.state, report.line.reason, report.line.host),
    line(m.devices_report_waiting(), report.line.waiting),
    ...report.devices.flatMap(({ kind, name, state, code, key }) => [
      line(m.devices_report_device(), named('settings_device_kind', kind), name),
      `  ${line(state, code, key)}`,
    ]),
    ...report.ports.map((port) => line(m.devices_report_port(), port)),
    ...report.usb.map(({ id, name }) => line(m.devices_report_usb(), id, name)),
    ...report.cards.flatMap(({ reader, atr }) => [
      line(m.devices_report_card(), reader),
      `  ${line('ATR', atr)}`,
    ]),
    ...report.certificates.map(({ what, subject, validTo }) =>
      line(m.devices_report_certificate(), what, subject, dayAndTime(validTo)),
    ),
    ...report.failed.map((code) => line(m.devices_report_failed(), code)),
    ...report.errors.map(({ at, code }) => line(m.devices_report_error(), dayAndTime(at), code)),
  ];
}
