// SPDX-License-Identifier: Apache-2.0
/** The pages about where samples come from and where they stay. */
import { t } from '../i18n';
import { route } from '../state/route';

export const DATA_PAGES = ['sources', 'storage'] as const;

export function DataTabs() {
  return (
    <nav class="tabs" aria-label={t().pages.sources}>
      {DATA_PAGES.map((name) => (
        <a
          key={name}
          href={`#/${name}`}
          aria-current={route.value.page === name ? 'page' : undefined}
        >
          {t().pages[name]}
        </a>
      ))}
    </nav>
  );
}
