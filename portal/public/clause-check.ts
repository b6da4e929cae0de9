import type { FastifyInstance } from 'fastify';
import { formatDate } from '../../electron/values/time.ts';
import type { Schemas } from '../api.ts';
import { clauseState } from '../evidence/clauses.ts';
import { readEvidenceNumber } from '../evidence/number.ts';
import type { Portal } from '../portal.ts';
import { type Html, html } from './html.ts';
import type { PublicPace } from './pace.ts';
import { type Language, languageOf, sendPage } from './page.ts';
import { publicRoute } from './route.ts';

const PATH = '/overeni';

const TEXTS = {
  title: { cs: 'Ověření doložky', en: 'Checking a clause' },
  lead: {
    cs: 'Zadejte evidenční číslo z doložky výpisu nebo autorizované konverze. Dozvíte se, zda bylo vydáno.',
    en: 'Enter the number of evidence from the clause of an extract or an authorised conversion. You learn whether it was issued.',
  },
  label: { cs: 'Evidenční číslo', en: 'Number of evidence' },
  hint: { cs: 'Například V-2026-0000012-49', en: 'For example V-2026-0000012-49' },
  check: { cs: 'Ověřit', en: 'Check' },
  again: { cs: 'Ověřit jiné číslo', en: 'Check another number' },
  issued: {
    cs: 'Doložka s tímto číslem byla vydána a platí.',
    en: 'A clause with this number was issued and holds.',
  },
  cancelled: {
    cs: 'Číslo bylo zrušeno. Listina ani soubor s tímto číslem neplatí.',
    en: 'The number was cancelled. No paper or file with this number is valid.',
  },
  unknown: {
    cs: 'Toto číslo evidence nezná, nebo úřad dosud neoznámil, že doložku vydal. Zkontrolujte číslo; nevíte-li si rady, obraťte se na úřad, který je v doložce uveden.',
    en: 'The evidence does not know this number, or the office has not said yet that it issued the clause. Check the number; when in doubt, turn to the office the clause names.',
  },
  compare: {
    cs: 'Porovnejte údaje s doložkou, kterou máte před sebou. Evidence neobsahuje obsah dokumentu a neříká, koho se týká.',
    en: 'Compare what stands here with the clause before you. The evidence does not hold the document and does not say whom it concerns.',
  },
  kind: { cs: 'Druh', en: 'Kind' },
  office: { cs: 'Vydal', en: 'Issued by' },
  issuedOn: { cs: 'Vydáno dne', en: 'Issued on' },
  cancelledOn: { cs: 'Zrušeno dne', en: 'Cancelled on' },
  register: { cs: 'Rejstřík', en: 'Register' },
  sheets: { cs: 'Počet listů', en: 'Sheets' },
  partial: { cs: 'Výpis je částečný', en: 'The extract is partial' },
  securityElement: {
    cs: 'Vstup obsahoval viditelný prvek, který nelze plně přenést',
    en: 'The input had a visible element that cannot be fully transferred',
  },
  outputSha256: { cs: 'Otisk výstupu (SHA-256)', en: 'Hash of the output (SHA-256)' },
  yes: { cs: 'ano', en: 'yes' },
  no: { cs: 'ne', en: 'no' },
  extracts: {
    cs: 'ověřený výstup z informačního systému veřejné správy',
    en: 'verified output of an information system of public administration',
  },
  conversions: { cs: 'autorizovaná konverze dokumentu', en: 'authorised conversion of a document' },
  'to-electronic': {
    cs: 'autorizovaná konverze z listinné do elektronické podoby',
    en: 'authorised conversion from paper to electronic form',
  },
  'to-paper': {
    cs: 'autorizovaná konverze z elektronické do listinné podoby',
    en: 'authorised conversion from electronic form to paper',
  },
} as const satisfies Record<string, Schemas['Text']>;

