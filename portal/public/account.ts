import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parsePartialDate } from '../../electron/values/partial-date.ts';
import type { Result } from '../../electron/values/result.ts';
import { MOST_TRIES, redeem, register } from '../accounts/online.ts';
import { accountRules } from '../accounts/settings.ts';
import type { Issue, Schemas } from '../api.ts';
import { ERRORS, type Refusal } from '../errors.ts';
import type { Portal } from '../portal.ts';
import { type Html, html } from './html.ts';
import type { PublicPace } from './pace.ts';
import { type Language, languageOf, sendPage } from './page.ts';
import { publicRoute, sendRefusal } from './route.ts';

const PATH = '/ucet';
const REGISTER = `${PATH}/registrace`;
const REDEEM = `${PATH}/kod`;
/** Nothing longer is asked for. */
const LARGEST = 16 * 1024;

const TEXTS = {
  title: { cs: 'Účet občana', en: 'Citizen’s account' },
  lead: {
    cs: 'Zaregistrujte se zde a s dokladem totožnosti přijďte na kteroukoli přepážku: úředník účet aktivuje. Máte-li z přepážky dopis s kódem, nastavte si jím heslo.',
    en: 'Register here and come to any desk with your identity document: a clerk activates the account. With the code of a letter from the desk you set your password.',
  },
  notSignIn: {
    cs: 'Přihlášení k účtu tento referenční portál nemá.',
    en: 'This reference portal has no sign-in to the account.',
  },
  register: { cs: 'Registrace účtu', en: 'Registration' },
  redeem: { cs: 'Nastavení hesla kódem z dopisu', en: 'Setting the password with the code of a letter' },
  userName: { cs: 'Uživatelské jméno', en: 'User name' },
  givenNames: { cs: 'Jméno, popř. jména (nepovinné)', en: 'Given names (optional)' },
  givenNamesHint: { cs: 'Jak jsou v dokladu', en: 'As in the document' },
  surname: { cs: 'Příjmení', en: 'Surname' },
  birthDate: { cs: 'Datum narození (nepovinné)', en: 'Date of birth (optional)' },
  birthDateHint: {
    cs: 'Například 1. 4. 1980; podle něj vás přepážka snáze najde',
    en: 'For example 1. 4. 1980; a desk finds you by it more easily',
  },
  email: { cs: 'E-mail', en: 'E-mail' },
  phone: { cs: 'Telefon (nepovinný)', en: 'Telephone (optional)' },
  code: { cs: 'Kód z dopisu', en: 'Code of the letter' },
  codeHint: {
    cs: `Tři skupiny po čtyřech znacích. Platí jednou; po ${MOST_TRIES} chybných pokusech přestane platit.`,
    en: `Three groups of four characters. It holds once, and not after ${MOST_TRIES} wrong tries.`,
  },
  password: { cs: 'Heslo', en: 'Password' },
  passwordHint: { cs: 'Nejméně 12 znaků', en: '12 characters at least' },
  again: { cs: 'Heslo znovu', en: 'Password again' },
  sendRegistration: { cs: 'Zaregistrovat', en: 'Register' },
  sendCode: { cs: 'Nastavit heslo', en: 'Set the password' },
  wrong: {
    cs: 'Formulář nebyl přijat. Opravte označené údaje a hesla vyplňte znovu.',
    en: 'The form was not taken. Correct what is marked and fill the passwords in again.',
  },
  fieldWrong: { cs: 'Údaj chybí nebo nemá správný tvar.', en: 'This is missing or has not the right form.' },
  differs: { cs: 'Hesla se liší.', en: 'The passwords differ.' },
  registered: { cs: 'Účet je zaregistrován.', en: 'The account is registered.' },
  redeemed: {
    cs: 'Heslo je nastaveno. Kód už neplatí.',
    en: 'The password is set. The code holds no more.',
  },
  number: { cs: 'Registrační číslo', en: 'Registration number' },
  next: {
    cs: 'Přijďte s platným dokladem totožnosti na kteroukoli přepážku a řekněte uživatelské jméno nebo toto číslo. Do té doby účet nelze používat.',
    en: 'Come to any desk with a valid identity document and say the user name or this number. Until then the account cannot be used.',
  },
  back: { cs: 'Zpět na účet občana', en: 'Back to the account' },
} as const satisfies Record<string, Schemas['Text']>;

type Text = keyof typeof TEXTS;
type Field = {
  name: string;
  label: Text;
  hint?: Schemas['Text'];
  type?: 'email' | 'tel' | 'password';
  autocomplete: string;
  optional?: true;
  longest: number;
};
const field = (
  name: string,
  label: Text,
  autocomplete: string,
  longest: number,
  rest: Pick<Field, 'hint' | 'type' | 'optional'> = {},
): Field => ({ name, label, autocomplete, longest, ...rest });

