// SPDX-License-Identifier: Apache-2.0
/** Who and what is in the zones: people by place, where to gather, what may go next. */
import type { Impact, PlaceAdvice } from '../../api/emergency-types';
import { language, t, word } from '../../i18n';
import { metres } from '../../lib/ground';
import { formatCount } from '../../lib/number';
import { durationOf } from '../../state/clock';

export function Around({ impact }: { impact: Impact }) {
  const words = t().emergency;
  const affected = impact.places.filter((place) => place.kind !== 'muster');
  return (
    <>
      {affected.length > 0 && <Places list={affected} />}
      {impact.muster.length > 0 && (
        <section class="panel">
          <h2>{words.musters}</h2>
          <ul class="plain-list">
            {impact.muster.map((one) => (
              <li key={one.name} class={one.safe ? '' : 'unsafe'}>
                <strong>{one.name}</strong> {metres(one.distance)}{' '}
                {one.upwind ? words.upwind : words.notUpwind}, {one.safe ? words.safe : words.notSafe}
              </li>
            ))}
          </ul>
        </section>
      )}
      {(impact.domino.length > 0 || impact.assets.length > 0) && <Next impact={impact} />}
    </>
  );
}

function Places({ list }: { list: readonly PlaceAdvice[] }) {
  const words = t().emergency;
  return (
    <section class="panel">
      <h2>{words.places}</h2>
      <div class="table-scroll">
        <table class="places">
          <thead>
            <tr>
              <th scope="col">{words.place}</th>
              <th scope="col" class="number">{words.people}</th>
              <th scope="col">{words.advice}</th>
            </tr>
          </thead>
          <tbody>
            {list.map((one) => (
              <tr key={one.name} data-place={one.name}>
                <th scope="row">
                  {one.name}
                  <span class="message">{word(words.placeKind, one.kind)}</span>
                </th>
                <td class="number live">{formatCount(one.people)}</td>
                <td class={`place-advice ${one.advice}`}>
                  <strong>{word(words.advices, one.advice)}</strong>
                  {one.leave_after !== null && ` ${words.leaveAfter(durationOf(one.leave_after * 1000))}`}
                  <span class="message">{language.value === 'zh-CN' ? one.why_zh : one.why}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Next({ impact }: { impact: Impact }) {
  const words = t().emergency;
  return (
    <section class="panel">
      <h2>{words.assetsInside}</h2>
      {impact.assets.length > 0 && <p>{impact.assets.join(', ')}</p>}
      {impact.domino.length > 0 && (
        <>
          <h3>{words.domino}</h3>
          <ul class="plain-list">
            {impact.domino.map((one) => (
              <li key={`${one.asset} ${one.effect} ${one.endpoint}`}>
                <strong>{one.asset}</strong>: {word(words.effect, one.effect)},{' '}
                {language.value === 'zh-CN' ? one.endpoint_zh : one.endpoint},{' '}
                {metres(one.distance)}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
