import { connect, createServer } from 'node:net';

/** A line to the printer that passes everything on, but cuts the connection instead of one answer. */
export const breakingLine = async (port: number) => {
  let losing: { operation: number; onLost: () => void } | undefined;
  const seen: number[] = [];
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    let cut = false;
    let head = Buffer.alloc(0);
    near.on('data', (data) => {
      far.write(data);
      if (head.includes('\r\n\r\n') && head.length > 4096) return;
      const known = operationOf(head);
      head = Buffer.concat([head, data]);
      const operation = operationOf(head);
      if (known !== undefined || operation === undefined) return;
      seen.push(operation);
      if (operation === losing?.operation) {
        losing.onLost();
        losing = undefined;
        cut = true;
      }
    });
    far.on('data', (data) => {
      if (cut) near.destroy();
      else near.write(data);
    });
    near.on('end', () => far.end());
    far.on('end', () => near.end());
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
    near.on('close', () => far.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const own = address && typeof address === 'object' ? address.port : 0;
  return {
    uri: `ipp://127.0.0.1:${own}/ipp/print`,
    loseAnswerOf: (operation: number, onLost = () => {}) => {
      losing = { operation, onLost };
    },
    posts: (operation: number) => seen.filter((one) => one === operation).length,
    server,
  };
};

/** The IPP operation of an HTTP request, once its first bytes are there. */
const operationOf = (bytes: Buffer): number | undefined => {
  const body = bytes.indexOf('\r\n\r\n');
  return body >= 0 && bytes.length >= body + 8 ? bytes.readUInt16BE(body + 6) : undefined;
};

export type BreakingLine = Awaited<ReturnType<typeof breakingLine>>;
