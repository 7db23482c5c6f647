// SPDX-License-Identifier: Apache-2.0
/** One field for each number that a model takes, by name where the model has names. */
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { askColumns, askNumbers, fieldsOf, parseNumber, signalsOf } from '../../lib/models';
import type { FormProps } from './TryIt';

export function FieldsForm({ about, explain, id, ask, fail, changed }: FormProps) {
  const fields = fieldsOf(about.inputs) ?? [];
  const names = signalsOf(about.inputs);
  const labels = names ?? fields.map((one) => t().ask.field(one.input, one.place));
  const [texts, setTexts] = useState<string[]>(() => fields.map(() => ''));
  const submit = (event: Event) => {
    event.preventDefault();
    const wrong = fields.findIndex(
      (one, i) => !one.text && names === null && parseNumber(texts[i] ?? '') === null,
    );
    if (wrong >= 0) return fail(t().ask.notNumber(labels[wrong] ?? ''));
    const wish = { outputs: about.outputs, explain };
    const row = new Map(labels.map((label, i) => [label, texts[i] ?? '']));
    const values = fields.map((one, i) => {
      const text = texts[i] ?? '';
      return one.text ? text : (parseNumber(text) ?? 0);
    });
    void ask(names ? askColumns(row, wish) : askNumbers(about.inputs, values, wish));
  };
  return (
    <form id={id} class="fields" onSubmit={submit}>
      {labels.map((label, i) => (
        <label key={label}>
          {label}
          <input
            required={!fields[i]?.text}
            inputMode={fields[i]?.text || names ? 'text' : 'decimal'}
            value={texts[i]}
            onInput={(event) => {
              const text = event.currentTarget.value;
              setTexts((old) => old.map((one, k) => (k === i ? text : one)));
              changed();
            }}
          />
        </label>
      ))}
    </form>
  );
}
