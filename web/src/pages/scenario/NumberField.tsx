// SPDX-License-Identifier: Apache-2.0
/** A number with its unit, its limits, and what the daemon found wrong with it. */
import { t } from '../../i18n';
import { isOutside } from '../../lib/scenario';
import { formatNumber } from '../../lib/number';

interface Props {
  name: string;
  label: string;
  unit: string;
  value: string;
  placeholder?: string;
  bounds?: { low: number; high: number };
  needed?: boolean | undefined;
  fault?: string | undefined;
  onText: (text: string) => void;
}

export function NumberField({ name, label, unit, value, placeholder, bounds, needed, fault, onText }: Props) {
  const words = t().emergency;
  const outside = bounds && isOutside(value, bounds);
  const limits = bounds ? words.limits(formatNumber(bounds.low), formatNumber(bounds.high)) : '';
  const told = fault ?? (outside ? limits : undefined);
  return (
    <label class="number-field" data-field={name}>
      <span>
        {label} <span class="muted">({unit})</span>
        {needed && <span class="muted"> {words.needed}</span>}
      </span>
      <input
        value={value}
        inputMode="decimal"
        autoComplete="off"
        placeholder={placeholder ?? ''}
        title={limits}
        aria-invalid={told !== undefined}
        aria-describedby={told !== undefined ? `fault-${name}` : undefined}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      {told !== undefined && (
        <span class="failure message" id={`fault-${name}`} role="alert">
          {told}
        </span>
      )}
    </label>
  );
}
