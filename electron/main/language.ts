export type Language = 'cs' | 'en';

/** Language somebody set for this start, or null when nobody did. */
export const languageSet = (variable: string | undefined): Language | null =>
  variable === 'cs' || variable === 'en' ? variable : null;

/** Language of the menu: what was set, else English for an English system, else Czech. */
export const chooseLanguage = (variable: string | undefined, systemLocale: string): Language =>
  languageSet(variable) ?? (systemLocale.toLowerCase().startsWith('en') ? 'en' : 'cs');
