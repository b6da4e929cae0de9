import type { ExaminerProcess, FromExaminer, ToExaminer } from '../documents/validation/messages.ts';

/**
 * Processes that read documents from strangers, as the counter has them from main: it asks for one by a number, and gets a
 * port to it. What is to be said before the port is there waits.
 */
export const examinersOfMain = (tell: (type: 'start-examiner' | 'end-examiner', request: number) => void) => {
  type Link = { arrived(port: Electron.MessagePortMain): void; ended(): void };
  const links = new Map<number, Link>();
  let last = 0;

  const start = (): ExaminerProcess => {
    last += 1;
    const request = last;
    const waiting: ToExaminer[] = [];
    let port: Electron.MessagePortMain | undefined;
    let hear = (_message: FromExaminer): void => {};
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
    tell('start-examiner', request);
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
        if (links.delete(request)) tell('end-examiner', request);
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
