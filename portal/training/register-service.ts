import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { invalidDocumentsNumber } from '../../electron/values/document-number.ts';
import { legalDate } from '../../electron/values/time.ts';

export type ListedDocument = { registerKind: 0 | 4 | 6; number: string; listedSince: string };

export type RegisterCases = {
  documents: readonly ListedDocument[];
  /** Numbers at which the service fails, to practise that the register cannot be asked. */
  failsAt: readonly string[];
};

export type RegisterService = { url: string; close(): Promise<void> };

const PATH = '/neplatne-doklady/doklady.aspx';
const DAY_MS = 86_400_000;

/**
 * A register of invalid documents for training: the Ministry's address and XML, made-up documents. Listens on
 * loopback; its data are a day old, as the real ones are.
 */
export async function startRegisterService(cases: RegisterCases, now: () => Date): Promise<RegisterService> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://register');
    const number = invalidDocumentsNumber(searchParams.get('dotaz') ?? '');
    const kind = Number(searchParams.get('doklad') ?? Number.NaN);
    const send = (status: number, body: string): void => {
      response.writeHead(status, { 'content-type': 'text/xml; charset=utf-8' }).end(body);
    };
    if (request.method !== 'GET' || pathname !== PATH) return send(404, '');
    if (cases.failsAt.includes(number)) return send(503, '');
    const updated = czechDate(legalDate(new Date(now().getTime() - DAY_MS)));
    if (!/^[0-9A-Z]{6,10}$/.test(number) || ![0, 4, 6].includes(kind)) {
      return send(200, page(updated, '<chyba spatny_dotaz="ano">Chybně zadaný dotaz</chyba>'));
    }
    const listed = cases.documents.find(
      (document) => document.registerKind === kind && document.number === number,
    );
    const since = listed === undefined ? '' : ` evidovano_od="${czechDate(listed.listedSince)}"`;
    const answer = `<odpoved aktualizovano="${updated}" evidovano="${listed ? 'ano' : 'ne'}"${since}/>`;
    send(200, page(updated, `<dotaz typ="${kind}" cislo="${number}" serie="-"/>${answer}`));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${portOf(server.address())}${PATH}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const page = (updated: string, inside: string): string =>
  `<?xml version="1.0" encoding="utf-8"?>\n<doklady_neplatne posl_zmena="${updated}" pristi_zmeny="">${inside}</doklady_neplatne>\n`;

const czechDate = (date: string): string => {
  const [year, month, day] = date.split('-').map(Number);
  return `${day}.${month}.${year}`;
};

const portOf = (address: AddressInfo | string | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0;
