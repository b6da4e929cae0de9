import { readFile } from 'node:fs/promises';
import { protocol, type Session } from 'electron';
import { scheme } from './addresses.ts';
import { headersFor, resolveAsset } from './assets.ts';

/** Declares app: as a standard, secure scheme. Must run before Electron is ready. */
export const declareScheme = (): void => {
  protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true } }]);
};

/** Serves the built page from `folder` to this session, and nothing else from anywhere. */
export const serveWindow = (session: Session, folder: string): void => {
  session.protocol.handle(scheme, async (request) => {
    const asset = request.method === 'GET' ? resolveAsset(folder, request.url) : null;
    const body = asset && (await readFile(asset.file).catch(() => null));
    return asset && body
      ? new Response(new Uint8Array(body), { headers: headersFor(asset.type) })
      : new Response('not found', { status: 404, headers: headersFor('text/plain; charset=utf-8') });
  });
};
