import { MessageChannelMain, type UtilityProcess, utilityProcess } from 'electron';
import type { ExaminerKind } from '../contract/wire.ts';
import type { MainLog } from './log.ts';

/**
 * The processes that touch what strangers bring: one reads a document, one talks to card readers, one is told what
 * is plugged into USB. Only main can start one; the counter that
 * wants it gets a port to it, and main ends it when told to, which ends whatever a file or a driver makes it do.
 */
export type Examiners = {
  /** Starts one and gives the port to it; `onEnd` is told when it is gone, by itself or not. */
  start(what: ExaminerKind, request: number, onEnd: () => void): Electron.MessagePortMain;
  end(request: number): void;
  /** The counter is gone, and nobody waits for them any more. */
  endAll(): void;
};

/** One that is only being started cannot be killed yet: the order would be lost, and the process would stay. */
const endProcess = (child: UtilityProcess): void => {
  if (child.pid === undefined) child.once('spawn', () => child.kill());
  else child.kill();
};

const serviceNames: Readonly<Record<ExaminerKind, string>> = {
  document: 'VIRTUOS document check',
  cards: 'VIRTUOS card readers',
  usb: 'VIRTUOS USB',
};

const endings: Readonly<Record<ExaminerKind, string>> = {
  document: 'a document ended the process that read it',
  cards: 'the process for card readers ended by itself',
  usb: 'the process that watches USB ended by itself',
};

export const createExaminers = ({
  files,
  log,
}: {
  files: Readonly<Record<ExaminerKind, string>>;
  log: MainLog;
}): Examiners => {
  const running = new Map<number, UtilityProcess>();
  return {
    start: (what, request, onEnd) => {
      const child = utilityProcess.fork(files[what], [], {
        serviceName: serviceNames[what],
        stdio: 'ignore',
      });
      const { port1, port2 } = new MessageChannelMain();
      running.set(request, child);
      child.once('exit', (exitCode) => {
        if (running.delete(request)) log.warn(endings[what], { exitCode });
        onEnd();
      });
      child.postMessage(null, [port1]);
      return port2;
    },
    end: (request) => {
      const child = running.get(request);
      running.delete(request);
      if (child) endProcess(child);
    },
    endAll: () => {
      for (const child of running.values()) endProcess(child);
      running.clear();
    },
  };
};
