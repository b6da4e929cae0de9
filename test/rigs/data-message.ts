import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTimestampClient } from '../../electron/documents/timestamps/client.ts';
import { systemRandom } from '../../electron/values/ids.ts';
import { certificateFile, certificatePassword, timestampPolicy } from './converted.ts';

/** Data messages (ZFO) in the shape public clients rely on: an XML with the message, its hash and timestamp, within a CMS. */

export type MessageFile = { name: string; mimeType?: string; content: Uint8Array };

/** The element whose bytes are hashed. */
export const messageElement = (files: readonly MessageFile[]): string =>
  `<p:dmDm xmlns:p="http://isds.czechpoint.cz/v20"><p:dmID>123</p:dmID><p:dmFiles>${files
    .map(
      ({ name, mimeType = 'application/pdf', content }) =>
        `<p:dmFile dmFileDescr="${name}" dmMimeType="${mimeType}"><p:dmEncodedContent>${Buffer.from(content).toString('base64')}</p:dmEncodedContent></p:dmFile>`,
    )
    .join('')}</p:dmFiles></p:dmDm>`;

export const sha256 = (data: string | Uint8Array): Buffer => createHash('sha256').update(data).digest();

/** The whole as it is sealed; `timestamp` is a token over the element's hash. */
export const messageXml = (dm: string, timestamp: Uint8Array): string =>
  `<q:MessageDownloadResponse xmlns:q="http://isds.czechpoint.cz/v20/message" xmlns:p="http://isds.czechpoint.cz/v20"><q:dmReturnedMessage>${dm}<p:dmHash algorithm="SHA-256">${sha256(dm).toString('base64')}</p:dmHash><p:dmQTimestamp>${Buffer.from(timestamp).toString('base64')}</p:dmQTimestamp></q:dmReturnedMessage></q:MessageDownloadResponse>`;

/** A message sealed and stamped with what the training portal has; its real system is not at hand. */
export async function dataMessage(portalUrl: string, files: readonly MessageFile[]): Promise<Uint8Array> {
  const dm = messageElement(files);
  const authority = async (name: string) =>
    new X509Certificate(Buffer.from(await (await fetch(`${portalUrl}/pki/${name}.cer`)).arrayBuffer()));
  const stamped = await createTimestampClient({
    authorities: [{ url: `${portalUrl}/tsa/1`, policy: timestampPolicy }],
    trusted: [await authority('ca'), await authority('root')],
    http: fetch,
    random: systemRandom,
    timeLimit: (ms) => AbortSignal.timeout(ms),
  }).timestamp(new TextEncoder().encode(dm));
  if (!stamped.ok) throw new Error(JSON.stringify(stamped.error));
  const folder = mkdtempSync(join(tmpdir(), 'virtuos-zfo-'));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  try {
    writeFileSync(join(folder, 'key.p12'), await certificateFile(portalUrl, 'novakova'));
    writeFileSync(join(folder, 'message.xml'), messageXml(dm, stamped.value.token));
    openssl(
      ...['pkcs12', '-in', 'key.p12', '-out', 'key.pem', '-nodes'],
      ...['-passin', `pass:${certificatePassword}`],
    );
    openssl(
      ...['cms', '-sign', '-binary', '-nodetach', '-cades', '-md', 'sha256', '-outform', 'DER'],
      ...['-in', 'message.xml', '-signer', 'key.pem', '-out', 'message.zfo'],
    );
    return new Uint8Array(readFileSync(join(folder, 'message.zfo')));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