const REGISTERS: { readonly [R in Schemas['RegisterName']]: Schemas['Text'] } = {
  'criminal-record': { cs: 'Rejstřík trestů', en: 'Criminal record' },
  trade: { cs: 'živnostenský rejstřík', en: 'Trade register' },
  'public-registers': { cs: 'veřejný rejstřík', en: 'Public register' },
  land: { cs: 'katastr nemovitostí', en: 'Land register' },
  'driver-points': { cs: 'registr řidičů (bodové hodnocení)', en: 'Register of drivers (points)' },
  insolvency: { cs: 'insolvenční rejstřík', en: 'Insolvency register' },
  population: { cs: 'registr obyvatel', en: 'Population register' },
};

/** The page on which whoever holds a paper or a file sees what became of its number. */
export function clauseCheckPages(app: FastifyInstance, portal: Portal, pace: PublicPace): void {
  const { environment } = portal;

  publicRoute(app, portal, pace, {
    method: 'GET',
    url: PATH,
    handler(request, reply) {
      const language = languageOf(request);
      const asked = new URL(request.url, 'http://portal').searchParams;
      const number = readEvidenceNumber(asked.get('cislo') ?? '');
      if (number !== '') {
        const kept = asked.get('lang') === null ? '' : `?lang=${language}`;
        return reply.redirect(`${PATH}/${encodeURIComponent(number)}${kept}`, 303);
      }
      const title = TEXTS.title[language];
      return sendPage(reply, { language, environment, title, path: PATH, content: form(language) });
    },
  });

  publicRoute(app, portal, pace, {
    method: 'GET',
    url: `${PATH}/:number`,
    handler(request, reply) {
      const language = languageOf(request);
      const written = decodeURIComponent(
        new URL(request.url, 'http://portal').pathname.slice(PATH.length + 1),
      );
      const state = clauseState(portal, written);
      return sendPage(reply, {
        status: state.state === 'unknown' ? 404 : 200,
        language,
        environment,
        title: TEXTS.title[language],
        path: `${PATH}/${encodeURIComponent(state.number)}`,
        content: answer(language, state),
      });
    },
  });
}

const form = (language: Language): Html => html`<p>${TEXTS.lead[language]}</p>
<form method="get" action="${PATH}">
<input type="hidden" name="lang" value="${language}">
<label for="number">${TEXTS.label[language]}</label>
<p class="hint" id="number-hint">${TEXTS.hint[language]}</p>
<input id="number" name="cislo" required maxlength="60" autocomplete="off" spellcheck="false" aria-describedby="number-hint">
<button type="submit">${TEXTS.check[language]}</button>
</form>`;

function answer(language: Language, { number, state, clause }: Schemas['ClauseState']): Html {
  const row = (text: Schemas['Text'], value: string | number): Html =>
    html`<dt>${text[language]}</dt><dd>${value}</dd>`;
  const rows = [row(TEXTS.label, number)];
  if (clause !== undefined) {
    const { extract, conversion } = clause;
    rows.push(
      row(TEXTS.kind, TEXTS[conversion?.direction ?? clause.series][language]),
      row(TEXTS.office, clause.officeName[language]),
      row(state === 'cancelled' ? TEXTS.cancelledOn : TEXTS.issuedOn, formatDate(clause.on)),
    );
    if (extract !== undefined) {
      rows.push(
        row(TEXTS.register, REGISTERS[extract.register][language]),
        row(TEXTS.sheets, extract.sheets),
        row(TEXTS.partial, TEXTS[extract.partial ? 'yes' : 'no'][language]),
      );
    }
    if (conversion !== undefined) {
      rows.push(
        row(TEXTS.sheets, conversion.sheets),
        row(TEXTS.securityElement, TEXTS[conversion.securityElement ? 'yes' : 'no'][language]),
      );
      if (conversion.outputSha256 !== undefined) rows.push(row(TEXTS.outputSha256, conversion.outputSha256));
    }
  }
  return html`<p class="state ${state}" role="status">${TEXTS[state][language]}</p>
<dl>${rows}</dl>
${clause === undefined ? null : html`<p>${TEXTS.compare[language]}</p>`}
<p><a href="${PATH}?lang=${language}">${TEXTS.again[language]}</a></p>`;
}
