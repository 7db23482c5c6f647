// SPDX-License-Identifier: Apache-2.0
/** A scenario that has begun: why, since when, on which weather; and its end. */
import { useState } from 'preact/hooks';
import type { LiveZones } from '../../api/emergency-types';
import { t, word } from '../../i18n';
import { routeTo } from '../../lib/route';
import { likelihoodText } from '../../lib/likelihood';
import { Dialog } from '../../parts/Dialog';
import { staleText } from '../../parts/impact/weather-words';
import { momentOf } from '../../state/clock';
import { may } from '../../state/session';
import { changeZones } from '../../state/zones';

export function LiveCard({ threat }: { threat: LiveZones }) {
  const words = t().emergency;
  const { scenario, since, by, alarms, assumed, problem } = threat.live;
  const [ending, setEnding] = useState(false);
  return (
    <section class="panel live-card" data-live={scenario}>
      <h2>{words.live(scenario)}</h2>
      <p class="likelihood">
        {words.likelihood}: <strong>{likelihoodText(threat.likelihood ?? null)}</strong>
      </p>
      {typeof threat.likelihood === 'number' && <p class="hint">{words.likelihoodBasis}</p>}
      <p class="hint">
        {words.since(momentOf(since), by)}
        {alarms.length > 0 && ` ${words.becauseOf(alarms.join(', '))}`}
      </p>
      {assumed.length > 0 && (
        <div class="stale-weather" role="alert">
          <strong>{staleText(threat.live)}</strong>
          <ul>
            {assumed.map((one) => (
              <li key={one.silent}>
                {words.assumed(
                  word(words.weatherParts, one.silent),
                  words.assumptions[one.silent] ?? one.taken,
                )}
              </li>
            ))}
          </ul>
        </div>
      )}
      {problem && (
        <p class="failure">
          {words.notComputed} {problem}
        </p>
      )}
      {may('operator') && (
        <div class="buttons">
          <a class="button" href={routeTo('incidents', null, { scenario })}>
            {words.openIncident}
          </a>
          <button type="button" onClick={() => setEnding(true)}>
            {words.end}
          </button>
        </div>
      )}
      {ending && <Change scenario={scenario} action="end" onEnd={() => setEnding(false)} />}
    </section>
  );
}

interface ChangeProps {
  scenario: string;
  action: 'begin' | 'end';
  onEnd: () => void;
}

/** Beginning and ending are on record, with what a person says to it. */
export function Change({ scenario, action, onEnd }: ChangeProps) {
  const words = t().emergency;
  const [comment, setComment] = useState('');
  const submit = async () => {
    if (await changeZones(scenario, action, comment.trim())) onEnd();
  };
  return (
    <Dialog
      title={`${words[action]}: ${scenario}`}
      action={words[action]}
      danger={action === 'begin'}
      onCancel={onEnd}
      onSubmit={submit}
    >
      <p class="hint">{action === 'begin' ? words.beginHint : words.endHint}</p>
      <label>
        {words.comment}
        <textarea rows={2} value={comment} onInput={(event) => setComment(event.currentTarget.value)} />
      </label>
    </Dialog>
  );
}