const PASSWORDS: readonly Field[] = [
  field('heslo', 'password', 'new-password', 200, { type: 'password', hint: TEXTS.passwordHint }),
  field('znovu', 'again', 'new-password', 200, { type: 'password' }),
];
const registrationFields = (userNames: Schemas['Text']): readonly Field[] => [
  field('jmena', 'givenNames', 'given-name', 100, { hint: TEXTS.givenNamesHint, optional: true }),
  field('prijmeni', 'surname', 'family-name', 100),
  field('narozen', 'birthDate', 'bday', 20, { hint: TEXTS.birthDateHint, optional: true }),
  field('email', 'email', 'email', 254, { type: 'email' }),
  field('telefon', 'phone', 'tel', 20, { type: 'tel', optional: true }),
  field('uzivatel', 'userName', 'username', 30, { hint: userNames }),
  ...PASSWORDS,
];
const CODE_FIELDS: readonly Field[] = [
  field('uzivatel', 'userName', 'username', 30),
  field('kod', 'code', 'one-time-code', 60, { hint: TEXTS.codeHint }),
  ...PASSWORDS,
];

/** Which field what is wrong with the call's input belongs to. */
const FIELD_OF: Readonly<Record<string, string>> = {
  '/userName': 'uzivatel',
  '/email': 'email',
  '/phone': 'telefon',
  '/name/surname': 'prijmeni',
  '/name/givenNames': 'jmena',
  '/password': 'heslo',
  '/code': 'kod',
};
const FIELD_OF_REFUSAL: Partial<Record<Refusal['code'], string>> = {
  'registration.user-name-wrong': 'uzivatel',
  'registration.user-name-taken': 'uzivatel',
  'registration.email-taken': 'email',
  'code.refused': 'kod',
  'code.expired': 'kod',
};

/** What was typed, and what is wrong with it by field. */
type Draft = { typed: URLSearchParams; wrong: ReadonlyMap<string, Schemas['Text']> };
const EMPTY: Draft = { typed: new URLSearchParams(), wrong: new Map() };

/**
 * Pages of a citizen: registering on-line and setting a password with the code of a letter. `acting` is the pace at which an
 * address may send the forms, beside the one at which it may ask.
 */
export function accountPages(
  app: FastifyInstance,
  portal: Portal,
  pace: PublicPace,
  acting: PublicPace,
): void {
  const { environment } = portal;
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: LARGEST },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  );
  const isRegistration = portal.api.checker<Schemas['Registration']>('Registration');
  const isRedemption = portal.api.checker<Schemas['CodeRedemption']>('CodeRedemption');

  const page = (
    request: FastifyRequest,
    reply: FastifyReply,
    { title, path, content, status = 200 }: { title: Text; path: string; content: Content; status?: number },
  ): FastifyReply => {
    const language = languageOf(request);
    return sendPage(reply, {
      status,
      language,
      environment,
      title: TEXTS[title][language],
      path,
      content: content(language),
    });
  };

  publicRoute(app, portal, pace, {
    method: 'GET',
    url: PATH,
    handler: (request, reply) => page(request, reply, { title: 'title', path: PATH, content: start }),
  });

  /** A form at its own address: what is sent is done, or comes back with what is wrong beside each field. */
  const formPage = <T>(of: {
    path: string;
    title: Text;
    send: Text;
    fields: () => readonly Field[];
    read: (typed: URLSearchParams) => Result<T, Issue[]>;
    act: (input: T) => Promise<Result<Content, Refusal>>;
  }): void => {
    const show = (request: FastifyRequest, reply: FastifyReply, draft: Draft, status = 200): FastifyReply =>
      page(request, reply, {
        title: of.title,
        path: of.path,
        status,
        content: (language) => form(language, of.path, of.send, of.fields(), draft),
      });
    publicRoute(app, portal, pace, {
      method: 'GET',
      url: of.path,
      handler: (request, reply) => show(request, reply, EMPTY),
    });
    publicRoute(app, portal, acting, {
      method: 'POST',
      url: of.path,
      bodyLimit: LARGEST,
      async handler(request, reply) {
        if (isForeign(request)) return sendRefusal(portal, request, reply, { code: 'page.foreign-form' });
        const typed = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
        const input = of.read(typed);
        const wrong = new Map<string, Schemas['Text']>();
        if (!input.ok)
          for (const { at } of input.error) wrong.set(FIELD_OF[at] ?? at.slice(1), TEXTS.fieldWrong);
        for (const { name, optional } of of.fields())
          if (!optional && (typed.get(name) ?? '').trim() === '') wrong.set(name, TEXTS.fieldWrong);
        if (typed.get('heslo') !== typed.get('znovu')) wrong.set('znovu', TEXTS.differs);
        if (!input.ok || wrong.size > 0) return show(request, reply, { typed, wrong }, 422);
        const done = await of.act(input.value);
        if (done.ok) return page(request, reply, { title: of.title, path: of.path, content: done.value });
        const { code } = done.error;
        const { status, message } = ERRORS[code];
        const place = FIELD_OF_REFUSAL[code];
        if (place === undefined) return sendRefusal(portal, request, reply, done.error);
        return show(request, reply, { typed, wrong: new Map([[place, message]]) }, status);
      },
    });
  };

  formPage<Schemas['Registration']>({
    path: REGISTER,
    title: 'register',
    send: 'sendRegistration',
    fields: () => registrationFields(accountRules(portal).userName.hint),
    read: (typed) => {
      const said = trimmed(typed);
      const birthDate = said('narozen') === '' ? undefined : parsePartialDate(said('narozen'));
      if (birthDate?.ok === false) return { ok: false, error: [{ at: '/narozen', problem: 'is no date' }] };
      return isRegistration({
        userName: said('uzivatel'),
        email: said('email'),
        ...(said('telefon') !== '' && { phone: said('telefon') }),
        name: {
          surname: said('prijmeni'),
          ...(said('jmena') !== '' && { givenNames: said('jmena') }),
        },
        ...(birthDate !== undefined && { birthDate: birthDate.value }),
        password: typed.get('heslo') ?? '',
      });
    },
    act: async (input) => {
      const registered = await register(portal, input);
      return registered.ok
        ? { ok: true, value: (language) => whenRegistered(language, registered.value) }
        : registered;
    },
  });

  formPage<Schemas['CodeRedemption']>({
    path: REDEEM,
    title: 'redeem',
    send: 'sendCode',
    fields: () => CODE_FIELDS,
    read: (typed) => {
      const said = trimmed(typed);
      return isRedemption({
        userName: said('uzivatel'),
        code: said('kod'),
        password: typed.get('heslo') ?? '',
      });
    },
    act: async (input) => {
      const redeemed = await redeem(portal, input);
      return redeemed.ok ? { ok: true, value: whenRedeemed } : redeemed;
    },
  });
}

