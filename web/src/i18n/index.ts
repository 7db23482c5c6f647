// SPDX-License-Identifier: Apache-2.0
/**
 * The words of the console. A language is one file that satisfies Dictionary, so a word that is
 * missing or misspelt does not compile.
 */
import { computed, effect, signal } from '@preact/signals';
import { en } from './en';
import { zh } from './zh';

export type Dictionary = typeof en;

/** Every language by its BCP 47 tag; the first is the default. */
export const LANGUAGES = { en, 'zh-CN': zh } as const satisfies Record<string, Dictionary>;
export type Language = keyof typeof LANGUAGES;

const STORED = 'davy.language';

export function isLanguage(tag: string | null): tag is Language {
  return tag !== null && Object.hasOwn(LANGUAGES, tag);
}

/** What was chosen before, else the first language of the browser that we have. */
function initial(): Language {
  const stored = localStorage.getItem(STORED);
  if (isLanguage(stored)) return stored;
  for (const tag of navigator.languages) {
    const base = tag.split('-')[0];
    const match = Object.keys(LANGUAGES).find((known) => known.split('-')[0] === base);
    if (isLanguage(match ?? null)) return match as Language;
  }
  return 'en';
}

export const language = signal<Language>(initial());
const dictionary = computed<Dictionary>(() => LANGUAGES[language.value]);

/** The words of the chosen language; a component that asks is drawn again when it changes. */
export function t(): Dictionary {
  return dictionary.value;
}

/** A word from a table whose names come from the daemon: an unknown name is shown as it is. */
export function word(table: Record<string, string>, name: string): string {
  return Object.hasOwn(table, name) ? (table[name] ?? name) : name;
}

effect(() => {
  document.documentElement.lang = language.value;
  localStorage.setItem(STORED, language.value);
});
