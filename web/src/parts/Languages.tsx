// SPDX-License-Identifier: Apache-2.0
/** The language switch. */
import { isLanguage, language, LANGUAGES, t } from '../i18n';

export function Languages() {
  return (
    <select
      class="languages"
      aria-label={t().settings.language}
      value={language.value}
      onChange={(event) => {
        const wish = event.currentTarget.value;
        if (isLanguage(wish)) language.value = wish;
      }}
    >
      {Object.entries(LANGUAGES).map(([tag, words]) => (
        <option key={tag} value={tag} lang={tag}>
          {words.language}
        </option>
      ))}
    </select>
  );
}
