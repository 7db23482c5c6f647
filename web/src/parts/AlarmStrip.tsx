// SPDX-License-Identifier: Apache-2.0
/** Unacknowledged alarms are announced on every page, the worst first, with its answer at hand. */
import { t } from '../i18n';
import { subjectOf } from '../lib/alarms';
import { routeTo } from '../lib/route';
import { newest, unacknowledged } from '../state/alarms';
import { momentOf } from '../state/clock';
import { may } from '../state/session';
import { begin } from './AlarmActions';
import { PrioritySign } from './PrioritySign';
import { reasonOf } from './reason';

export function AlarmStrip() {
  const waiting = unacknowledged.value;
  const first = waiting[0];
  return (
    <>
      <Announcer />
      {first && (
        <section class="strip" aria-label={t().alarms.unacknowledgedCount(waiting.length)}>
          <PrioritySign priority={first.priority} hollow={!first.active} size={24} />
          <a class="strip-text" href={routeTo('alarms', String(first.id))}>
            <strong>{subjectOf(first)}</strong> <span>{reasonOf(first)}</span>{' '}
            <span class="muted">{momentOf(first.since)}</span>
          </a>
          {waiting.length > 1 && (
            <a class="strip-more" href="#/alarms">
              {t().alarms.unacknowledgedCount(waiting.length)}
            </a>
          )}
          {may('operator') && (
            <button type="button" class="primary" onClick={() => begin(first, 'acknowledge')}>
              {t().actions.acknowledge}
            </button>
          )}
        </section>
      )}
    </>
  );
}

/** For screen readers: the alarm that has just come. */
function Announcer() {
  const alarm = newest.value;
  return (
    <div class="unseen" role="alert">
      {alarm &&
        t().alarms.newAlarm(t().priority[alarm.priority], subjectOf(alarm), reasonOf(alarm))}
    </div>
  );
}
