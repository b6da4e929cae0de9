import type { FetchEvidence } from './validate.ts';

/** What is used of a fetch function. */
type Fetch = (
  url: string,
  init: {
    method: string;
    headers?: Record<string, string>;
    body?: Uint8Array<ArrayBuffer>;
    redirect: 'error';
    signal: AbortSignal;
  },
) => Promise<Response>;

/** Fetches lists and answers over HTTP. Redirects are not followed: the address in the certificate is the one meant. */
export const httpEvidence =
  (fetch: Fetch): FetchEvidence =>
  async ({ url, body, maxBytes, signal }) => {
    const response = await fetch(url, {
      redirect: 'error',
      signal,
      ...(body
        ? {
            method: 'POST',
            headers: { 'content-type': 'application/ocsp-request' },
            body: new Uint8Array(body),
          }
        : { method: 'GET' }),
    });
    if (!response.ok || !response.body) return null;
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of response.body) {
      length += part.length;
      // Leaving the loop ends the transfer, however much was to come.
      if (length > maxBytes) return null;
      parts.push(part);
    }
    return new Uint8Array(Buffer.concat(parts));
  };
