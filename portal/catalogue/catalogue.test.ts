import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { SHAPES } from '../../electron/values/forms/shapes.ts';
import type { Schemas } from '../api.ts';
import { findResources } from '../resources.ts';

const folder = (name: string): string => join(findResources(), 'catalogue', name);
const load = <T>(name: string): T[] =>
  readdirSync(folder(name)).map((file) => JSON.parse(readFileSync(join(folder(name), file), 'utf8')));
const services = load<Schemas['ServiceDefinition']>('services');
const tariffs = load<Schemas['Tariff']>('tariffs');

const ajv = () => {
  const made = new Ajv2020({ strict: true });
  formats.default(made);
  return made;
};

describe('the catalogue that ships', () => {
  it.each(services.map((service) => [service.id, service] as const))(
    '%s has a sound form',
    (_id, { form }) => {
      if (form === undefined) return;
      ajv().compile({ ...form.schema, $defs: SHAPES });
      const fields = form.ui.sections
        .flatMap((section) => section.fields)
        .filter(({ widget }) => widget !== 'note');
      const names = fields.map(({ name }) => name);
      expect(new Set(names).size, 'each field once').toBe(names.length);
      expect(names.sort()).toEqual(Object.keys(form.schema.properties).sort());
      for (const { name, label, options } of fields) {
        expect(label.cs.length, name).toBeLessThanOrEqual(90);
        const property = JSON.parse(JSON.stringify(form.schema.properties[name]));
        expect(
          options?.map(({ value }) => value),
          name,
        ).toEqual(property.enum);
      }
    },
  );

  it('names templates that ship', () => {
    const shipped = readdirSync(join(findResources(), 'templates')).map((file) =>
      file.replace(/\.json$/, ''),
    );
    const named = services.flatMap(({ template }) => Object.values(template ?? {}));
    expect(shipped).toEqual(expect.arrayContaining(named));
  });

  it('lets each service only do what its kind needs', () => {
    for (const service of services) {
      const { id, kind, steps, form, attachments, exclusions, book, evidence, identity, competence } =
        service;
      const { electronic } = service;
      expect(steps.includes('form'), id).toBe(form !== undefined);
      expect(steps.includes('attachments'), id).toBe(attachments !== undefined);
      expect(steps.includes('exclusions'), id).toBe(exclusions !== undefined);
      expect(steps.includes('issue'), id).toBe(book !== undefined || evidence !== undefined);
      expect(steps.at(-1), id).toBe('hand-over');
      expect([steps.includes('count'), steps.includes('signing')], id).toEqual([
        kind === 'copy-certification',
        kind.endsWith('signature-certification'),
      ]);
      const isFile = kind === 'electronic-signature-certification';
      expect(electronic !== undefined, id).toBe(isFile);
      if (isFile) expect(steps.slice(0, 2), id).toEqual(['input', 'validation']);
      // Who wants a copy certified or a document converted is nobody's business; whose signature it is, is the point.
      if (kind !== 'register-extract')
        expect(identity, id).toBe(
          // Who hands a paper in is who it says, not who carries it.
          service.paper !== undefined || kind === 'copy-certification' || kind.startsWith('conversion-')
            ? 'not-asked'
            : 'verified',
        );
      expect(competence, id).toBe(kind.endsWith('-certification') ? 'verification' : undefined);
    }
  });

  it('charges a certified copy by the begun page, with exemptions by their paragraph', () => {
    const tariff = tariffs.find(({ id }) => id === 'vidimace');
    expect(tariff).toMatchObject({ amount: 30, unit: 'begun-page', item: 'pol. 4 písm. a)' });
    expect(tariff?.exemptions.length).toBeGreaterThanOrEqual(2);
    for (const { paragraph, toBeConfirmed } of tariff?.exemptions ?? []) {
      expect(paragraph).toMatch(/^§ \d+ odst\. \d+ .* zákona č\. 634\/2004 Sb\.$/);
      expect(toBeConfirmed).toBe(true);
    }
  });

  it('charges a signature by the tariff of its day; a disability card exempts from it, not from a copy’s fee', () => {
    const of = tariffs.filter((tariff) => (tariff.of ?? tariff.id) === 'legalizace');
    expect(of.map(({ amount, unit, validFrom, validTo }) => ({ amount, unit, validFrom, validTo }))).toEqual([
      { amount: 30, unit: 'signature', validFrom: '2006-03-01', validTo: '2023-12-31' },
      { amount: 50, unit: 'signature', validFrom: '2024-01-01', validTo: undefined },
    ]);
    const exempts = (id: string) => tariffs.find((tariff) => tariff.id === id)?.exemptions ?? [];
    expect(exempts('legalizace').find(({ id }) => id === 'disability-card')?.toBeConfirmed).toBe(true);
    expect(exempts('vidimace').some(({ id }) => id === 'disability-card')).toBe(false);
  });

  it('writes Czech as it is printed: no preposition is left at a line’s end, no text decomposed', () => {
    const texts: string[] = [];
    const collect = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, value] of Object.entries(node)) {
        if (key === 'cs' && typeof value === 'string') texts.push(value);
        collect(value);
      }
    };
    collect([services, tariffs]);
    expect(texts.length).toBeGreaterThan(100);
    for (const text of texts) {
      expect(text).not.toMatch(/(^|\s)[ksvzouai] \S/i);
      expect(text).toBe(text.normalize('NFC'));
    }
  });
});
