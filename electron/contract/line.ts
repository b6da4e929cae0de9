import { z } from 'zod';
import { define } from './call.ts';
import { instant, nothing } from './shared.ts';

const pem = z.string().max(100_000);
const certificateView = z.strictObject({ subject: z.string(), validTo: instant });

/** How the desk gets to the portal. Passwords and keys go in and never come out. */
export const lineSettings = z.strictObject({
  proxy: z
    .strictObject({ url: z.string(), username: z.string().nullable(), hasPassword: z.boolean() })
    .nullable(),
  authority: certificateView.nullable(),
  certificate: certificateView.nullable(),
});
export type LineSettings = z.output<typeof lineSettings>;

const who = ['administrator'] as const;

export const lineCalls = {
  'line.settings': define({ kind: 'query', who, input: nothing, output: lineSettings }),
  /** What is `keep` stays as it is; null takes it away. */
  'line.save': define({
    kind: 'command',
    who,
    secret: true,
    input: z.strictObject({
      proxy: z
        .strictObject({
          url: z.url({ protocol: /^https?$/ }).max(300),
          username: z.string().trim().min(1).max(200).nullable(),
          password: z.union([z.literal('keep'), z.strictObject({ new: z.string().max(200) })]),
        })
        .nullable(),
      authority: z.union([z.literal('keep'), z.strictObject({ pem })]).nullable(),
      certificate: z
        .union([z.literal('keep'), z.strictObject({ pem, key: pem, passphrase: z.string().max(200) })])
        .nullable(),
    }),
    output: lineSettings,
  }),
};
