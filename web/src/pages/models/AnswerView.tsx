// SPDX-License-Identifier: Apache-2.0
/** What a model said, and why. */
import type { InferElement } from '../../api/types';
import { t } from '../../i18n';
import type { Answer, Explanation, Share } from '../../lib/models';
import { formatNumber } from '../../lib/number';
import { axisOf, Bar } from '../../parts/Bar';
import { Picture } from '../../parts/Picture';

/** Longer outputs are cut. */
const VALUES_MAX = 32;

function textOf(element: InferElement): string {
  return typeof element === 'number' || element === null ? formatNumber(element) : String(element);
}

function valuesText(data: readonly InferElement[]): string {
  const shown = data.slice(0, VALUES_MAX).map(textOf).join(', ');
  return data.length > VALUES_MAX ? `${shown}, …` : shown;
}

export function AnswerView({ answer }: { answer: Answer }) {
  return (
    <>
      <h2>{t().ask.answer(answer.version)}</h2>
      {answer.doubt !== '' && (
        <p class="doubt">
          <strong>{answer.abstain ? t().ask.abstains : t().ask.doubt}:</strong> {answer.doubt}
        </p>
      )}
      {answer.classes.length > 0 && (
        <Shares list={answer.classes} title={t().ask.classes} caption="" kind="classes" />
      )}
      {answer.values.length > 0 && (
        <dl class="facts">
          {answer.values.map(({ name, data }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{valuesText(data)}</dd>
            </div>
          ))}
        </dl>
      )}
      {answer.explanations.map((one) => (
        <Why key={one.output} one={one} />
      ))}
    </>
  );
}

function Why({ one }: { one: Explanation }) {
  return (
    <>
      {one.picture && <Picture base64={one.picture} label={t().ask.where} />}
      {one.shares.length > 0 && (
        <Shares
          list={one.shares}
          title={t().ask.why(one.output)}
          caption={t().ask.whyHint(formatNumber(one.base))}
          kind="why"
        />
      )}
    </>
  );
}

interface SharesProps {
  list: readonly Share[];
  title: string;
  caption: string;
  kind: 'classes' | 'why';
}

function Shares({ list, title, caption, kind }: SharesProps) {
  const values = list.map((one) => one.value);
  // Probabilities are seen against one.
  const axis = axisOf(kind === 'classes' ? [...values, 1] : values);
  return (
    <table class={`shares ${kind}`}>
      {caption !== '' && <caption class="hint">{caption}</caption>}
      <thead>
        <tr>
          <th scope="col">{title}</th>
          <th scope="col" class="number">
            {kind === 'classes' ? t().ask.score : t().ask.share}
          </th>
          <th />
        </tr>
      </thead>
      <tbody>
        {list.map((one) => (
          <tr key={one.name}>
            <th scope="row">{one.name}</th>
            <td class="number">{formatNumber(one.value)}</td>
            <td class="bar-cell">
              <Bar share={one.value} axis={axis} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
