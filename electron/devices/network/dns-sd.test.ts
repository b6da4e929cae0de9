import { describe, expect, it } from 'vitest';
import { announcedBy, type DnsRecord } from './dns-sd.ts';

const UUID = '07742767-38c4-3809-69c3-1255e92100ee';
const texts = (...parts: string[]): Uint8Array[] => parts.map((part) => Buffer.from(part));

const printer = (
  scheme: 'ipp' | 'ipps',
  over: Partial<Record<'target' | 'rp' | 'uuid' | 'name', string>> = {},
) => {
  const type = `_${scheme}._tcp.local`;
  const name = `${over.name ?? 'Tiskárna v přízemí'}.${type}`;
  return [
    { name: type, type: 'PTR', ttl: 4500, data: name },
    {
      name,
      type: 'SRV',
      ttl: 120,
      data: { priority: 0, weight: 0, port: 631, target: over.target ?? 'Kyocera.local' },
    },
    {
      name,
      type: 'TXT',
      ttl: 4500,
      data: texts(
        `rp=${over.rp ?? 'ipp/print'}`,
        'ty=Kyocera ECOSYS',
        `UUID=${over.uuid ?? UUID}`,
        'Duplex=T',
        'ty=second',
      ),
    },
  ] satisfies DnsRecord[];
};
const address = { name: 'kyocera.local', type: 'A', ttl: 120, data: '192.0.2.17' };

describe('announcements of printers and scanners', () => {
  it('are read whole: name, make, address, identity; over TLS where both are offered', () => {
    const expected = {
      kind: 'printer',
      instance: 'Tiskárna v přízemí',
      makeAndModel: 'Kyocera ECOSYS',
      uri: 'ipps://192.0.2.17:631/ipp/print',
      uuid: UUID,
      duplex: true,
    };
    expect(announcedBy([...printer('ipp'), ...printer('ipps'), address])).toEqual([expected]);
    expect(announcedBy([address, ...printer('ipps').reverse(), ...printer('ipp')])).toEqual([expected]);
  });

  it('keep the name of the machine where no address was told', () => {
    expect(announcedBy(printer('ipp'))[0]?.uri).toBe('ipp://kyocera.local:631/ipp/print');
  });

  it('of eSCL scanners are scanners', () => {
    const name = 'Skener._uscan._tcp.local';
    expect(
      announcedBy([
        { name: '_uscan._tcp.local', type: 'PTR', data: name },
        { name, type: 'SRV', data: { port: 8080, target: 'scan.local' } },
        { name, type: 'TXT', data: texts('rs=eSCL', 'rp=eSCL', 'ty=Epson DS-1660W') },
      ]),
    ).toMatchObject([
      { kind: 'scanner', uri: 'http://scan.local:8080/eSCL', makeAndModel: 'Epson DS-1660W', uuid: null },
    ]);
  });

  it('that are taken back or half said are nothing', () => {
    expect(announcedBy(printer('ipp').map((record) => ({ ...record, ttl: 0 })))).toEqual([]);
    expect(announcedBy(printer('ipp').filter(({ type }) => type !== 'SRV'))).toEqual([]);
  });

  it('of a stranger with bad intent lead nowhere and write nothing odd on the screen', () => {
    expect(announcedBy(printer('ipp', { target: 'evil.example/@x' }))).toEqual([]);
    expect(announcedBy(printer('ipp', { rp: 'ipp/print?redirect=http://evil' }))).toEqual([]);
    expect(announcedBy(printer('ipp', { uuid: 'x'.repeat(500) }))[0]?.uuid).toBeNull();
    expect(announcedBy(printer('ipp', { name: 'a\u202eb\u001b[2Jc' }))[0]?.instance).toBe('ab[2Jc');
    for (const data of [null, 7, 'text', {}, { target: 1, port: 'x' }, [null], new Uint8Array(3)])
      expect(
        announcedBy([
          { name: '_ipp._tcp.local', type: 'PTR', data: 'x._ipp._tcp.local' },
          { name: 'x._ipp._tcp.local', type: 'SRV', data },
          { name: 'x._ipp._tcp.local', type: 'TXT', data },
        ]),
      ).toEqual([]);
    const many = Array.from({ length: 1_000 }, (_, n) =>
      printer('ipp', { name: `p${n}`, uuid: 'none' }),
    ).flat();
    expect(announcedBy(many)).toHaveLength(200);
  });
});
