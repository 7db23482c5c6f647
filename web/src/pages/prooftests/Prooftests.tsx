// SPDX-License-Identifier: Apache-2.0
/** Each condition with its last proof: did a deviation reach its end, how fast, when is the next. */
import { useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { ProofCondition, ProofTest, ProofTests } from '../../api/alarm-types';
import { t, word } from '../../i18n';
import { formatCount } from '../../lib/number';
import { byUrgency, stageTimes, totalMs, verdictOf } from '../../lib/proofs';
import { AlarmTabs } from '../../parts/AlarmTabs';
import { durationOf, momentOf } from '../../state/clock';
import { tellDone, tellFailure } from '../../state/notices';
import { usePoll } from '../../state/poll';
import { may } from '../../state/session';
import { Legend, Stages } from './Stages';

const REFRESH_MS = 2_000;

export function Prooftests() {
  const [answer, setAnswer] = useState<ProofTests | null>(null);
  const [drill, setDrill] = useState(false);
  const load = async () => setAnswer(await api.prooftests());
  usePoll(load, REFRESH_MS);
  const words = t().prooftests;
  const running = answer?.prooftests.find((test) => test.state === 'running');
  const prove = async (patterns?: string) => {
    try {
      const { id } = await api.startProoftest(patterns, drill);
      tellDone(words.begun(id));
      await load();
    } catch (error) {
      tellFailure(error);
    }
  };
  return (
    <>
      <AlarmTabs />
      <section class="panel prooftests">
        <h1>{words.title}</h1>
        <p class="hint">{words.hint}</p>
        <div class="toolbar">
          <Run label={words.proveAll} busy={running !== undefined} onRun={() => void prove()} />
          <label class="drill">
            <input
              type="checkbox"
              checked={drill}
              disabled={!may('engineer')}
              onChange={(event) => setDrill(event.currentTarget.checked)}
            />{' '}
            {words.drill}
          </label>
          <Running test={running ?? answer?.prooftests[0]} />
        </div>
        {answer === null && <p class="hint">{t().loading}</p>}
        {answer?.conditions.length === 0 && <p class="hint">{words.none}</p>}
        {answer && answer.conditions.length > 0 && (
          <Table answer={answer} busy={running !== undefined} onRun={prove} />
        )}
        {answer && answer.left_out > 0 && (
          <p class="hint">{words.leftOut(formatCount(answer.left_out))}</p>
        )}
      </section>
    </>
  );
}

interface RunProps {
  label: string;
  title?: string;
  busy: boolean;
  onRun: () => void;
}

function Run({ label, title, busy, onRun }: RunProps) {
  const allowed = may('engineer');
  return (
    <button
      type="button"
      aria-label={title ?? label}
      title={allowed ? (title ?? label) : t().dialog.needsRole(t().roles.engineer)}
      disabled={!allowed || busy}
      onClick={onRun}
    >
      {label}
    </button>
  );
}

/** How far the test is that runs, or how the last one ended. */
function Running({ test }: { test: ProofTest | undefined }) {
  const words = t().prooftests;
  if (!test) return null;
  const by = test.by ?? words.itself;
  const done = `${formatCount(test.passed + test.failed)} / ${formatCount(test.conditions)}`;
  return (
    <span class="muted last-test" role="status" data-state={test.state}>
      {words.testState(test.id, word(words.state, test.state), by, momentOf(test.began), done)}
      {test.why !== null && (
        <span class="message" lang="en">
          {test.why}
        </span>
      )}
    </span>
  );
}

interface TableProps {
  answer: ProofTests;
  busy: boolean;
  onRun: (patterns: string) => Promise<void>;
}

function Table({ answer, busy, onRun }: TableProps) {
  const words = t().prooftests;
  const most = Math.max(1, ...answer.conditions.map((one) => slowest(one)));
  return (
    <>
      <Legend />
      <div class="table-scroll">
        <table class="proof-list">
          <thead>
            <tr>
              <th scope="col">{words.condition}</th>
              <th scope="col">{words.outcome}</th>
              <th scope="col">{words.proved}</th>
              <th scope="col">{words.times}</th>
              <th scope="col">{words.due}</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {byUrgency(answer.conditions).map((one) => (
              <Row key={one.condition} one={one} most={most} busy={busy} onRun={onRun} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function slowest(one: ProofCondition): number {
  return one.item ? totalMs(stageTimes(one.item)) : 0;
}

interface RowProps {
  one: ProofCondition;
  most: number;
  busy: boolean;
  onRun: (patterns: string) => Promise<void>;
}

function Row({ one, most, busy, onRun }: RowProps) {
  const words = t().prooftests;
  return (
    <tr data-condition={one.condition} data-verdict={verdictOf(one)}>
      <th scope="row">
        {one.condition}
        <span class="message muted">
          {word(t().alarmKind, one.kind)}
          {one.detector !== null && ` · ${one.detector}`}
        </span>
      </th>
      <td>
        <Verdict one={one} />
      </td>
      <td class="nowrap">
        {one.age_s === null ? '–' : t().ago(durationOf(one.age_s * 1000))}
        <span class="message muted">{momentOf(one.proved)}</span>
      </td>
      <td class="stages-cell">{one.item ? <Stages item={one.item} most={most} /> : '–'}</td>
      <td class="nowrap">
        {momentOf(one.due) || '–'}
        {one.overdue && <span class="message overdue">▲ {words.overdue}</span>}
      </td>
      <td>
        <Run
          label={words.prove}
          title={words.proveTitle(one.condition)}
          busy={busy}
          onRun={() => void onRun(one.condition)}
        />
      </td>
    </tr>
  );
}

const SIGN: Record<string, string> = { failed: '✕', passed: '✓' };

function Verdict({ one }: { one: ProofCondition }) {
  const words = t().prooftests;
  const outcome = one.item?.outcome ?? 'never';
  return (
    <>
      <span class={`proof-outcome ${outcome}`}>
        {SIGN[outcome]} {word(words.outcomes, outcome)}
      </span>
      {one.item?.why && (
        <span class="message" lang="en">
          {one.item.why}
        </span>
      )}
    </>
  );
}
