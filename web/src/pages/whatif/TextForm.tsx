// SPDX-License-Identifier: Apache-2.0
/** The whole site file as text, with what the daemon found wrong with it at its lines. */
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { SiteFault } from '../../api/whatif-types';
import { t } from '../../i18n';
import type { LineChange } from '../../lib/lines';
import { movedFaults, offsetOf } from '../../lib/whatif';
import { found, proposed } from '../../state/proposal';
import { Editor, type EditorHandle } from './Editor';

export function TextForm({ changes }: { changes: readonly LineChange[] }) {
  const words = t().whatIf;
  const text = proposed.value;
  const editor = useRef<EditorHandle>(null);
  const last = found.value;
  const faults = useMemo(
    () => (last ? movedFaults(last.faults, last.text, text) : []),
    [last, text],
  );
  const changed = useMemo(
    () => changes.filter((one) => one.added).map((one) => one.line),
    [changes],
  );
  const show = (fault: SiteFault) =>
    editor.current?.show(offsetOf(text, fault.line, fault.column), fault.line);
  useEffect(() => {
    if (faults[0]) show(faults[0]);
  }, [last]);
  return (
    <>
      {last !== null && faults.length > 0 && (
        <div class="faults" id="whatif-faults" role="alert">
          <strong>{words.faults(faults.length + last.leftOut)}</strong>
          <ol>
            {faults.map((one) => (
              <li key={`${one.line}:${one.column} ${one.path}`}>
                <button type="button" class="plain" onClick={() => show(one)}>
                  {words.line(one.line)}
                </button>{' '}
                <FaultText fault={one} />
              </li>
            ))}
          </ol>
        </div>
      )}
      <Editor
        handle={editor}
        label={words.text}
        text={text}
        changed={changed}
        faults={faults}
        describedBy={faults.length > 0 ? 'whatif-faults' : undefined}
        onText={(next) => {
          proposed.value = next;
        }}
      />
      <p class="hint">{words.textHint}</p>
    </>
  );
}

export function FaultText({ fault }: { fault: SiteFault }) {
  return (
    <>
      {fault.path !== '' && <code>{fault.path}</code>} {fault.what}
      {fault.remedy && '; '}
      <span class="remedy">{fault.remedy}</span>
    </>
  );
}
