// SPDX-License-Identifier: Apache-2.0
/** The operator positions of the site to choose from; nothing where there is only one. */
import { t } from '../i18n';
import { site, titled } from '../state/plant';

interface Props {
  position: string | null;
  onPosition: (position: string | null) => void;
  /** "All" can be chosen too. */
  all?: boolean;
}

export function PositionChoice({ position, onPosition, all = false }: Props) {
  const positions = site.value?.positions ?? [];
  if (positions.length < 2) return null;
  return (
    <label class="inline">
      {t().positions.label}
      <select
        value={position ?? ''}
        onChange={(event) => onPosition(event.currentTarget.value || null)}
      >
        {all && <option value="">{t().positions.all}</option>}
        {positions.map(({ name, title }) => (
          <option key={name} value={name}>
            {titled(name, title)}
          </option>
        ))}
      </select>
    </label>
  );
}
