// SPDX-License-Identifier: Apache-2.0
/** The alarms of the shown time as a list: what the marks on the chart mean. */
import type { Transition } from '../../api/types';
import { t, word } from '../../i18n';
import { routeTo } from '../../lib/route';
import { PrioritySign } from '../../parts/PrioritySign';
import { momentOf } from '../../state/clock';

const ROWS = 50;

export function Marks({ transitions }: { transitions: readonly Transition[] }) {
  return (
    <section class="marks">
      <h2>{t().trends.marks}</h2>
      {transitions.length === 0 && <p class="hint">{t().trends.noMarks}</p>}
      <ul>
        {transitions.slice(0, ROWS).map((one) => (
          <li key={one.sequence}>
            <PrioritySign priority={one.priority} hollow={one.transition !== 'raised'} size={16} />
            <time>{momentOf(one.time)}</time>
            <a href={routeTo('alarms', String(one.id))}>{one.signal ?? one.detector ?? one.key}</a>
            <span>{word(t().transition, one.transition)}</span>
            <span class="muted">{one.text}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
