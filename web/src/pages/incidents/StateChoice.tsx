// SPDX-License-Identifier: Apache-2.0
/** The state of something, and the states that may follow it. */
import { t, word } from '../../i18n';
import { may } from '../../state/session';

interface Props {
  label: string;
  state: string;
  next: readonly string[];
  names: Record<string, string>;
  onState: (state: string) => void;
}

export function StateChoice({ label, state, next, names, onState }: Props) {
  const said = word(names, state);
  if (next.length === 0 || !may('operator')) return <span class={`state-${state}`}>{said}</span>;
  return (
    <select
      class={`state-choice state-${state}`}
      aria-label={label}
      title={t().incidents.changeState}
      value={state}
      onChange={(event) => {
        const chosen = event.currentTarget.value;
        // What is shown is what is on record.
        event.currentTarget.value = state;
        if (chosen !== state) onState(chosen);
      }}
    >
      <option value={state}>{said}</option>
      {next.map((one) => (
        <option key={one} value={one}>
          → {word(names, one)}
        </option>
      ))}
    </select>
  );
}
