// SPDX-License-Identifier: Apache-2.0
/** The question: what would be changed, and over which past. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { t } from '../../i18n';
import { diffLines } from '../../lib/lines';
import { explain } from '../../state/notices';
import { inForce, loadInForce, proposed } from '../../state/proposal';
import { route } from '../../state/route';
import { AlarmForm } from './AlarmForm';
import { Order } from './Order';
import { Proposed } from './Proposed';
import { TextForm } from './TextForm';

const MODES = ['alarm', 'text'] as const;
type Mode = (typeof MODES)[number];

export function Ask() {
  const words = t().whatIf;
  const { query } = route.value;
  const [problem, setProblem] = useState('');
  const [mode, setMode] = useState<Mode>(query.faults === undefined ? 'alarm' : 'text');
  useEffect(() => {
    loadInForce().catch((error: unknown) => setProblem(explain(error)));
  }, []);
  const before = inForce.value;
  const text = proposed.value;
  const changes = useMemo(
    () => (before === null ? [] : diffLines(before, text).changes),
    [before, text],
  );
  return (
    <div class="ask">
      <section class="panel proposal">
        <header>
          <h1>{words.title}</h1>
          <p class="hint">{words.intro}</p>
        </header>
        {problem !== '' && <p class="failure">{problem}</p>}
        {before === null && problem === '' && <p class="hint">{t().loading}</p>}
        {before !== null && (
          <>
            <div class="segments" role="group" aria-label={words.how}>
              {MODES.map((one) => (
                <button
                  key={one}
                  type="button"
                  aria-pressed={mode === one}
                  onClick={() => setMode(one)}
                >
                  {words.modes[one]}
                </button>
              ))}
            </div>
            {mode === 'alarm' ? <AlarmForm before={before} /> : <TextForm changes={changes} />}
          </>
        )}
      </section>
      <div class="ask-side">
        {before !== null && <Proposed changes={changes} />}
        <Order changed={changes.length > 0} />
      </div>
    </div>
  );
}
