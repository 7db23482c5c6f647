// SPDX-License-Identifier: Apache-2.0
/** What the alarms ask of their operators, by position, beside the targets of IEC 62682. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { AlarmKpi } from '../../api/alarm-types';
import { t } from '../../i18n';
import { parseView, viewText, type Span, type View } from '../../lib/range';
import { routeTo } from '../../lib/route';
import { AlarmTabs } from '../../parts/AlarmTabs';
import { Days } from '../../parts/Days';
import { PositionChoice } from '../../parts/PositionChoice';
import { serverNow } from '../../state/clock';
import { explain } from '../../state/notices';
import { usePoll } from '../../state/poll';
import { go, route } from '../../state/route';
import { PositionFigures } from './PositionFigures';

const LIVE_MS = 5_000;
/** What is past changes no more, but for the end of a stretch that is still on. */
const PAST_MS = 60_000;
const DAY_MS = 86_400_000;
const PRESET_DAYS = [1, 7, 30, 90, 365] as const;

export function Figures() {
  const { query } = route.value;
  const view = parseView(query.view);
  const span = view?.kind === 'fixed' ? view.span : null;
  const position = query.position ?? null;
  const [kpi, setKpi] = useState<AlarmKpi | null>(null);
  const [problem, setProblem] = useState('');
  const ask = async () => {
    try {
      setKpi(await api.kpi(span));
      setProblem('');
    } catch (error) {
      setProblem(explain(error));
      throw error;
    }
  };
  usePoll(ask, span ? PAST_MS : LIVE_MS, [query.view]);
  const show = (next: { view?: View | null; position?: string | null }) => {
    const fixed = next.view === undefined ? view : next.view;
    const chosen = next.position === undefined ? position : next.position;
    go(
      routeTo('figures', null, {
        ...(fixed?.kind === 'fixed' && { view: viewText(fixed) }),
        ...(chosen !== null && { position: chosen }),
      }),
    );
  };
  const shown = kpi?.positions.filter((one) => position === null || one.position === position);
  return (
    <>
      <AlarmTabs />
      <div class="kpi-page">
        <section class="panel">
          <h1>{t().pages.figures}</h1>
          <Ranges span={span} onSpan={(next) => show({ view: next && { kind: 'fixed', span: next } })}>
            <PositionChoice all position={position} onPosition={(one) => show({ position: one })} />
          </Ranges>
          {problem !== '' && <p class="failure">{problem}</p>}
          {kpi && kpi.unreadable > 0 && (
            <p class="failure">{t().kpi.unreadable(kpi.unreadable)}</p>
          )}
          {!shown && problem === '' && <p class="hint">{t().loading}</p>}
        </section>
        {kpi &&
          shown?.map((one) => (
            <PositionFigures key={one.position} of={one} wanted={kpi.days_wanted} />
          ))}
      </div>
    </>
  );
}

interface RangesProps {
  span: Span | null;
  onSpan: (span: Span | null) => void;
  children: ComponentChildren;
}

function Ranges({ span, onSpan, children }: RangesProps) {
  const words = t().kpi;
  const now = serverNow();
  const isLast = (days: number) =>
    !!span && span.to - span.from === days * DAY_MS && span.to > now - DAY_MS;
  return (
    <div class="toolbar">
      <div class="segments" role="group" aria-label={words.range}>
        <button type="button" aria-pressed={span === null} onClick={() => onSpan(null)}>
          {words.live}
        </button>
        {PRESET_DAYS.map((days) => (
          <button
            key={days}
            type="button"
            aria-pressed={isLast(days)}
            onClick={() => onSpan({ from: now - days * DAY_MS, to: now })}
          >
            {words.days(days)}
          </button>
        ))}
      </div>
      <Days key={`${span?.from} ${span?.to}`} span={span} onSpan={onSpan} action={words.show} />
      {children}
    </div>
  );
}
