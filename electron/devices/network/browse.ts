import multicastDns from 'multicast-dns';
import { ok, type Result } from '../../values/result.ts';
import { systemTimers, type Timers, wait } from '../timers.ts';
import { type Announced, announcedBy, type DnsRecord, serviceTypes } from './dns-sd.ts';

export type NetworkFailure = { code: 'network.no-multicast' };

/** Looks around the local network for printers and scanners. */
export type NetworkBrowser = {
  browse(options?: { signal?: AbortSignal }): Promise<Result<Announced[], NetworkFailure>>;
};

/** Answers come within a second or two (RFC 6762 § 6: up to 500 ms of random delay); a sleeping printer needs the second asking. */
const listenMs = 1_500;
/** A network of shouting machines must not fill the memory. */
const mostRecords = 5_000;

export const multicastBrowser = (options: { timers?: Timers; listenMs?: number } = {}): NetworkBrowser => ({
  browse: ({ signal } = {}) =>
    new Promise((resolve) => {
      const timers = options.timers ?? systemTimers;
      const records: DnsRecord[] = [];
      const socket = multicastDns();
      let ended = false;
      const end = (result: Result<Announced[], NetworkFailure>) => {
        if (ended) return;
        ended = true;
        socket.destroy();
        resolve(result);
      };
      const ask = (): void =>
        socket.query({ questions: serviceTypes.map((name) => ({ name, type: 'PTR' as const })) });
      // No network, no multicast route, or the port is somebody's alone.
      socket.on('error', () => end({ ok: false, error: { code: 'network.no-multicast' } }));
      // A packet that cannot be read is somebody else's trouble.
      socket.on('warning', () => {});
      socket.on('response', ({ answers, additionals }) => {
        for (const record of [...(answers ?? []), ...(additionals ?? [])])
          if (records.length < mostRecords) records.push(record);
      });
      socket.on('ready', () => {
        ask();
        void wait(timers, options.listenMs ?? listenMs, signal)
          .then((whole) => {
            if (whole && !ended) ask();
            return wait(timers, options.listenMs ?? listenMs, signal);
          })
          .then(() => end(ok(announcedBy(records))));
      });
    }),
});
