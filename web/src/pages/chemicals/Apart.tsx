// SPDX-License-Identifier: Apache-2.0
/** What a chemical must not meet, by every source that says so, each under its own heading. */
import type { Chemical, ChemicalApart, ChemicalReactivity } from '../../api/chemical-types';
import { t, word } from '../../i18n';

export function Apart({ of }: { of: Chemical }) {
  const words = t().chemicals;
  return (
    <>
      <h2>{words.apart}</h2>
      <p class="hint">{words.apartHint}</p>
      {of.reaction_unread && <p class="failure">{words.reactionUnread}</p>}
      {of.reactivity && <Cargo of={of.reactivity} />}
      {of.apart.map((one) => (
        <Rule key={one.rule} of={one} />
      ))}
    </>
  );
}

/** By 46 CFR part 150, which knows liquids in bulk. */
function Cargo({ of }: { of: ChemicalReactivity }) {
  const words = t().chemicals;
  return (
    <>
      <p class="apart">
        {words.group(of.group, word(words.groups, of.name))}{' '}
        {of.apart.length === 0
          ? words.apartNone
          : of.apart.map((one) => word(words.groups, one.name)).join(words.comma)}
      </p>
      {of.chemicals.length > 0 && (
        <p class="muted" lang="en">
          {of.chemicals.join(', ')}
        </p>
      )}
    </>
  );
}

function Rule({ of }: { of: ChemicalApart }) {
  const words = t().chemicals;
  const as = of.as.map((one) => word(words.apartWords, one)).join(words.comma);
  return (
    <details class="apart-rule" data-rule={of.rule} open={of.rule === 'lists'}>
      <summary>
        {words.apartRule[of.rule](as)}
        {of.zone !== null && ` (${words.apartZone(of.zone)})`}
      </summary>
      {of.zone_unread && <p class="hint">{words.zoneUnread}</p>}
      {of.from.length === 0 ? <p class="hint">{words.apartNoRow}</p> : <From of={of} />}
      <p class="hint" lang="en">
        {of.source}
      </p>
    </details>
  );
}

function From({ of }: { of: ChemicalApart }) {
  const words = t().chemicals;
  return (
    <div class="table-scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">{words.apartFrom}</th>
            {of.rule !== 'lists' && <th scope="col">{words.apartSo}</th>}
            <th scope="col">{words.apartHere}</th>
          </tr>
        </thead>
        <tbody>
          {of.from.map((one) => (
            <tr key={one.what} data-from={one.what}>
              <th scope="row">{word(words.apartWords, one.what)}</th>
              {of.rule !== 'lists' && (
                <td>{one.so.map((so) => word(words.apartWords, so)).join(words.comma)}</td>
              )}
              <td class="muted" lang="en">
                {one.chemicals.join(', ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
