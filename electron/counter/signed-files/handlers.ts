import { ok } from '../../values/result.ts';
import type { Desk } from '../desk.ts';
import { type Handler, query } from '../handlers.ts';
import { lookAtOwn } from './certificate.ts';

/** What the clerk signs with, before it is used. */
export const certificateHandlers = (desk: Desk, onSeen: () => void): Handler[] => [
  query('certificates.own', async ({ session, now }) => {
    const looked = await lookAtOwn(desk, session, now);
    if (!looked.ok) return looked;
    onSeen();
    return ok({ certificate: looked.value });
  }),
];
