// SPDX-License-Identifier: Apache-2.0
/** Who is to go where and why: a proposal, which a person sends. */
import type { Assignment, DispatchPlan, Incident, Said } from '../../api/incident-types';
import { language, t } from '../../i18n';
import { takes } from '../../lib/incident';
import { metres } from '../../lib/ground';
import { formatPercent } from '../../lib/number';
import { durationOf } from '../../state/clock';
import { tried } from '../../state/emergency';
import { tell } from '../../state/incidents';
import { may } from '../../state/session';
import type { PlanState } from './use-plan';

interface Props {
  incident: Incident;
  plan: PlanState;
}

export function Plan({ incident, plan }: Props) {
  const words = t().incidents;
  if (!may('operator') || !takes(incident.state, 'resource')) return null;
  return (
    <section class="panel incident-plan">
      <h2>{words.plan}</h2>
      <div class="buttons no-print">
        <button type="button" disabled={plan.busy || incident.tasks.length === 0} onClick={plan.ask}>
          {plan.answer ? words.planAgain : words.makePlan}
        </button>
      </div>
      {tried.value && (
        <label class="check no-print">
          <input
            type="checkbox"
            checked={plan.forecast !== null}
            onChange={(event) => plan.setForecast(event.currentTarget.checked ? tried.value : null)}
          />
          {words.forecast(tried.value.scenario ?? '')}
        </label>
      )}
      {!tried.value && <p class="hint no-print">{words.forecastHint}</p>}
      {incident.tasks.length === 0 && <p class="hint">{words.planNeedsTasks}</p>}
      {plan.problem !== '' && <p class="failure">{plan.problem}</p>}
      {plan.answer && <Answer incident={incident} answer={plan.answer} />}
    </section>
  );
}

function Answer({ incident, answer }: { incident: Incident; answer: DispatchPlan }) {
  const words = t().incidents;
  return (
    <>
      {answer.assignments.length > 0 && (
        <div class="table-scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{words.resource}</th>
                <th scope="col">{words.task}</th>
                <th scope="col">{words.way}</th>
                <th scope="col" class="number">{words.there}</th>
                <th scope="col" />
              </tr>
            </thead>
            <tbody>
              {answer.assignments.map((one) => (
                <Row key={`${one.resource} ${one.task}`} incident={incident} one={one} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Sentences title={words.changesOfPlan} list={answer.changes} name="changes" />
      <Sentences title={words.uncovered} list={answer.uncovered} name="uncovered" />
      <Sentences title={words.reserve} list={answer.reserve} name="reserve" />
      <Sentences title={words.planNotes} list={answer.notes} name="notes" />
      <p class="hint">
        {words.methods[answer.method]}
        {answer.gap !== null && answer.gap > 0 && ` ${words.gap(formatPercent(answer.gap))}`}
      </p>
    </>
  );
}

function Row({ incident, one }: { incident: Incident; one: Assignment }) {
  const words = t().incidents;
  const held = incident.resources.find((two) => two.name === one.resource);
  const sent = one.bound || (held !== undefined && held.state !== 'requested' && held.state !== 'released');
  const way = [
    one.metres ? metres(one.metres) : null,
    one.staging ? words.staging(one.staging) : null,
    one.on_foot ? words.onFoot(metres(one.on_foot)) : null,
    one.zone ? words.inZone(one.zone) : null,
  ];
  const send = () =>
    tell(incident.id, {
      type: 'resource',
      name: one.resource,
      state: 'committed',
      ...(one.task_id !== undefined && { task: one.task_id }),
    });
  return (
    <tr data-assignment={one.resource}>
      <th scope="row">
        {one.resource}
        <span class="message">{one.ppe && words.ppe(one.ppe)}</span>
        {!one.ppe_ok && <span class="failure message">{words.ppeTooLittle}</span>}
      </th>
      <td>{one.task}</td>
      <td>{one.bound ? words.boundAlready : way.filter(Boolean).join(', ')}</td>
      <td class="number live">{typeof one.seconds === 'number' ? durationOf(one.seconds * 1000) : '–'}</td>
      <td>
        {sent && words.sent}
        {!sent && (
          <button type="button" class="no-print" onClick={() => void send()}>
            {words.send}
          </button>
        )}
      </td>
    </tr>
  );
}

interface SentencesProps {
  title: string;
  list: readonly Said[];
  name: string;
}

function Sentences({ title, list, name }: SentencesProps) {
  if (list.length === 0) return null;
  return (
    <div class="plan-sentences" data-plan={name}>
      <h3>{title}</h3>
      <ul class="plain-list">
        {list.map((one, i) => (
          <li key={i}>{language.value === 'zh-CN' ? one.text.zh : one.text.en}</li>
        ))}
      </ul>
    </div>
  );
}
