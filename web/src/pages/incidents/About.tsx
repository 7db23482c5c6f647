// SPDX-License-Identifier: Apache-2.0
/** What an incident is, how bad it is, and its end. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Incident } from '../../api/incident-types';
import { language, t, word } from '../../i18n';
import { obstacles, takes } from '../../lib/incident';
import { parseTime } from '../../lib/time';
import { Dialog } from '../../parts/Dialog';
import { DrillMark, ScaleSign } from '../../parts/IncidentMarks';
import { durationOf, momentOf, now } from '../../state/clock';
import { ground, tried, triedOrder } from '../../state/emergency';
import { tell } from '../../state/incidents';
import { may } from '../../state/session';
import { threats } from '../../state/zones';

/** Of the Incident Command System: briefing, assignments, activity log. */
const FORMS = ['201', '204', '214'] as const;

type Question = 'close' | 'reopen';

export function About({ incident }: { incident: Incident }) {
  const words = t().incidents;
  const [question, setQuestion] = useState<Question | null>(null);
  const begun = parseTime(incident.opened);
  const ended = parseTime(incident.closed) ?? now.value;
  const lasted = begun === null ? '' : durationOf(Math.max(0, ended - begun));
  const about = [
    words.openedBy(momentOf(incident.opened), incident.opened_by),
    lasted,
    incident.asset,
    incident.place,
    incident.commander && words.commandedBy(incident.commander),
  ];
  return (
    <section class="panel incident-about">
      {incident.drill && (
        <p class="drill-band">
          <DrillMark /> {words.drillBand}
        </p>
      )}
      <header>
        <div>
          <h1>
            {incident.name} {incident.drill && <DrillMark />}
          </h1>
          <p class="hint">
            <strong data-incident-state={incident.state}>{word(words.states, incident.state)}</strong> ·{' '}
            {about.filter(Boolean).join(' · ')}
          </p>
          {incident.description && <p>{incident.description}</p>}
        </div>
        <Actions incident={incident} onAsk={setQuestion} />
      </header>
      <Severity incident={incident} />
      <p class="forms no-print">
        {words.forms}
        {FORMS.map((form) => (
          <a key={form} href={`/api/v1/incidents/${incident.id}/forms/${form}`} target="_blank" rel="noreferrer">
            ICS {form}
          </a>
        ))}
        {may('operator') && (
          <a href={`/api/v1/incidents/${incident.id}/evidence`} download={`incident-${incident.id}.json`}>
            {words.evidence}
          </a>
        )}
      </p>
      {question && <Ask incident={incident} question={question} onEnd={() => setQuestion(null)} />}
    </section>
  );
}

function Severity({ incident }: { incident: Incident }) {
  const words = t().incidents;
  const { severity, toll } = incident;
  const accident = language.value === 'zh-CN' ? severity.accident_chinese : severity.accident_name;
  return (
    <dl class="figures incident-figures">
      <Figure name={words.scale}>
        <ScaleSign incident={incident} /> {word(words.scales, String(severity.scale))}
      </Figure>
      <Figure name={words.accident}>{accident ?? words.noAccident}</Figure>
      <Figure name={words.response}>{severity.response ?? '–'}</Figure>
      <Figure name={words.toll} bad={toll.missing + toll.dead > 0}>
        {words.tollText(toll.missing, toll.injured + toll.severe, toll.dead)}
      </Figure>
    </dl>
  );
}

function Figure({ name, bad, children }: { name: string; bad?: boolean; children: ComponentChildren }) {
  return (
    <div class={`figure ${bad ? 'abnormal' : ''}`}>
      <dt>{name}</dt>
      <dd class="incident-figure">{children}</dd>
    </div>
  );
}

function Actions({ incident, onAsk }: { incident: Incident; onAsk: (question: Question) => void }) {
  const words = t().incidents;
  const { id, state } = incident;
  const operator = may('operator');
  return (
    <div class="buttons no-print">
      {operator && takes(state, 'impact') && <TakeZones incident={incident} />}
      {operator && takes(state, 'contain') && (
        <button type="button" onClick={() => void tell(id, { type: 'contain' })}>
          {words.contain}
        </button>
      )}
      {operator && takes(state, 'reopen') && (
        <button type="button" onClick={() => onAsk('reopen')}>
          {words.reopen}
        </button>
      )}
      {operator && takes(state, 'close') && (
        <button type="button" class="primary" onClick={() => onAsk('close')}>
          {words.close}
        </button>
      )}
      <button type="button" onClick={() => window.print()}>
        {t().emergency.print}
      </button>
    </div>
  );
}

/**
 * Zones that davy attaches itself, so that they can be computed again: of what has begun, of what
 * was computed by hand, and in a drill of any scenario of the site, in the worst weather.
 */
function TakeZones({ incident }: { incident: Incident }) {
  const words = t().incidents;
  const begun = threats.value.map((one) => one.live.scenario);
  const known = incident.drill ? (ground.value?.scenarios.map((one) => one.name) ?? []) : [];
  const take = (event: Record<string, unknown>) => () => void tell(incident.id, { type: 'impact', ...event });
  return (
    <>
      {[...new Set([...begun, ...known])].map((scenario) => (
        <button key={scenario} type="button" onClick={take({ scenario })}>
          {begun.includes(scenario) ? words.takeImpact(scenario) : words.rehearse(scenario)}
        </button>
      ))}
      {tried.value && (
        <button type="button" onClick={take({ order: triedOrder.value })}>
          {words.takeComputed(tried.value.scenario)}
        </button>
      )}
    </>
  );
}

/** The end and its opposite need words. */
function Ask({ incident, question, onEnd }: { incident: Incident; question: Question; onEnd: () => void }) {
  const words = t().incidents;
  const [text, setText] = useState('');
  const before = question === 'close' ? obstacles(incident) : [];
  const submit = async () => {
    if (text.trim() === '') return;
    const event =
      question === 'close' ? { type: 'close', text: text.trim() } : { type: 'reopen', comment: text.trim() };
    if (await tell(incident.id, event)) onEnd();
  };
  return (
    <Dialog title={`${words[question]}: ${incident.name}`} action={words[question]} onCancel={onEnd} onSubmit={submit}>
      {before.length > 0 && (
        <ul class="failure">
          {before.map((one) => (
            <li key={one}>{words.obstacles[one]}</li>
          ))}
        </ul>
      )}
      <label>
        {question === 'close' ? words.closeText : words.reopenText}
        <textarea rows={3} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
    </Dialog>
  );
}
