// SPDX-License-Identifier: Apache-2.0
/** What the next shift must know, on one page that can be printed. */
import type { ComponentChildren } from 'preact';
import {
  HANDOVER_LISTS,
  type Handover,
  type HandoverAlarms,
  type HandoverList,
} from '../../api/alarm-types';
import type { Alarm } from '../../api/types';
import { t, word } from '../../i18n';
import { subjectOf } from '../../lib/alarms';
import { formatCount } from '../../lib/number';
import { routeTo } from '../../lib/route';
import { PrioritySign } from '../../parts/PrioritySign';
import { reasonOf } from '../../parts/reason';
import { momentOf } from '../../state/clock';
import { site, titled } from '../../state/plant';

export function Page({ page, line }: { page: Handover; line: string }) {
  const words = t().handover;
  return (
    <article class="panel handover-page">
      <h1>{words.title(titled(page.position, page.title ?? page.position))}</h1>
      <p class="hint">
        {site.value?.title ?? site.value?.name}. {line}
      </p>
      {HANDOVER_LISTS.map((name) => (
        <Alarms key={name} name={name} list={page[name]} />
      ))}
      <Part title={words.floods} of={page.floods}>
        <ul>
          {page.floods.floods.map((flood) => (
            <li key={flood.began}>
              <time>{momentOf(flood.began)}</time>
              {' – '}
              {flood.ended ? <time>{momentOf(flood.ended)}</time> : <strong>{words.stillOn}</strong>}
              {': '}
              {words.floodOf(formatCount(flood.alarms), formatCount(flood.peak))}
              {flood.first_out && `, ${words.firstOut(flood.first_out)}`}
            </li>
          ))}
        </ul>
      </Part>
      <Part title={words.changes} of={page.changes}>
        <Changes page={page} />
      </Part>
    </article>
  );
}

interface PartProps {
  title: string;
  of: { count: number; left_out: number };
  children: ComponentChildren;
}

function Part({ title, of, children }: PartProps) {
  return (
    <section>
      <h2>
        {title}: {formatCount(of.count)}
      </h2>
      {of.count === 0 ? <p class="hint">{t().handover.nothing}</p> : children}
      {of.left_out > 0 && <p class="hint">{t().handover.leftOut(of.left_out)}</p>}
    </section>
  );
}

function Alarms({ name, list }: { name: HandoverList; list: HandoverAlarms }) {
  const words = t().handover;
  return (
    <Part title={words.lists[name]} of={list}>
      <div class="table-scroll">
        <table class="handover-alarms" data-list={name}>
          <thead>
            <tr>
              <th scope="col">
                <span class="unseen">{t().alarms.priority}</span>
              </th>
              <th scope="col">{t().alarms.subject}</th>
              <th scope="col">{t().alarms.state}</th>
              <th scope="col">{t().alarms.since}</th>
              <th scope="col">{words.until}</th>
              <th scope="col">{t().alarms.comment}</th>
            </tr>
          </thead>
          <tbody>
            {list.alarms.map((alarm) => (
              <Row key={alarm.id} alarm={alarm} />
            ))}
          </tbody>
        </table>
      </div>
    </Part>
  );
}

function Row({ alarm }: { alarm: Alarm }) {
  return (
    <tr>
      <td>
        <PrioritySign priority={alarm.priority} hollow={!alarm.active} />
      </td>
      <th scope="row">
        <a href={routeTo('alarms', String(alarm.id))}>{subjectOf(alarm)}</a>{' '}
        <span class="muted">{word(t().alarmKind, alarm.kind)}</span>
        <span class="message">{reasonOf(alarm)}</span>
      </th>
      <td>{word(t().alarmState, alarm.state)}</td>
      <td class="nowrap">{momentOf(alarm.since)}</td>
      <td class="nowrap">{momentOf(alarm.shelved_until ?? alarm.out_until)}</td>
      <td>
        {alarm.comment}
        {alarm.by && <span class="muted"> {alarm.by}</span>}
      </td>
    </tr>
  );
}

function Changes({ page }: { page: Handover }) {
  const words = t().handover;
  return (
    <div class="table-scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">{t().models.when}</th>
            <th scope="col">{t().alarms.by}</th>
            <th scope="col">{words.action}</th>
            <th scope="col">{words.subject}</th>
            <th scope="col">{words.outcome}</th>
          </tr>
        </thead>
        <tbody>
          {page.changes.changes.map((one, i) => (
            <tr key={`${one.time} ${i}`}>
              <td class="nowrap">{momentOf(one.time)}</td>
              <td>{one.by}</td>
              <td>{word(t().audit, one.action)}</td>
              <td>
                {one.text ?? word(t().subjects, one.subject)}
                {one.flagged && <strong> {words.noReason}</strong>}
              </td>
              <td>{one.outcome && word(t().outcome, one.outcome)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
