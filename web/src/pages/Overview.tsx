// SPDX-License-Identifier: Apache-2.0
/** The plant at a glance. */
import type { ComponentChildren } from 'preact';
import type { Alarm, Asset } from '../api/types';
import { t, word } from '../i18n';
import { PRIORITIES, subjectOf } from '../lib/alarms';
import { routeTo } from '../lib/route';
import { parseTime } from '../lib/time';
import { useWidth } from '../lib/use-width';
import { LiveValue } from '../parts/LiveValue';
import { holdsText, isCompact, ordered, PlantMap } from '../parts/PlantMap';
import { PrioritySign } from '../parts/PrioritySign';
import { reasonOf } from '../parts/reason';
import { ScoreBar, scoreText } from '../parts/ScoreBar';
import { announced, unacknowledged, worst } from '../state/alarms';
import { durationOf, momentOf, now } from '../state/clock';
import { ageOf, assets, detectors, signals, signalsByAsset, sources } from '../state/plant';

export function Overview() {
  const known = assets.value;
  return (
    <div class="overview">
      <h1 class="unseen">{t().pages.overview}</h1>
      <Figures />
      <section class="panel map-panel" aria-labelledby="map-title">
        <h2 id="map-title">{t().overview.map}</h2>
        {known === null && <p class="hint">{t().loading}</p>}
        {known?.length === 0 && <p class="hint">{t().overview.noAssets}</p>}
        {known && known.length > 0 && <Plant assets={known} />}
      </section>
      <aside class="overview-side">
        <Standing />
        <Detectors />
      </aside>
    </div>
  );
}

function Figure(props: {
  title: string;
  children: ComponentChildren;
  note: ComponentChildren;
  abnormal?: boolean;
}) {
  return (
    <div class={`figure ${props.abnormal ? 'abnormal' : ''}`}>
      <dt>{props.title}</dt>
      <dd class="figure-number">{props.children}</dd>
      <dd class="figure-note">{props.note}</dd>
    </div>
  );
}

function Figures() {
  const up = sources.value?.filter((one) => one.state === 'running' || one.state === 'finished');
  const down = sources.value?.filter((one) => !up?.includes(one)) ?? [];
  const scores = (detectors.value ?? []).flatMap((one) => (one.score === null ? [] : [one.score]));
  const highest = scores.length > 0 ? Math.max(...scores) : null;
  return (
    <dl class="figures">
      <AlarmFigure />
      <Figure
        title={t().overview.sources}
        abnormal={down.length > 0}
        note={
          down.length > 0
            ? t().overview.sourcesDown(down.map((one) => one.name).join(', '))
            : t().overview.sourcesUp
        }
      >
        {sources.value ? `${up?.length ?? 0} / ${sources.value.length}` : '–'}
      </Figure>
      <FreshFigure />
      <Figure
        title={t().overview.worstScore}
        abnormal={highest !== null && highest > 1}
        note={t().overview.scoreLimit}
      >
        {scoreText(highest)}
      </Figure>
    </dl>
  );
}

function AlarmFigure() {
  const active = announced.value.filter((alarm) => alarm.active);
  const waiting = unacknowledged.value.length;
  const note =
    waiting > 0
      ? t().overview.unacknowledged(waiting)
      : active.length > 0
        ? t().overview.allAcknowledged
        : t().overview.noAlarms;
  return (
    <Figure title={t().overview.activeAlarms} abnormal={active.length > 0} note={note}>
      {active.length}
      {PRIORITIES.map((priority) => {
        const count = active.filter((alarm) => alarm.priority === priority).length;
        return (
          count > 0 && (
            <span key={priority} class="figure-part">
              <PrioritySign priority={priority} size={16} />
              {count}
            </span>
          )
        );
      })}
    </Figure>
  );
}

