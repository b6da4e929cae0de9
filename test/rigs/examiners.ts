import type { ExaminerProcess, FromExaminer } from '../../electron/documents/validation/messages.ts';

/**
 * Examiners that serve one document after another. A desk has a fresh process for each, which its own tests and the
 * end-to-end tests prove; where a test is about something else, the start of a process would be most of its time. One that
 * is ended while it still owes an answer is ended for real.
 */
export function reusedExaminers(start: () => ExaminerProcess): () => ExaminerProcess {
  type Kept = { process: ExaminerProcess; owed: number; heard(message: FromExaminer): void; ended(): void };
  const idle: Kept[] = [];

  function begin(): Kept {
    const kept: Kept = { process: start(), owed: 0, heard: () => {}, ended: () => {} };
    kept.process.onMessage((message) => {
      kept.owed -= 1;
      kept.heard(message);
    });
    kept.process.onEnd(() => {
      const at = idle.indexOf(kept);
      if (at >= 0) idle.splice(at, 1);
      kept.ended();
    });
    return kept;
  }

  return () => {
    const kept = idle.pop() ?? begin();
    return {
      post: (message) => {
        kept.owed += 1;
        kept.process.post(message);
      },
      onMessage: (listener) => {
        kept.heard = listener;
      },
      onEnd: (listener) => {
        kept.ended = listener;
      },
      kill: () => {
        kept.heard = () => {};
        kept.ended = () => {};
        if (kept.owed === 0) idle.push(kept);
        else kept.process.kill();
      },
    };
  };
}
