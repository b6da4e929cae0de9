const WITH_CODE: ReadonlySet<string> = new Set(['open-person', 'activate', 'renew']);

/**
 * Acts after which the person gets a code on paper, and a password set before holds no more: an account may have been registered on-line by
 * anybody, under another's name.
 */
export const makesCode = (accountAction: string): boolean => WITH_CODE.has(accountAction);
