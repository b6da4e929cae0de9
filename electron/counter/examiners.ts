import type { ExaminerKind } from '../contract/wire.ts';

/** A process as the counter sees it: what is said to it and what it says. */
type Started<To, From> = {
  post(message: To): void;
  onMessage(listener: (message: From) => void): void;
  onEnd(listener: () => void): void;
  kill(): void;
};

/**
 * Processes that touch what strangers bring, as the counter has them from main: it asks for one by a number, and gets a port to
 * it. What is to be said before the port is there waits.
 */
export const examinersOfMain = (
  tell: (
    message:
      | { type: 'start-examiner'; request: number; what: ExaminerKind }
      | { type: 'end-examiner'; request: number },
  ) => void,
) => {
  type Link = { arrived(port: Electron.MessagePortMain): void; ended(): void };
  const links = new Map<number, Link>();
  let last = 0;

  const start = <To, From>(what: ExaminerKind): Started<To, From> => {
    last += 1;
    const request = last;
    const waiting: To[] = [];
    let port: Electron.MessagePortMain | undefined;
    let hear = (_message: From): void => {};
    let end = (): void => {};
    links.set(request, {
      arrived: (own) => {
        port = own;
        port.on('message', ({ data }) => hear(data));
        port.start();
        for (const message of waiting.splice(0)) port.postMessage(message);
      },
      ended: () => end(),
    });
    tell({ type: 'start-examiner', request, what });
    return {
      post: (message) => {
        if (port) port.postMessage(message);
        else waiting.push(message);
      },
      onMessage: (listener) => {
        hear = listener;
      },
      onEnd: (listener) => {
        end = listener;
      },
      kill: () => {
        port?.close();
        if (links.delete(request)) tell({ type: 'end-examiner', request });
      },
    };
  };

  return {
    start,
    arrived: (request: number, port: Electron.MessagePortMain) => {
      const link = links.get(request);
      // Given up before it came.
      if (link) link.arrived(port);
      else port.close();
    },
    ended: (request: number) => {
      const link = links.get(request);
      links.delete(request);
      link?.ended();
    },
  };
};
