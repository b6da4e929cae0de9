import { z } from 'zod';

/** Shapes several features share. Sizes are limits of the contract: nothing larger is even looked at. */

export const id = z.uuid();
export const text = z.strictObject({ cs: z.string(), en: z.string() });
export type Text = z.output<typeof text>;
export const instant = z.iso.datetime();
export const localDate = z.iso.date();
export const crowns = z.int().min(0).max(1_000_000);
export const shortText = z.string().trim().min(1).max(200);
export const longText = z.string().trim().min(1).max(4000);
export const nothing = z.strictObject({});

export const partialDate = z
  .strictObject({
    year: z.int().min(1850).max(2200),
    month: z.int().min(1).max(12).exactOptional(),
    day: z.int().min(1).max(31).exactOptional(),
  })
  .refine(({ month, day }) => day === undefined || month !== undefined);

export const personName = z.strictObject({
  titlesBefore: z.string().max(100).exactOptional(),
  givenNames: z.string().max(100).exactOptional(),
  surname: z.string().min(1).max(100),
  titlesAfter: z.string().max(100).exactOptional(),
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

/** As the portal takes it; a small municipality has no streets. */
export const address = z.strictObject({
  street: z.string().max(100).exactOptional(),
  number: z.string().max(20).exactOptional(),
  municipalityPart: z.string().max(100).exactOptional(),
  municipality: z.string().trim().min(1).max(100),
  postalCode: z.string().max(12).exactOptional(),
  country: z
    .string()
    .regex(/^[A-Z]{1,3}$/)
    .exactOptional(),
});
export type Address = z.output<typeof address>;

export const person = z.strictObject({
  kind: z.literal('person'),
  name: personName,
  birthDate: partialDate.exactOptional(),
  /** Ten or nine digits without the slash. */
  birthNumber: z
    .string()
    .regex(/^\d{9,10}$/)
    .exactOptional(),
  citizenship: z
    .string()
    .regex(/^[A-Z]{1,3}$/)
    .exactOptional(),
  address: address.exactOptional(),
});
export const organisation = z.strictObject({
  kind: z.literal('organisation'),
  title: shortText,
  ico: z.string().regex(/^\d{8}$/),
  dataBoxId: z
    .string()
    .regex(/^[a-km-np-z2-9]{7}$/)
    .exactOptional(),
  seat: address.exactOptional(),
});
export const party = z.discriminatedUnion('kind', [person, organisation]);
export type Person = z.output<typeof person>;
export type Organisation = z.output<typeof organisation>;
export type Party = z.output<typeof party>;

export const office = z.strictObject({ id: z.string(), name: z.string(), address: z.string() });
export type Office = z.output<typeof office>;
