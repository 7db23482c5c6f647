// SPDX-License-Identifier: Apache-2.0
/** The loud sign that nothing on the page is new any more. */
import { t } from '../i18n';
import { clockOf, durationOf, now } from '../state/clock';
import { connection } from '../state/connection';

export function Banner() {
  const { kind, since } = connection.value;
  if (kind !== 'lost') return null;
  return (
    <div class="banner">
      <strong role="alert">{t().connection.banner}</strong>
      <span>
        {t().connection.since(clockOf(since), durationOf(now.value - since))}{' '}
        {t().connection.retrying}
      </span>
    </div>
  );
}
