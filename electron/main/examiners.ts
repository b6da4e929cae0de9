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
      child?.kill();
    },
    endAll: () => {
      for (const child of running.values()) child.kill();
      running.clear();
    },
  };
};
