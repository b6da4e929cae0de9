import { createHash } from 'node:crypto';
import { err, ok } from '../../electron/values/result.ts';
import type { DeskHandler, Schemas } from '../api.ts';
import { inTransaction, statement } from '../database.ts';
import type { Identity } from '../pki/authority.ts';
import { derOf, serialOf } from '../pki/certificates.ts';
import { officeSeal } from '../pki/training.ts';
import type { Portal } from '../portal.ts';

type Row = { desk_id: string; data_hash: string; certificate: string; signature: string };

/** Whose certificate stands behind a seal, as clauses and evidence name it: serial number in decimal, and who issued it. */
export function sealReference({ holder: { certificate } }: Identity): Schemas['SealReference'] {
  const names = certificate.issuer.typesAndValues;
  const value = (type: string): string | undefined =>
    names.find((one) => one.type === type)?.value.valueBlock.value;
  const provider = [value('2.5.4.10'), value('2.5.4.3')].filter(Boolean).join(', ');
  return { certificateNumber: BigInt(`0x${serialOf(certificate)}`).toString(), provider };
}

/** GET /seals/certificate */
export function readSealCertificate(portal: Portal): DeskHandler<'readSealCertificate'> {
  return (_call, desk) => {
    const trust = portal.trust();
    if (trust === null) return err({ code: 'trust.unavailable' });
    const identity = trust.pki.identity(officeSeal(desk.officeId));
    return ok({
      status: 200,
      body: {
        algorithm: 'ecdsa-sha256',
        chain: identity.chain.map((certificate) => derOf(certificate).toString('base64')),
        seal: sealReference(identity),
      },
    });
  };
}

/** POST /seals: signs with the key of the desk's own office; every use is noted. */
export function sealData(portal: Portal): DeskHandler<'sealData'> {
  const { db, clock } = portal;
  return async ({ body: { id, dataToBeSigned } }, desk) => {
    const trust = portal.trust();
    if (trust === null) return err({ code: 'trust.unavailable' });
    const identity = trust.pki.identity(officeSeal(desk.officeId));
    const certificate = serialOf(identity.holder.certificate);
    const data = Buffer.from(dataToBeSigned, 'base64');
    const dataHash = createHash('sha256').update(data).digest('hex');
    const signature = (await identity.sign(data)).toString('base64');
    return inTransaction(db, () => {
      const known = statement<[string], Row>(db, 'SELECT * FROM seals WHERE id = ?').get(id);
      if (known !== undefined) {
        const same =
          known.desk_id === desk.id && known.data_hash === dataHash && known.certificate === certificate;
        return same
          ? ok({ status: 200, body: { signature: known.signature } })
          : err({ code: 'seal.content-differs' });
      }
      statement(
        db,
        `INSERT INTO seals (id, desk_id, office_id, data_hash, certificate, signature, made_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      ).run(id, desk.id, desk.officeId, dataHash, certificate, signature, clock.now().getTime());
      return ok({ status: 200, body: { signature } });
    });
  };
}