type Content = (language: Language) => Html;

const trimmed =
  (typed: URLSearchParams) =>
  (name: string): string =>
    (typed.get(name) ?? '').trim();

/**
 * Whether a form came from another site, as browsers tell it. Nobody is signed in here, so that a foreign form could do no more
 * than its sender can; it is refused all the same. Under our policy on referrers a browser names no origin (`null`).
 */
function isForeign({ headers, host }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin } = headers;
  return (
    origin !== undefined && origin !== 'null' && (!URL.canParse(origin) || new URL(origin).host !== host)
  );
}

const backTo = (language: Language): Html =>
  html`<p><a href="${PATH}?lang=${language}">${TEXTS.back[language]}</a></p>`;

const start: Content = (language) => html`<p>${TEXTS.lead[language]}</p>
<ul>
<li><a href="${REGISTER}?lang=${language}">${TEXTS.register[language]}</a></li>
<li><a href="${REDEEM}?lang=${language}">${TEXTS.redeem[language]}</a></li>
</ul>
<p>${TEXTS.notSignIn[language]}</p>`;

const whenRegistered = (
  language: Language,
  number: string,
): Html => html`<p class="state issued" role="status">${TEXTS.registered[language]}</p>
<dl><dt>${TEXTS.number[language]}</dt><dd>${number}</dd></dl>
<p>${TEXTS.next[language]}</p>
${backTo(language)}`;

const whenRedeemed: Content = (
  language,
) => html`<p class="state issued" role="status">${TEXTS.redeemed[language]}</p>
${backTo(language)}`;

const form = (
  language: Language,
  path: string,
  send: Text,
  fields: readonly Field[],
  { typed, wrong }: Draft,
): Html => html`${wrong.size === 0 ? null : html`<p class="state failed" role="alert">${TEXTS.wrong[language]}</p>`}
<form method="post" action="${path}?lang=${language}">
${fields.map((one) => entry(language, one, typed.get(one.name) ?? '', wrong.get(one.name)))}
<button type="submit">${TEXTS[send][language]}</button>
</form>
${backTo(language)}`;

function entry(
  language: Language,
  { name, label, hint, type, autocomplete, optional, longest }: Field,
  value: string,
  wrong: Schemas['Text'] | undefined,
): Html {
  const described = [
    ...(wrong === undefined ? [] : [`${name}-wrong`]),
    ...(hint === undefined ? [] : [`${name}-hint`]),
  ].join(' ');
  // A password is typed anew: it is in no page that is sent.
  const shown = type === 'password' ? '' : value;
  return html`<label for="${name}">${TEXTS[label][language]}</label>
${hint === undefined ? null : html`<p class="hint" id="${name}-hint">${hint[language]}</p>`}
${wrong === undefined ? null : html`<p class="wrong" id="${name}-wrong">${wrong[language]}</p>`}
<input id="${name}" name="${name}" type="${type ?? 'text'}" value="${shown}" maxlength="${longest}" autocomplete="${autocomplete}" spellcheck="false"
${optional ? null : html` required`}${described === '' ? null : html` aria-describedby="${described}"`}${wrong === undefined ? null : html` aria-invalid="true"`}>
`;
}
