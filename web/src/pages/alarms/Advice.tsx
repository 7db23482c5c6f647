// SPDX-License-Identifier: Apache-2.0
/** What the rules advise, what went before, and a person's answer whether the alarm was true. */
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { JUDGEMENT_VERDICTS, type Alarm, type RelatedEvent } from '../../api/types';
import { t, word } from '../../i18n';
import { eventSubject, toldOf, whyOf } from '../../parts/event';
import { act } from '../../state/alarms';
import { durationOf, momentOf } from '../../state/clock';
import { may } from '../../state/session';

export function Advice({ alarm }: { alarm: Alarm }) {
  const words = t().advice;
  const within = alarm.respond_within;
  if (!alarm.cause && !alarm.consequence && within === null && alarm.actions.length === 0)
    return null;
  return (
    <section class="advice">
      <h3>{words.title}</h3>
      {alarm.actions.length > 0 && (
        <ol>
          {alarm.actions.map((action) => (
            <li key={action}>{action}</li>
          ))}
        </ol>
      )}
      <dl class="facts">
        {within !== null && <Said name={words.within} text={durationOf(within * 1000)} />}
        {alarm.cause && <Said name={words.cause} text={alarm.cause} />}
        {alarm.consequence && <Said name={words.consequence} text={alarm.consequence} />}
      </dl>
    </section>
  );
}

function Said({ name, text }: { name: string; text: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{text}</dd>
    </div>
  );
}

/** The answer is kept as a label; it changes nothing of the alarm. */
export function Judge({ alarm }: { alarm: Alarm }) {
  const words = t().advice;
  const { judgement } = alarm;
  if (alarm.occurrences === 0) return null;
  return (
    <section class="judge">
      <h3 id="judge-title">{words.question}</h3>
      <div class="segments" role="group" aria-labelledby="judge-title">
        {JUDGEMENT_VERDICTS.map((verdict) => (
          <button
            key={verdict}
            type="button"
            disabled={!may('operator')}
            aria-pressed={judgement?.verdict === verdict}
            onClick={() => void act(alarm, 'judge', { verdict, occurrence: alarm.occurrences })}
          >
            {words.verdict[verdict]}
          </button>
        ))}
      </div>
      {judgement && (
        <p class="hint">
          {words.answered(
            word(words.verdict, judgement.verdict),
            judgement.by,
            momentOf(judgement.time),
          )}{' '}
          {judgement.comment}
        </p>
      )}
    </section>
  );
}

export function Before({ alarm }: { alarm: Alarm }) {
  const words = t().advice;
  const [list, setList] = useState<RelatedEvent[] | null>(null);
  useEffect(() => {
    let wanted = true;
    api.related(alarm.id).then(
      ({ events }) => wanted && setList(events),
      () => wanted && setList(null),
    );
    return () => {
      wanted = false;
    };
  }, [alarm.id, alarm.since]);
  if (list === null) return null;
  return (
    <section class="history before">
      <h3>{words.before}</h3>
      <p class="hint">{list.length > 0 ? words.beforeHint : words.nothingBefore}</p>
      <ol>
        {list.map((one, i) => (
          <li key={`${one.time} ${i}`}>
            <time>{momentOf(one.time)}</time>
            <strong>{eventSubject(one)}</strong>
            <span title={whyOf(one)}>{word(words.near, one.near)}</span>
            <span class="muted">
              {toldOf(one)} {one.by}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
