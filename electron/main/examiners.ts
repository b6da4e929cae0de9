import { MessageChannelMain, type UtilityProcess, utilityProcess } from 'electron';
import type { MainLog } from './log.ts';

/**
 * The processes that read documents from strangers. Only main can start one; the counter that wants it gets a port to it,
 * and main ends it when told to, which ends whatever a file makes it do.
 */
export type Examiners = {
  /** Starts one and gives the port to it; `onEnd` is told when it is gone, by itself or not. */
  start(request: number, onEnd: () => void): Electron.MessagePortMain;
  end(request: number): void;
  /** The counter is gone, and nobody waits for them any more. */
  endAll(): void;
};

/** One that is only being started cannot be killed yet: the order would be lost, and the process would stay. */
const endProcess = (child: UtilityProcess): void => {
  if (child.pid === undefined) child.once('spawn', () => child.kill());
  else child.kill();
};

export const createExaminers = ({ file, log }: { file: string; log: MainLog }): Examiners => {
  const running = new Map<number, UtilityProcess>();
  return {
    start: (request, onEnd) => {
      const child = utilityProcess.fork(file, [], { serviceName: 'VIRTUOS document check', stdio: 'ignore' });
      const { port1, port2 } = new MessageChannelMain();
      running.set(request, child);
      child.once('exit', (exitCode) => {
        if (running.delete(request)) log.warn('a document ended the process that read it', { exitCode });
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