function FreshFigure() {
  const plain = (signals.value ?? []).filter((one) => one.detector === null);
  const times = plain.flatMap((one) => parseTime(one.latest?.time) ?? []);
  const age = times.length > 0 ? Math.max(0, now.value - Math.max(...times)) : null;
  const silent = plain.filter((one) => ageOf(one).silent).length;
  return (
    <Figure
      title={t().overview.newest}
      abnormal={silent > 0}
      note={silent > 0 ? t().overview.oldestSignals(silent) : t().overview.allFresh}
    >
      <span class="live">{age === null ? '–' : t().ago(durationOf(age))}</span>
    </Figure>
  );
}

/** The map, and below it in words what it has no room for. */
function Plant({ assets }: { assets: readonly Asset[] }) {
  const [element, width] = useWidth<HTMLDivElement>();
  const placed = assets.filter((asset) => asset.at !== null);
  const unplaced = assets.filter((asset) => asset.at === null);
  const compact = isCompact(width, placed.length);
  return (
    <div ref={element}>
      {placed.length > 0 && <PlantMap assets={placed} />}
      {compact && <AssetCards assets={placed} />}
      {unplaced.length > 0 && (
        <>
          <h3>{t().overview.unplaced}</h3>
          <AssetCards assets={unplaced} />
        </>
      )}
    </div>
  );
}

function AssetCards({ assets }: { assets: readonly Asset[] }) {
  return (
    <ul class="asset-cards">
      {assets.map((asset) => {
        const alarm = worst.value.get(asset.name);
        const about = [word(t().assetKind, asset.kind ?? ''), holdsText(asset)];
        return (
          <li key={asset.name} class={alarm ? `alarm priority-${alarm.priority}` : ''}>
            <a href={routeTo('trends', null, { asset: asset.name })}>
              {alarm && <PrioritySign priority={alarm.priority} hollow={!alarm.active} />}
              <strong>{asset.name}</strong>
              <span class="muted">{about.filter((part) => part !== '').join(', ')}</span>
            </a>
            <dl>
              {ordered(signalsByAsset.value.get(asset.name) ?? []).map((one) => (
                <div key={one.signal}>
                  <dt>{one.name}</dt>
                  <dd>
                    <LiveValue signal={one} />
                  </dd>
                </div>
              ))}
            </dl>
          </li>
        );
      })}
    </ul>
  );
}

/** Alarms shown here; the page Alarms has all. */
const SHOWN = 6;

function Standing() {
  const list = announced.value;
  return (
    <section class="panel" aria-labelledby="standing-title">
      <h2 id="standing-title">{t().overview.standing}</h2>
      {list.length === 0 && <p class="hint">{t().overview.noStanding}</p>}
      <ul class="alarm-cards">
        {list.slice(0, SHOWN).map((alarm) => (
          <AlarmCard key={alarm.id} alarm={alarm} />
        ))}
      </ul>
      {list.length > SHOWN && (
        <a href="#/alarms">
          {t().overview.allAlarms} ({list.length})
        </a>
      )}
    </section>
  );
}

function AlarmCard({ alarm }: { alarm: Alarm }) {
  return (
    <li>
      <a href={routeTo('alarms', String(alarm.id))}>
        <PrioritySign priority={alarm.priority} hollow={!alarm.active} />
        <span>
          <strong>{subjectOf(alarm)}</strong>
          <span class="alarm-reason">{reasonOf(alarm)}</span>
          <span class="muted">
            {momentOf(alarm.since)} · {word(t().alarmState, alarm.state)}
          </span>
        </span>
      </a>
    </li>
  );
}

function Detectors() {
  const list = detectors.value;
  return (
    <section class="panel" aria-labelledby="detectors-title">
      <h2 id="detectors-title">{t().overview.detectors}</h2>
      {list === null && <p class="hint">{t().loading}</p>}
      {list?.length === 0 && <p class="hint">{t().detectors.none}</p>}
      <ul class="detector-list">
        {list?.map((one) => (
          <li key={one.name}>
            <a href={routeTo('detectors', one.name)}>{one.name}</a>
            <span class={`verdict ${one.state}`}>{word(t().detectors.state, one.state)}</span>
            <ScoreBar detector={one} />
          </li>
        ))}
      </ul>
    </section>
  );
}
