// SPDX-License-Identifier: Apache-2.0
/** A question to a model: numbers, a picture or JSON, and the answer beside it. */
import { useState } from 'preact/hooks';
import { api, ApiError } from '../../api/client';
import type { InferRequest, ModelAbout } from '../../api/types';
import { t } from '../../i18n';
import { fieldsOf, pictureInput, readAnswer, type Answer } from '../../lib/models';
import { explain as words } from '../../state/notices';
import { AnswerView } from './AnswerView';
import { FieldsForm } from './FieldsForm';
import { PictureForm } from './PictureForm';

type Mode = 'fields' | 'picture' | 'json';

/**
 * What a form of one mode is given. It hands over its question, or says what is wrong, or that the
 * question is another one now: no answer stands beside a question that it does not answer.
 */
export interface FormProps {
  name: string;
  about: ModelAbout;
  explain: boolean;
  id: string;
  ask: (question: InferRequest) => Promise<void>;
  fail: (sentence: string) => void;
  changed: () => void;
}

const FORM = 'ask-form';
const NOT_IMPLEMENTED = 501;

function modesOf(about: ModelAbout): Mode[] {
  const modes: Mode[] = [];
  if (pictureInput(about.inputs)) modes.push('picture');
  if (fieldsOf(about.inputs)) modes.push('fields');
  return [...modes, 'json'];
}

function withoutExplanation(question: InferRequest): InferRequest {
  const { explain: _, ...parameters } = question.parameters ?? {};
  return { ...question, parameters };
}

/** Ask; a model that cannot explain is asked without it, and `told` what it said. */
async function infer(
  name: string,
  version: string,
  question: InferRequest,
  told: (sentence: string) => void,
): Promise<Answer> {
  try {
    return readAnswer(await api.infer(name, version, question), question);
  } catch (error) {
    const unable = error instanceof ApiError && error.status === NOT_IMPLEMENTED;
    if (!unable || question.parameters?.['explain'] === undefined) throw error;
    told(error.detail);
    const plain = withoutExplanation(question);
    return readAnswer(await api.infer(name, version, plain), plain);
  }
}

export function TryIt({ name, about }: { name: string; about: ModelAbout }) {
  const modes = modesOf(about);
  const [mode, setMode] = useState<Mode>(modes[0] ?? 'json');
  const [version, setVersion] = useState('');
  const [explain, setExplain] = useState(true);
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [problem, setProblem] = useState('');
  const changed = () => {
    setAnswer(null);
    setProblem('');
  };
  const ask = async (question: InferRequest) => {
    setBusy(true);
    changed();
    try {
      const unexplained = (sentence: string) => {
        setExplain(false);
        setProblem(sentence);
      };
      setAnswer(await infer(name, version, question, unexplained));
    } catch (error) {
      setProblem(words(error));
    }
    setBusy(false);
  };
  const form = { name, about, explain, id: FORM, ask, fail: setProblem, changed };
  const choose = (one: Mode) => {
    changed();
    setMode(one);
  };
  return (
    <section class="panel try-it">
      <div class="question">
        <h2>{t().ask.title}</h2>
        <div class="toolbar">
          <Modes modes={modes} mode={mode} onMode={choose} />
          <label class="inline">
            {t().ask.version}
            <select value={version} onChange={(event) => setVersion(event.currentTarget.value)}>
              <option value="">{t().ask.asServed}</option>
              {about.versions.map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
        </div>
        {mode === 'fields' && <FieldsForm {...form} />}
        {mode === 'picture' && <PictureForm {...form} />}
        {mode === 'json' && <JsonForm {...form} />}
        <div class="toolbar">
          <button type="submit" form={FORM} class="primary" disabled={busy}>
            {busy ? t().ask.asking : t().ask.submit}
          </button>
          {mode !== 'json' && (
            <label class="inline">
              <input
                type="checkbox"
                checked={explain}
                onChange={(event) => setExplain(event.currentTarget.checked)}
              />
              {t().ask.explain}
            </label>
          )}
        </div>
      </div>
      <div class="answer" aria-live="polite">
        {problem !== '' && <p class="failure">{problem}</p>}
        {answer && <AnswerView answer={answer} />}
        {!answer && problem === '' && <p class="hint">{t().ask.empty}</p>}
      </div>
    </section>
  );
}

interface ModesProps {
  modes: readonly Mode[];
  mode: Mode;
  onMode: (mode: Mode) => void;
}

function Modes({ modes, mode, onMode }: ModesProps) {
  return (
    <div class="segments" role="group" aria-label={t().ask.how}>
      {modes.map((one) => (
        <button key={one} type="button" aria-pressed={one === mode} onClick={() => onMode(one)}>
          {t().ask.modes[one]}
        </button>
      ))}
    </div>
  );
}

/** A question of zeros, to be filled by hand; a long one is only begun. */
function template(about: ModelAbout): string {
  const zeros = about.inputs.map((port) => ({
    name: port.name,
    datatype: port.datatype,
    shape: port.shape.map((size) => (size < 0 ? 1 : size)),
    data: Array.from({ length: fieldsOf([port])?.length ?? 0 }, () =>
      port.datatype === 'BYTES' ? '' : 0,
    ),
  }));
  const lines = zeros.map((input) => `  ${JSON.stringify(input)}`);
  return `{"inputs": [\n${lines.join(',\n')}\n]}`;
}

function JsonForm({ about, id, ask, fail, changed }: FormProps) {
  const [text, setText] = useState(() => template(about));
  const submit = (event: Event) => {
    event.preventDefault();
    let question: InferRequest;
    try {
      question = JSON.parse(text) as InferRequest;
    } catch {
      return fail(t().ask.notJson);
    }
    void ask(question);
  };
  return (
    <form id={id} onSubmit={submit}>
      <label>
        {t().ask.body}
        <textarea
          class="code"
          rows={12}
          spellcheck={false}
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            changed();
          }}
        />
      </label>
    </form>
  );
}
