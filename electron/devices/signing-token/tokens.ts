import { readFile } from 'node:fs/promises';
import { pkcs11Token } from './pkcs11-tool.ts';
import { pkcs12File } from './pkcs12-file.ts';
import type { SigningToken } from './port.ts';

type Place = { kind: 'file'; path: string } | { kind: 'card'; module: string };

/**
 * The signing keys of a desk's clerks: cards through one module, or a file for each clerk. The same place is the same token, because it
 * counts wrong PINs.
 */
export function signingTokens(): (of: Place, username: string) => SigningToken {
  const tokens = new Map<string, SigningToken>();
  return (of, username) => {
    const path = of.kind === 'file' ? of.path.replaceAll('{clerk}', username) : of.module;
    const known = tokens.get(`${of.kind} ${path}`);
    if (known) return known;
    const token =
      of.kind === 'card'
        ? pkcs11Token({ module: path })
        : pkcs12File({ read: () => readFile(path).catch(() => undefined) });
    tokens.set(`${of.kind} ${path}`, token);
    return token;
  };
}
