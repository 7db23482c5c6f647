// SPDX-License-Identifier: Apache-2.0
/** The weather of an impact in words. */
import type { ImpactWeather, Threat } from '../../api/emergency-types';
import { t, word } from '../../i18n';
import { compassOf } from '../../lib/ground';
import { formatNumber, formatPercent } from '../../lib/number';

/** "3 m/s from SW (225°)"; a wind without a direction says so. */
export function windText({ wind, wind_from }: ImpactWeather): string {
  const words = t().emergency;
  const from =
    wind_from === null
      ? words.noDirection
      : words.from(word(words.compass, compassOf(wind_from)), Math.round(wind_from));
  return `${formatNumber(wind)} m/s ${from}`;
}

/** "3 m/s from SW (225°), class D, 20 °C, 60 %, rural". */
export function weatherText(weather: ImpactWeather): string {
  const words = t().emergency;
  const parts = [windText(weather)];
  if (weather.stability) parts.push(words.stabilityClass(weather.stability));
  if (weather.temperature !== null) parts.push(`${formatNumber(weather.temperature - 273.15)} °C`);
  if (weather.humidity !== null) parts.push(`${words.humidity} ${formatPercent(weather.humidity)}`);
  parts.push(weather.urban ? words.urban : words.rural);
  return parts.join(', ');
}

/** Instruments of the weather that are silent. */
export function staleText({ assumed }: Threat['live']): string {
  const words = t().emergency;
  return words.staleWeather(assumed.map((one) => word(words.weatherParts, one.silent)).join(', '));
}
