// SPDX-License-Identifier: Apache-2.0
/** What nobody knows of a scenario: two ends, between which it is drawn. */
import { t } from '../../i18n';
import type { FieldFaults } from '../../lib/scenario-faults';
import { UNCERTAIN_FIELDS, type UncertainName } from '../../lib/scenario';
import { draft } from '../../state/emergency';
import { change, Fault } from './Form';
import { NumberField } from './NumberField';

export function UncertainFields({ faults }: { faults: FieldFaults }) {
  const words = t().emergency;
  const { kind, stability, uncertain } = draft.value;
  const set = (name: UncertainName, low: string, high: string) =>
    change({ uncertain: { ...draft.value.uncertain, [name]: [low, high] } });
  return (
    <fieldset class="labelled">
      <legend>{words.uncertain}</legend>
      <p class="hint">{words.uncertainHint}</p>
      {UNCERTAIN_FIELDS.filter((field) => field.kinds.includes(kind)).map((field) => {
        const [low, high] = uncertain[field.name] ?? ['', ''];
        const name = words.uncertainFields[field.name];
        if (field.name === 'wind' && stability === '')
          return (
            <p key={field.name} class="hint">
              {words.uncertainWindHint}
            </p>
          );
        return (
          <div key={field.name}>
            <div class="field-row">
              <NumberField
                name={`uncertain.${field.name}.low`}
                label={words.fromEnd(name)}
                unit={field.unit}
                value={low}
                bounds={field}
                onText={(text) => set(field.name, text, high)}
              />
              <NumberField
                name={`uncertain.${field.name}.high`}
                label={words.toEnd(name)}
                unit={field.unit}
                value={high}
                bounds={field}
                onText={(text) => set(field.name, low, text)}
              />
            </div>
            <Fault name={`uncertain.${field.name}`} text={faults.fields[`uncertain.${field.name}`]} />
          </div>
        );
      })}
    </fieldset>
  );
}
