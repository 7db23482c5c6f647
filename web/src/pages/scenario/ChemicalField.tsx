// SPDX-License-Identifier: Apache-2.0
/** A chemical of the table, found by name, CAS or UN number. */
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { ChemicalBrief } from '../../api/chemical-types';
import { t } from '../../i18n';
import { draft } from '../../state/emergency';
import { change, Fault } from './Form';

const SUGGESTED = 20;
const PAUSE_MS = 200;

interface Props {
  fault: string | undefined;
  /** What the asset holds, which is taken when the field is empty. */
  held: string;
}

export function ChemicalField({ fault, held }: Props) {
  const words = t().emergency;
  const { chemical } = draft.value;
  const [found, setFound] = useState<ChemicalBrief[] | null>(null);
  useEffect(() => {
    if (chemical.trim() === '') return setFound(null);
    let over = false;
    const timer = setTimeout(() => {
      api.chemicals(chemical.trim()).then(
        (list) => !over && setFound(list.slice(0, SUGGESTED)),
        () => !over && setFound(null),
      );
    }, PAUSE_MS);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [chemical]);
  const exact = found?.find((one) => one.name === chemical || one.cas === chemical || one.chinese === chemical);
  return (
    <>
      <label data-field="chemical">
        {words.chemical}
        <input
          list="scenario-chemicals"
          value={chemical}
          placeholder={held || words.chemicalHint}
          autoComplete="off"
          spellcheck={false}
          aria-invalid={fault !== undefined}
          aria-describedby={fault ? 'fault-chemical' : undefined}
          onInput={(event) => change({ chemical: event.currentTarget.value })}
        />
      </label>
      <datalist id="scenario-chemicals">
        {found?.map((one) => (
          <option key={one.cas} value={one.name}>
            {[one.chinese, one.cas, one.un].filter(Boolean).join(' · ')}
          </option>
        ))}
      </datalist>
      {exact && (
        <p class="hint">
          {[exact.chinese, `CAS ${exact.cas}`, exact.un].filter(Boolean).join(' · ')}
        </p>
      )}
      {found?.length === 0 && !fault && <p class="hint">{words.noChemical}</p>}
      <Fault name="chemical" text={fault} />
    </>
  );
}
