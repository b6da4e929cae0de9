import type { FastifyInstance } from 'fastify';
import { formatDate } from '../../electron/values/time.ts';
import type { Schemas } from '../api.ts';
import { asAttachment, type Deposit, findDeposit, readToken, takeInput } from '../depot/deposits.ts';
import type { Portal } from '../portal.ts';
import { type Html, html } from './html.ts';
import type { PublicPace } from './pace.ts';
import { type Language, languageOf, sendPage } from './page.ts';
import { publicRoute, sendRefusal } from './route.ts';

const PATH = '/uschovna';
const FORM_OVERHEAD = 64 * 1024;

const TEXTS = {
  title: { cs: 'Úschovna', en: 'Depot' },
  haveFile: { cs: 'Vyzvednout soubor', en: 'Collect a file' },
  haveFileLead: {
    cs: 'Kód najdete na potvrzení, které jste dostali na přepážce.',
    en: 'The code stands on the confirmation you were given at the desk.',
  },
  token: { cs: 'Kód souboru', en: 'Code of the file' },
  find: { cs: 'Vyhledat', en: 'Find' },
  bringFile: { cs: 'Vložit soubor pro přepážku', en: 'Bring a file for a desk' },
  bringFileLead: {
    cs: 'Vložte podepsaný dokument PDF nebo zprávu z datové schránky (ZFO), nejvýše 50 MB, ke konverzi 20 MB. Dostanete kód, se kterým si na přepážce necháte dokument převést do listinné podoby nebo svůj elektronický podpis na něm ověřit. Soubor zůstane v úschovně 30 dnů.',
    en: 'Bring a signed PDF document or a message of a data box (ZFO), 50 MB at most, 20 MB for a conversion. You get a code with which a desk converts the document to paper or certifies your electronic signature on it. The file stays in the depot for 30 days.',
  },
  file: { cs: 'Soubor', en: 'File' },
  bring: { cs: 'Vložit', en: 'Bring' },
  fileName: { cs: 'Název souboru', en: 'Name of the file' },
  size: { cs: 'Velikost', en: 'Size' },
  until: { cs: 'K dispozici do', en: 'Available until' },
  number: { cs: 'Evidenční číslo konverze', en: 'Number of the conversion' },
  bookNumber: { cs: 'Pořadové číslo legalizace', en: 'Number of the certified signature' },
  hash: { cs: 'Otisk (SHA-256)', en: 'Hash (SHA-256)' },
  download: { cs: 'Stáhnout soubor', en: 'Download the file' },
  output: {
    cs: 'Soubor je připraven. Stáhnout jej můžete opakovaně.',
    en: 'The file is ready. You may download it more than once.',
  },
  input: {
    cs: 'Soubor je v úschovně. Kód si opište nebo vytiskněte a sdělte jej na přepážce.',
    en: 'The file is in the depot. Write the code down or print it, and tell it at the desk.',
  },
  again: { cs: 'Zpět do úschovny', en: 'Back to the depot' },
  bytes: { cs: 'bajtů', en: 'bytes' },
} as const satisfies Record<string, Schemas['Text']>;

