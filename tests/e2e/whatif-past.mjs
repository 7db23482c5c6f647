// SPDX-License-Identifier: Apache-2.0
// Three days of the plant of whatif.yaml, of which every alarm can be counted by hand.
//
//     T-1/pressure  900; 1010 for a minute at 01:00:20, 02:00:20 and 03:00:20 of each day; 1100 on the
//                   second day for a minute at 06:00:30
//     T-1/level     50; on the third day from 12:00 on 90 in one sample of four, twelve times
//     P-9/current   20; 25 for a minute at 08:00:10 of each day
//
// With the limits of whatif.yaml that is 3 + 4 + 3 times pressure, 12 times level (a flood: more than
// 10 in 10 minutes), and never current.

const STEP_S = 10;
const DAY_S = 86_400;
const DAYS = 3;
/** The site's clock, Asia/Shanghai, which has no summer time. */
const EAST_S = 8 * 3600;

/** First second of the three days, which end at the last midnight of the site. */
export function firstOf(nowMs) {
  const today = Math.floor((nowMs / 1000 + EAST_S) / DAY_S) * DAY_S - EAST_S;
  return today - DAYS * DAY_S;
}

const isWithin = (second, from, length) => second >= from && second < from + length;

function pressureAt(day, second) {
  if (day === 1 && isWithin(second, 6 * 3600 + 30, 60)) return 1100;
  return [1, 2, 3].some((hour) => isWithin(second, hour * 3600 + 20, 60)) ? 1010 : 900;
}

function levelAt(day, second) {
  const since = second - 12 * 3600;
  return day === 2 && since >= 0 && since < 12 * 4 * STEP_S && since % (4 * STEP_S) === 0 ? 90 : 50;
}

const currentAt = (second) => (isWithin(second, 8 * 3600 + 10, 60) ? 25 : 20);

export function pastOfThreeDays(nowMs) {
  const first = firstOf(nowMs);
  const rows = ['time,T-1/pressure,T-1/level,P-9/current'];
  for (let at = 0; at < DAYS * DAY_S; at += STEP_S) {
    const [day, second] = [Math.floor(at / DAY_S), at % DAY_S];
    const time = new Date((first + at) * 1000).toISOString();
    rows.push(`${time},${pressureAt(day, second)},${levelAt(day, second)},${currentAt(second)}`);
  }
  return `${rows.join('\n')}\n`;
}
