import { type IppPrinterRig, startIppPrinter } from './ipp-printer.ts';
import { debianPackages, missingPrograms, type RigProgram } from './process.ts';
import { type SaneRig, startSane } from './sane.ts';
import { type SerialReaderRig, startSerialReader } from './serial-reader.ts';

/**
 * A desk's worth of virtual devices for the training environment and the demo: real peers behind real drivers. `settings`
 * is what the desk's settings and drivers take; `controls` do what hands do.
 */
export type VirtualDevices = {
  settings: {
    reader: { path: string };
    scanner: { device: string; env: Record<string, string>; command: string };
    printer: { uri: string };
  };
  controls: {
    reader: Pick<SerialReaderRig, 'send' | 'unplug' | 'plugIn'> & {
      /** Sends the lines of a machine-readable zone the way most readers do: each ended by CR. */
      sendLines(lines: readonly string[]): void;
    };
    scanner: Pick<SaneRig, 'fail' | 'jamAfter' | 'load' | 'lay' | 'slow' | 'unplug' | 'plugIn'>;
    printer: Pick<
      IppPrinterRig,
      'printed' | 'condition' | 'load' | 'asked' | 'fail' | 'freeze' | 'unplug' | 'plugIn'
    >;
  };
  stop(): Promise<void>;
};

export type MissingPrograms = { missing: { program: RigProgram; debianPackage: string }[] };

const needed: readonly RigProgram[] = ['socat', 'scanimage', 'ippeveprinter', 'dbus-daemon'];

/**
 * Starts reader, scanner and printer, or says which programs are missing and which Debian packages have them. `shared`
 * lets a desk that runs as another user of the machine use them.
 */
export const startVirtualDevices = async (
  options: { shared?: boolean } = {},
): Promise<VirtualDevices | MissingPrograms> => {
  const missing = missingPrograms(needed);
  if (missing.length > 0) {
    return { missing: missing.map((program) => ({ program, debianPackage: debianPackages[program] })) };
  }
  const started: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    await Promise.all(started.splice(0).map((rig) => rig.stop()));
  };
  const keep = <T extends { stop(): Promise<void> }>(rig: T): T => {
    started.push(rig);
    return rig;
  };
  try {
    const reader = keep(await startSerialReader(options));
    const scanner = keep(await startSane(options));
    const printer = keep(await startIppPrinter({ twoSided: true }));
    return {
      settings: {
        reader: { path: reader.path },
        scanner: { device: scanner.device, env: scanner.env, command: scanner.command },
        printer: { uri: printer.uri },
      },
      controls: {
        reader: {
          send: reader.send,
          sendLines: (lines) => reader.send(lines.map((line) => `${line}\r`).join('')),
          unplug: reader.unplug,
          plugIn: reader.plugIn,
        },
        scanner,
        printer,
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
