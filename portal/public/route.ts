import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify';
import type { Schemas } from '../api.ts';
import { ERRORS, type Refusal } from '../errors.ts';
import type { Portal } from '../portal.ts';
import { asRefusal } from '../refusals.ts';
import { html } from './html.ts';
import type { PublicPace } from './pace.ts';
import { languageOf, sendPage } from './page.ts';

type PublicRoute = {
  method: HTTPMethods;
  url: string;
  bodyLimit?: number;
  /** What is said when more is sent than the limit. */
  tooLarge?: Refusal['code'];
  handler: (request: FastifyRequest, reply: FastifyReply) => FastifyReply | Promise<FastifyReply>;
};

const TITLE: Schemas['Text'] = { cs: 'Nelze provést', en: 'This cannot be done' };

/** A page that says in words why something was refused; its code stands below for whoever helps. */
export function sendRefusal(
  { environment }: Portal,
  request: FastifyRequest,
  reply: FastifyReply,
  { code, retryAfterSeconds }: Refusal,
): FastifyReply {
  const language = languageOf(request);
  const { status, message } = ERRORS[code];
  if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds);
  return sendPage(reply, {
    status,
    language,
    environment,
    title: TITLE[language],
    path: new URL(request.url, 'http://portal').pathname,
    content: html`<p class="state failed" role="alert">${message[language]}</p><p>${code}</p>`,
  });
}

/** A page open to all, at the pace one address may ask. */
export function publicRoute(
  app: FastifyInstance,
  portal: Portal,
  pace: PublicPace,
  { method, url, bodyLimit, tooLarge = 'request.too-large', handler }: PublicRoute,
): void {
  app.route({
    method,
    url,
    onRequest: async (request, reply) => {
      const refusal = pace(request.ip);
      if (refusal === null) return;
      reply.header('connection', 'close');
      return sendRefusal(portal, request, reply, refusal);
    },
    errorHandler: (error, request, reply) => {
      const refusal = asRefusal(error, request);
      return sendRefusal(
        portal,
        request,
        reply,
        refusal.code === 'request.too-large' ? { code: tooLarge } : refusal,
      );
    },
    ...(bodyLimit !== undefined && { bodyLimit }),
    handler,
  });
}
