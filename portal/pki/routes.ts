import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Schemas } from '../api.ts';
import { readItem } from '../catalogue/master.ts';
import { ERRORS, errorBody } from '../errors.ts';
import type { Portal } from '../portal.ts';
import { answerTimestamp } from '../timestamps/authority.ts';
import { derOf } from './certificates.ts';
import { answerOcsp, type Issuer, revocationList } from './revocation.ts';
import { clerkCertificate, timestampUnit } from './training.ts';
import { TRUST_ITEM } from './trust.ts';

const ISSUERS: readonly Issuer[] = ['root', 'ca'];

/**
 * What whoever checks a signature of the training environment asks for, and its timestamp authorities. Without a token, as such
 * services are; their protocols have answers of their own.
 */
export function trustRoutes(app: FastifyInstance, portal: Portal): void {
  const { clock, db, random } = portal;
  app.addContentTypeParser(
    ['application/timestamp-query', 'application/ocsp-request'],
    { parseAs: 'buffer', bodyLimit: 64 * 1024 },
    (_request, body, done) => done(null, body),
  );
  const notHere = (reply: FastifyReply): FastifyReply => {
    const code = 'trust.unavailable';
    return reply.code(ERRORS[code].status).send(errorBody({ code }));
  };
  const sent = (reply: FastifyReply, type: string, body: Buffer | string): FastifyReply =>
    reply.header('content-type', type).send(body);

  for (const issuer of ISSUERS) {
    app.get(`/pki/${issuer}.cer`, (_request, reply) => {
      const trust = portal.trust();
      if (trust === null) return notHere(reply);
      const { certificate } = trust.pki.identity(issuer).holder;
      return sent(reply, 'application/pkix-cert', derOf(certificate));
    });
    app.get(`/pki/${issuer}.crl`, async (_request, reply) => {
      const trust = portal.trust();
      if (trust === null) return notHere(reply);
      return sent(reply, 'application/pkix-crl', await revocationList(trust.pki, issuer, clock.now()));
    });
  }

  const ocsp = async (reply: FastifyReply, request: Buffer): Promise<FastifyReply> => {
    const trust = portal.trust();
    if (trust === null) return notHere(reply);
    return sent(reply, 'application/ocsp-response', await answerOcsp(trust.pki, request, clock.now()));
  };
  app.post<{ Body: Buffer }>('/pki/ocsp', (request, reply) => ocsp(reply, request.body));
  app.get<{ Params: { '*': string } }>('/pki/ocsp/*', (request, reply) =>
    ocsp(reply, Buffer.from(request.params['*'], 'base64')),
  );

  app.get('/pki/trust-list.xml', (_request, reply) => {
    // Put there by the portal itself.
    const item = readItem(db, 'trust', TRUST_ITEM) as Schemas['TrustServices'] | undefined;
    return item === undefined
      ? notHere(reply)
      : sent(reply, 'application/vnd.etsi.tsl+xml', item.trustList.xml);
  });

  // Signing keys of the training accounts, under a password that is no secret.
  app.get<{ Params: { username: string } }>('/pki/cvicne/:username.p12', (request, reply) => {
    const { username } = request.params;
    const name = /^(revoked|expired|ending)$/.test(username)
      ? `practice-${username}`
      : clerkCertificate(username);
    const file = /^[a-z0-9.-]{1,60}$/.test(username) ? portal.trust()?.pki.pkcs12(name) : null;
    return file == null ? notHere(reply) : sent(reply, 'application/x-pkcs12', file);
  });

  for (const unit of [1, 2]) {
    app.post<{ Body: Buffer }>(`/tsa/${unit}`, async (request, reply) => {
      const trust = portal.trust();
      const policy = trust?.data.timestampPolicies[unit - 1];
      if (trust === null || policy === undefined) return notHere(reply);
      const identity = trust.pki.identity(timestampUnit(unit));
      return sent(
        reply,
        'application/timestamp-reply',
        await answerTimestamp({ identity, policy, random }, request.body, clock.now()),
      );
    });
  }
}
