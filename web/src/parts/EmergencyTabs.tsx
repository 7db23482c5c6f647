// SPDX-License-Identifier: Apache-2.0
/** The pages of an emergency, one of which is shown. */
import { t } from '../i18n';
import { route } from '../state/route';

export const EMERGENCY_PAGES = ['map', 'scenario', 'incidents'] as const;

export function EmergencyTabs() {
  return (
    <nav class="tabs" aria-label={t().pages.map}>
      {EMERGENCY_PAGES.map((name) => (
        <a
          key={name}
          href={`#/${name}`}
          aria-current={route.value.page === name ? 'page' : undefined}
        >
          {name === 'map' ? t().emergency.map : t().pages[name]}
        </a>
      ))}
    </nav>
  );
}
