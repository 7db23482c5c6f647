// SPDX-License-Identifier: Apache-2.0
/** What paper has beside the page: whose it is, and every model of every zone. */
import type { Impact } from '../../api/emergency-types';
import { t } from '../../i18n';
import { readingOrder } from '../../lib/ground';
import { parseTime } from '../../lib/time';
import { formulaTitle, reachOf, zoneName } from '../../lib/zone-words';
import { dateTimeOf } from '../../state/clock';
import { site } from '../../state/plant';
import { me } from '../../state/session';

export function ReportHead({ title, computed }: { title: string; computed: string | null }) {
  const words = t().emergency;
  const at = parseTime(computed);
  return (
    <header class="print-only report-head">
      <h1>{title}</h1>
      <p>
        {site.value?.title ?? site.value?.name} · davy {me.value?.version}
        {at !== null && ` · ${words.computed(dateTimeOf(at))}`} · {words.printedBy(me.value?.name ?? '')}
      </p>
    </header>
  );
}

export function ReportModels({ impact }: { impact: Impact }) {
  const words = t().emergency;
  return (
    <section class="panel print-only report-models">
      <h2>{words.models}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.zone}</th>
            <th scope="col">{words.model}</th>
            <th scope="col" class="number">
              {words.reach}
            </th>
          </tr>
        </thead>
        <tbody>
          {readingOrder(impact.zones).flatMap((zone) =>
            zone.models.map((one) => (
              <tr key={`${zone.id} ${one.model}`}>
                <td>{zoneName(zone)}</td>
                <td>{one.model === zone.model ? `${one.model} (${words.drawn})` : one.model}</td>
                <td class="number">{one.kind === 'value' ? reachOf(one) : one.text}</td>
              </tr>
            )),
          )}
        </tbody>
      </table>
      <h2>{words.source}</h2>
      <dl>
        {Object.entries(impact.formulas).map(([name, formula]) => (
          <div key={name}>
            <dt>{formulaTitle(formula)}</dt>
            <dd>
              <code>{formula.equation}</code>. {formula.source}. {formula.range}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
