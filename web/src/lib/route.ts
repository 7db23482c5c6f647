// SPDX-License-Identifier: Apache-2.0
/** The address after the #: a path of words and a query, `#/trends?signals=T-101/level&view=1h`. */

export interface Route {
  /** "overview", "alarms", ... */
  page: string;
  /** What follows the page: an alarm's id, a detector's name. */
  rest: string | null;
  query: Record<string, string>;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function parseRoute(hash: string): Route {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [page = '', ...rest] = path.split('/');
  return {
    page: page === '' ? 'overview' : decode(page),
    rest: rest.length > 0 ? decode(rest.join('/')) : null,
    query: Object.fromEntries(new URLSearchParams(search)),
  };
}

/** The address of a page. Slashes, commas and stars stay readable in the query. */
export function routeTo(
  page: string,
  rest: string | null = null,
  query: Record<string, string> = {},
): string {
  const path = rest === null ? page : `${page}/${encodeURIComponent(rest)}`;
  const search = Object.entries(query)
    .map(([name, value]) => `${name}=${readable(value)}`)
    .join('&');
  return search === '' ? `#/${path}` : `#/${path}?${search}`;
}

function readable(value: string): string {
  return encodeURIComponent(value).replace(/%2F/g, '/').replace(/%2C/g, ',');
}

/** The key in `#key=...`, or null. */
export function keyInHash(hash: string): string | null {
  const match = /^#\/?key=([^&]+)$/.exec(hash);
  return match ? decode(match[1] ?? '').trim() || null : null;
}
