import { z } from 'zod';

/** Shapes several features share. Sizes are limits of the contract: nothing larger is even looked at. */

export const id = z.uuid();
export const text = z.strictObject({ cs: z.string(), en: z.string() });
export const instant = z.iso.datetime();
export const localDate = z.iso.date();
export const crowns = z.int().min(0).max(1_000_000);
export const shortText = z.string().trim().min(1).max(200);
export const longText = z.string().trim().min(1).max(4000);
export const nothing = z.strictObject({});

export const partialDate = z.strictObject({
  year: z.int().min(1850).max(2200),
  month: z.int().min(1).max(12).exactOptional(),
  day: z.int().min(1).max(31).exactOptional(),
});

export const personName = z.strictObject({
  titlesBefore: z.string().max(60).exactOptional(),
  givenNames: z.string().max(120).exactOptional(),
  surname: z.string().min(1).max(120),
  titlesAfter: z.string().max(60).exactOptional(),
});

/** A failure a person sees: a stable code, and what its sentence needs. */
export const failure = z.strictObject({
  code: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])).exactOptional(),
});
export type ContractFailure = z.output<typeof failure>;

export const outcome = <S extends z.ZodType>(value: S) =>
  z.discriminatedUnion('ok', [
    z.strictObject({ ok: z.literal(true), value }),
    z.strictObject({ ok: z.literal(false), error: failure }),
  ]);

export const address = z.string().max(300);

export const person = z.strictObject({
  kind: z.literal('person'),
  name: personName,
  birthDate: partialDate.exactOptional(),
  birthNumber: z.string().max(11).exactOptional(),
  address: address.exactOptional(),
});
export const organisation = z.strictObject({
  kind: z.literal('organisation'),
  title: shortText,
  ico: z.string().regex(/^\d{8}$/),
  dataBoxId: z.string().max(7).exactOptional(),
  address: address.exactOptional(),
});
export const party = z.discriminatedUnion('kind', [person, organisation]);
export type Person = z.output<typeof person>;
export type Organisation = z.output<typeof organisation>;
export type Party = z.output<typeof party>;

export const office = z.strictObject({ id: z.string(), name: z.string(), address: z.string() });
export type Office = z.output<typeof office>;
