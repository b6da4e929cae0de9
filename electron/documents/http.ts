/**
 * The network as documents need it: what `fetch` is, as little of it as we use. Passed in, because proxies, certificates and
 * limits of the line are the business of whoever has the line.
 */
export type Http = (
  url: string,
  request: {
    method: 'GET' | 'POST';
    headers: Record<string, string>;
    body?: Uint8Array<ArrayBuffer>;
    signal: AbortSignal;
  },
) => Promise<{ status: number; body: AsyncIterable<Uint8Array> | null }>;

/** The answer's content. `undefined` for anything but a whole answer of status 200 within the limits of size and time. */
export async function exchange(
  http: Http,
  url: string,
  request: { headers: Record<string, string>; body?: Uint8Array<ArrayBuffer>; signal: AbortSignal },
  limitBytes: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { signal } = request;
  // An implementation that ignores its signal must not hold us up.
  const given = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  const asked = async () => {
    const answer = await http(url, { method: request.body === undefined ? 'GET' : 'POST', ...request });
    if (answer.status !== 200 || answer.body === null) return undefined;
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of answer.body) {
      size += part.length;
      if (size > limitBytes) return undefined;
      parts.push(part);
    }
    return new Uint8Array(Buffer.concat(parts));
  };
  return Promise.race([given, asked().catch(() => undefined)]);
}
