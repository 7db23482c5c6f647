// SPDX-License-Identifier: Apache-2.0
/** One field for each number that a model takes, by place or by name. */
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import { t } from '../../i18n';
import { askColumns, askNumbers, fieldsOf, parseNumber, readAnswer } from '../../lib/models';
import { explain as words } from '../../state/notices';
import type { FormProps } from './TryIt';

export function FieldsForm(props: FormProps) {
  const { about, explain, id, ask, fail, changed } = props;
  const fields = fieldsOf(about.inputs) ?? [];
  const [names, setNames] = useState<string[] | null>(null);
  const labels = names ?? fields.map((one) => t().ask.field(one.input, one.place));
  const [texts, setTexts] = useState<string[]>(() => fields.map(() => ''));
  // Names have another order than places: what was typed would stand at the wrong one.
  const name = (found: string[]) => {
    setNames(found);
    setTexts(fields.map(() => ''));
    changed();
  };
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
      {!names && about.inputs.length === 1 && !fields[0]?.text && (
        <NameFields {...props} count={fields.length} onNames={name} />
      )}
    </form>
  );
}

interface NameProps extends FormProps {
  count: number;
  onNames: (names: string[]) => void;
}

/** The protocol has no names of a tensor's columns; an explanation has. */
function NameFields({ name, about, count, fail, onNames }: NameProps) {
  const find = async () => {
    const zeros = new Array<number>(count).fill(0);
    const question = askNumbers(about.inputs, zeros, { outputs: about.outputs, explain: true });
    try {
      const { explanations } = readAnswer(await api.infer(name, '', question), question);
      const names = (explanations[0]?.shares ?? []).map((share) => share.name).sort();
      if (new Set(names).size === count) onNames(names);
      else fail(t().ask.noNames);
    } catch (error) {
      fail(words(error));
    }
  };
  return (
    <p class="hint name-fields">
      <button type="button" onClick={() => void find()}>
        {t().ask.names}
      </button>{' '}
      {t().ask.namesHint}
    </p>
  );
}