/** Where a citizen collects the output of a conversion and brings the input of one. */
export function depotPages(app: FastifyInstance, portal: Portal, pace: PublicPace): void {
  const { environment, depotRules, blobFiles } = portal;
  app.addContentTypeParser(
    'multipart/form-data',
    { parseAs: 'buffer', bodyLimit: depotRules.largestBytes + FORM_OVERHEAD },
    (_request, body, done) => done(null, body),
  );

  publicRoute(app, portal, pace, {
    method: 'GET',
    url: PATH,
    handler(request, reply) {
      const language = languageOf(request);
      const asked = new URL(request.url, 'http://portal').searchParams;
      const token = readToken(asked.get('kod') ?? '');
      if (token !== '') return reply.redirect(`${PATH}/${token}?lang=${language}`, 303);
      return sendPage(reply, {
        language,
        environment,
        title: TEXTS.title[language],
        path: PATH,
        content: forms(language),
      });
    },
  });

  publicRoute(app, portal, pace, {
    method: 'POST',
    url: PATH,
    bodyLimit: depotRules.largestBytes + FORM_OVERHEAD,
    tooLarge: 'depot.too-large',
    async handler(request, reply) {
      const file = await fileIn(request.body, String(request.headers['content-type']));
      if (file === null) return sendRefusal(portal, request, reply, { code: 'depot.no-file' });
      const taken = await takeInput(portal, file);
      return taken.ok
        ? reply.redirect(`${PATH}/${taken.value}?lang=${languageOf(request)}`, 303)
        : sendRefusal(portal, request, reply, taken.error);
    },
  });

  publicRoute(app, portal, pace, {
    method: 'GET',
    url: `${PATH}/:token`,
    handler(request, reply) {
      const language = languageOf(request);
      const deposit = findDeposit(portal, tokenIn(request.params));
      if (deposit === null) return sendRefusal(portal, request, reply, { code: 'depot.unknown' });
      return sendPage(reply, {
        language,
        environment,
        title: TEXTS.title[language],
        path: `${PATH}/${deposit.token}`,
        content: shown(language, deposit),
      });
    },
  });

  publicRoute(app, portal, pace, {
    method: 'GET',
    url: `${PATH}/:token/soubor`,
    async handler(request, reply) {
      const deposit = findDeposit(portal, tokenIn(request.params));
      // What a citizen brought is for desks only: nobody else needs it from here.
      const content = deposit?.direction === 'output' ? await blobFiles.read(deposit.sha256) : null;
      return deposit === null || content === null
        ? sendRefusal(portal, request, reply, { code: 'depot.unknown' })
        : reply.headers(asAttachment(deposit.file_name)).send(content);
    },
  });
}

const tokenIn = (params: unknown): string =>
  typeof params === 'object' && params !== null && 'token' in params ? String(params.token) : '';

/** The file of a form that was sent; null when there is none, or the form is torn. */
async function fileIn(
  body: unknown,
  contentType: string,
): Promise<{ name: string; content: Uint8Array } | null> {
  if (!Buffer.isBuffer(body)) return null;
  try {
    const form = await new Response(new Uint8Array(body), {
      headers: { 'content-type': contentType },
    }).formData();
    const file = form.get('soubor');
    if (file === null || typeof file === 'string' || file.size === 0) return null;
    return { name: file.name, content: new Uint8Array(await file.arrayBuffer()) };
  } catch {
    return null;
  }
}

const forms = (language: Language): Html => html`<h2>${TEXTS.haveFile[language]}</h2>
<form method="get" action="${PATH}">
<input type="hidden" name="lang" value="${language}">
<label for="token">${TEXTS.token[language]}</label>
<p class="hint" id="token-hint">${TEXTS.haveFileLead[language]}</p>
<input id="token" name="kod" required maxlength="60" autocomplete="off" spellcheck="false" aria-describedby="token-hint">
<button type="submit">${TEXTS.find[language]}</button>
</form>
<h2>${TEXTS.bringFile[language]}</h2>
<form method="post" action="${PATH}?lang=${language}" enctype="multipart/form-data">
<label for="file">${TEXTS.file[language]}</label>
<p class="hint" id="file-hint">${TEXTS.bringFileLead[language]}</p>
<input id="file" name="soubor" type="file" required accept=".pdf,.zfo" aria-describedby="file-hint">
<button type="submit">${TEXTS.bring[language]}</button>
</form>`;

function shown(language: Language, deposit: Deposit): Html {
  const { token, direction, file_name, size, sha256, expires_on, conversion_number, book_number, book_year } =
    deposit;
  const row = (text: Schemas['Text'], value: string): Html =>
    html`<dt>${text[language]}</dt><dd>${value}</dd>`;
  const bytes = `${new Intl.NumberFormat(language).format(size)} ${TEXTS.bytes[language]}`;
  return html`<p class="state issued" role="status">${TEXTS[direction][language]}</p>
<dl>${[
    row(TEXTS.token, token),
    row(TEXTS.fileName, file_name),
    row(TEXTS.size, bytes),
    row(TEXTS.until, formatDate(expires_on)),
    ...(conversion_number === null ? [] : [row(TEXTS.number, conversion_number)]),
    ...(book_number === null ? [] : [row(TEXTS.bookNumber, `${book_number}/${book_year}`)]),
    row(TEXTS.hash, sha256),
  ]}</dl>
${direction === 'output' ? html`<p><a href="${PATH}/${token}/soubor">${TEXTS.download[language]}</a></p>` : null}
<p><a href="${PATH}?lang=${language}">${TEXTS.again[language]}</a></p>`;
}
