// SPDX-License-Identifier: Apache-2.0
/** One alarm whole: reason, causes, evidence, history, actions. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Alarm, Transition } from '../../api/types';
import { t, word } from '../../i18n';
import { positionOf, subjectOf } from '../../lib/alarms';
import { formatNumber, formatUnit, withUnit } from '../../lib/number';
import { viewText } from '../../lib/range';
import { routeTo } from '../../lib/route';
import { parseTime } from '../../lib/time';
import { AlarmActions } from '../../parts/AlarmActions';
import { Contributions } from '../../parts/Contributions';
import { PrioritySign } from '../../parts/PrioritySign';
import { asideOf, reasonOf } from '../../parts/reason';
import { momentOf, serverNow } from '../../state/clock';
import { owners, titleOf } from '../../state/plant';
import { may } from '../../state/session';
import { Advice, Before, Judge } from './Advice';

export function Detail({ alarm, onClose }: { alarm: Alarm; onClose: () => void }) {
  const { reason } = alarm;
  const sentence = reasonOf(alarm);
  const causes = reason?.causes ?? [];
  return (
    <article class="detail">
      <header>
        <PrioritySign priority={alarm.priority} hollow={!alarm.active} size={28} />
        <div>
          <h2>{subjectOf(alarm)}</h2>
          <span class="muted">
            {t().priority[alarm.priority]} · {word(t().alarmKind, alarm.kind)} ·{' '}
            {word(t().alarmState, alarm.state)}
          </span>
        </div>
        <button type="button" class="plain close" aria-label={t().alarms.close} onClick={onClose}>
          ×
        </button>
      </header>
      <p class="sentence">{sentence}</p>
      {reason && reason.text !== sentence && (
        <p class="muted original" lang="en">
          {reason.text}
        </p>
      )}
      {alarm.durable === false && <p class="failure">{t().alarms.notDurable}</p>}
      <AlarmActions alarm={alarm} />
      <Advice alarm={alarm} />
      {causes.length > 0 && (
        <section class="causes">
          <h3>{t().alarms.causes}</h3>
          <Contributions list={causes} hint={t().alarms.causesHint} />
        </section>
      )}
      <Facts alarm={alarm} />
      <p class="links">
        <a href={trendOf(alarm)}>{t().alarms.showTrend}</a>
        {alarm.detector && (
          <a href={routeTo('detectors', alarm.detector)}>{t().alarms.showDetector}</a>
        )}
        {may('engineer') && (
          <a href={routeTo('whatif', null, { alarm: alarm.key })}>{t().whatIf.fromAlarm}</a>
        )}
      </p>
      <Judge alarm={alarm} />
      <Before alarm={alarm} />
      <History alarm={alarm} />
    </article>
  );
}

/** The trend around the raise: some minutes before, some after, with the score of the detector. */
function trendOf(alarm: Alarm): string {
  const causes = (alarm.reason?.causes ?? []).slice(0, 4).map((cause) => cause.signal);
  const paths = alarm.signal ? [alarm.signal] : causes;
  if (alarm.detector) paths.push(`${alarm.detector}/score`);
  const query: Record<string, string> = { signals: paths.join(',') };
  const since = parseTime(alarm.since);
  if (since !== null && serverNow() - since > 10 * 60_000)
    query.view = viewText({ kind: 'fixed', span: { from: since - 600_000, to: since + 600_000 } });
  return routeTo('trends', null, query);
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  if (children === null || children === undefined || children === false || children === '')
    return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Facts({ alarm }: { alarm: Alarm }) {
  const { reason } = alarm;
  const unit = formatUnit(reason?.unit);
  const figure = (value: number | null | undefined) =>
    typeof value === 'number' ? withUnit(formatNumber(value), unit) : null;
  const window = reason?.window?.map(momentOf).join(' … ');
  return (
    <dl class="facts">
      <Fact name={t().alarms.value}>{figure(reason?.value)}</Fact>
      <Fact name={t().alarms.limit}>{figure(reason?.limit)}</Fact>
      <Fact name={t().alarms.since}>{momentOf(alarm.since)}</Fact>
      <Fact name={t().alarms.changed}>{momentOf(alarm.changed)}</Fact>
      <Fact name={word(t().alarmState, alarm.state)}>{asideOf(alarm)}</Fact>
      <Fact name={t().alarms.underneath}>
        {alarm.evaluated !== alarm.state && word(t().alarmState, alarm.evaluated)}
      </Fact>
      <Fact name={t().alarms.asset}>{alarm.asset}</Fact>
      <Fact name={t().positions.label}>{titleOf(positionOf(alarm, owners.value))}</Fact>
      <Fact name={t().alarms.department}>{alarm.department}</Fact>
      <Fact name={t().alarms.occurrences}>{alarm.occurrences}</Fact>
      <Fact name={t().alarms.reAlarms}>{alarm.re_alarms > 0 && alarm.re_alarms}</Fact>
      <Fact name={t().alarms.by}>{alarm.by}</Fact>
      <Fact name={t().alarms.comment}>{alarm.comment}</Fact>
      <Fact name={t().alarms.model}>{reason?.model}</Fact>
      <Fact name={t().alarms.modelHash}>
        {reason?.model_hash && (
          <code title={reason.model_hash}>{reason.model_hash.slice(0, 12)}</code>
        )}
      </Fact>
      <Fact name={t().alarms.window}>{window}</Fact>
    </dl>
  );
}

const HISTORY_MS = 30 * 86_400_000;
const HISTORY_ROWS = 30;

function History({ alarm }: { alarm: Alarm }) {
  const [list, setList] = useState<Transition[] | null>(null);
  useEffect(() => {
    let wanted = true;
    const to = serverNow() + 1000;
    const options = alarm.signal ? { signal: alarm.signal } : {};
    api.history(to - HISTORY_MS, to, options).then(
      (all) => wanted && setList(all.filter((one) => one.id === alarm.id)),
      () => wanted && setList([]),
    );
    return () => {
      wanted = false;
    };
  }, [alarm.id, alarm.changed, alarm.comment]);
  if (list === null) return null;
  const newestFirst = [...list].sort((a, b) => b.sequence - a.sequence).slice(0, HISTORY_ROWS);
  return (
    <section class="history">
      <h3>{t().alarms.history}</h3>
      {newestFirst.length === 0 && <p class="hint">{t().alarms.noHistory}</p>}
      <ol>
        {newestFirst.map((one) => (
          <li key={one.sequence}>
            <time>{momentOf(one.time)}</time>
            <strong>{word(t().transition, one.transition)}</strong>
            {one.verdict && <span>{word(t().advice.verdict, one.verdict)}</span>}
            {one.by && <span class="muted">{one.by}</span>}
            {one.comment && <span>{one.comment}</span>}
          </li>
        ))}
      </ol>
    </section>
  );
}
