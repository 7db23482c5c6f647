// SPDX-License-Identifier: Apache-2.0
/** The pages that alarms have, one of which is shown. */
import { t } from '../i18n';
import { route } from '../state/route';

export const ALARM_PAGES = [
  'alarms',
  'figures',
  'whatif',
  'handover',
  'receivers',
  'prooftests',
] as const;

export function AlarmTabs() {
  return (
    <nav class="tabs" aria-label={t().pages.alarms}>
      {ALARM_PAGES.map((name) => (
        <a
          key={name}
          href={`#/${name}`}
          aria-current={route.value.page === name ? 'page' : undefined}
        >
          {name === 'alarms' ? t().alarms.list : t().pages[name]}
        </a>
      ))}
    </nav>
  );
}
