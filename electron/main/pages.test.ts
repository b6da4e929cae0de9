import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAllowedNavigation, isOwnPage, isRefusedPage, pageAddress } from './addresses.ts';
import { contentSecurityPolicy, resolveAsset } from './assets.ts';

test('a refusal and its parameters stand in the address of the page', () => {
  const address = pageAddress('cs', {
    refused: { code: 'store.newer-schema', params: { found: 7, known: 5 } },
  });
  const query = new URL(address).searchParams;
  expect(Object.fromEntries(query)).toEqual({
    language: 'cs',
    refused: 'store.newer-schema',
    'p.found': '7',
    'p.known': '5',
  });
  expect(isRefusedPage(address)).toBe(true);
  expect(isRefusedPage(pageAddress('cs'))).toBe(false);
});

test('the page may go back to its beginning and nowhere else', () => {
  expect(isAllowedNavigation('app://desk/index.html')).toBe(true);
  expect(isAllowedNavigation(pageAddress('en'))).toBe(true);
  for (const address of [
    'https://example.com/',
    'file:///etc/passwd',
    'app://other/index.html',
    'app://desk/other.html',
    'app://desk/index.html?note=window.recovered',
    'app://desk/index.html#x',
    'javascript:alert(1)',
    'data:text/html,x',
    'not an address',
    '',
  ])
    expect(isAllowedNavigation(address), address).toBe(false);
});

test('only our page is our page', () => {
  expect(isOwnPage(pageAddress('cs', { note: 'window.recovered' }))).toBe(true);
  expect(isOwnPage('app://desk.example.com/index.html')).toBe(false);
  expect(isOwnPage('https://desk/index.html')).toBe(false);
});

test('files of the page are served with their type', () => {
  expect(resolveAsset('/srv/window', 'app://desk/index.html?language=cs')).toEqual({
    file: '/srv/window/index.html',
    type: 'text/html; charset=utf-8',
  });
  expect(resolveAsset('/srv/window', 'app://desk/assets/a.woff2')?.type).toBe('font/woff2');
});

test('what is not the page is not served', () => {
  for (const address of [
    'app://desk/',
    'app://desk/secret',
    'app://desk/a.exe',
    'app://other/index.html',
    'file:///srv/window/index.html',
    'app://desk/..%2fkey.json',
    'app://desk/%2e%2e/key.json',
    'app://desk/a/..%5c..%5ckey.json',
    'app://desk/%00.js',
    'app://desk/%ff.js',
  ]) {
    const asset = resolveAsset('/srv/window', address);
    expect(asset === null || asset.file.startsWith('/srv/window/'), address).toBe(true);
  }
});

test('no address leads out of the folder', () => {
  const part = fc.constantFrom(
    '..',
    '%2e%2e',
    '.',
    '/',
    '%2f',
    '\\',
    '%5c',
    'a',
    'key.json',
    '%00',
    '%25',
    '~',
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const asset = resolveAsset('/srv/window', `app://desk/${parts.join('')}.js`);
      expect(asset === null || asset.file.startsWith('/srv/window/')).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('the policy allows no inline script or style, no eval and no connection', () => {
  expect(contentSecurityPolicy).toContain("default-src 'none'");
  expect(contentSecurityPolicy).not.toMatch(/unsafe|\*|https?:|data:/);
});
