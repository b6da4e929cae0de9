import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Schemas } from '../api.ts';
import { type Html, html } from './html.ts';
import { STYLE } from './style.ts';

export type Language = keyof Schemas['Text'];

/** In an address (`?lang=en`) or by what the browser prefers; Czech otherwise. */
export function languageOf(request: FastifyRequest): Language {
  const asked = new URL(request.url, 'http://portal').searchParams.get('lang');
  if (asked === 'cs' || asked === 'en') return asked;
  const ranked = String(request.headers['accept-language'] ?? '')
    .split(',')
    .map((entry) => {
      const [tag = '', ...options] = entry.trim().toLowerCase().split(';');
      const quality = /^\s*q=([\d.]+)/.exec(options.join(';'))?.[1];
      return { language: tag.slice(0, 2), quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  const first = ranked.find(({ language }) => ['cs', 'sk', 'en'].includes(language));
  return first?.language === 'en' ? 'en' : 'cs';
}

/** Nothing but our own style sheet and forms to ourselves; no script, frame, picture or connection. */
const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const STYLE_PATH = '/verejne/styl.css';

const TEXTS = {
  training: {
    cs: 'Cvičné prostředí. Nic zde není skutečné ani platné.',
    en: 'Training environment. Nothing here is real or valid.',
  },
  otherLanguage: { cs: 'English', en: 'Česky' },
} as const satisfies Record<string, Schemas['Text']>;

export type Page = {
  status?: number;
  language: Language;
  environment: Schemas['Environment'];
  title: string;
  /** Address of the page itself, for the link to the other language. */
  path: string;
  content: Html;
};

/** Sends a page that works without script, by keyboard and by ear. */
export function sendPage(
  reply: FastifyReply,
  { status = 200, language, environment, title, path, content }: Page,
): FastifyReply {
  const other: Language = language === 'cs' ? 'en' : 'cs';
  const marked =
    environment === 'training' ? `${title} – ${language === 'cs' ? 'CVIČNÉ' : 'TRAINING'}` : title;
  const { text } = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${marked}</title>
<link rel="stylesheet" href="${STYLE_PATH}">
</head>
<body class="${environment}">
<header>
${environment === 'training' ? html`<p class="training-mark">${TEXTS.training[language]}</p>` : null}
<p class="language"><a href="${path}?lang=${other}" hreflang="${other}" lang="${other}">${TEXTS.otherLanguage[language]}</a></p>
</header>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
  return reply
    .code(status)
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'content-language': language,
      vary: 'accept-language',
      'content-security-policy': POLICY,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    .send(text);
}

/** The style sheet of all public pages. */
export const styleRoute = {
  method: 'GET',
  url: STYLE_PATH,
  handler: (_request: FastifyRequest, reply: FastifyReply) =>
    reply
      .headers({
        'content-type': 'text/css; charset=utf-8',
        'cache-control': 'public, max-age=3600',
        'x-content-type-options': 'nosniff',
      })
      .send(STYLE),
} as const;
