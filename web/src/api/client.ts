// SPDX-License-Identifier: Apache-2.0
/** Requests to the daemon: one function per route, answers typed, problems as ApiError. */
import type {
  AlarmKpi,
  Flood,
  Handover,
  PastHandover,
  ProofTests,
  Receiver,
  ReceiverMessage,
} from './alarm-types';
import type { Chemical, ChemicalBrief, ChemicalStructure } from './chemical-types';
import type {
  ActionBody,
  Alarm,
  AlarmAction,
  AlarmFilter,
  Asset,
  Detector,
  Drift,
  InferRequest,
  InferResponse,
  Key,
  ModelAbout,
  ModelEntry,
  ModelStats,
  ModelTraffic,
  NewKey,
  RelatedEvent,
  Role,
  Session,
  Signal,
  Site,
  Source,
  StateSeries,
  SteppedSeries,
  Transition,
} from './types';
import type { Ground, Impact, LiveZones } from './emergency-types';
import type { DispatchPlan, Incident, IncidentEvent } from './incident-types';
import type { Storage } from './storage-types';
import type { SettingsChange, WhatIf, WhatIfOrder } from './whatif-types';

/** What went wrong with a request. Status 0: no answer at all. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    /** Seconds the daemon asks to wait (429, 503, 507), or null. */
    readonly retryAfter: number | null = null,
    /** All that the daemon answered, when it was JSON. */
    readonly body: unknown = null,
  ) {
    super(detail);
    this.name = 'ApiError';
  }
}

let token: string | null = null;
let onUnauthorized: () => void = () => {};

/**
 * The second token of the session, which what changes something carries, and who is told when the
 * daemon refuses the session. The session itself is a cookie that no script sees.
 */
export function useSession(next: string | null, refused: () => void): void {
  token = next;
  onUnauthorized = refused;
}

/** Tell that the daemon refused the session of `sent`; a newer one is not blamed for it. */
export function refuse(sent: string | null): void {
  if (sent === token) onUnauthorized();
}

export function currentSession(): string | null {
  return token;
}

function retryAfter(answer: Response): number | null {
  const seconds = Number(answer.headers.get('Retry-After') ?? NaN);
  return Number.isFinite(seconds) ? seconds : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The sentence of a problem+json body or of `{"error": ...}`, or the status line. */
function problem(answer: Response, text: string): string {
  try {
    const body = JSON.parse(text) as Record<string, unknown>;
    for (const sentence of [body.detail, body.message, body.error, body.title])
      if (typeof sentence === 'string' && sentence !== '') return sentence;
  } catch {
    /* not JSON: the status line has to do */
  }
  return `${answer.status} ${answer.statusText}`.trim();
}

/** An answer that takes longer than this is none: a stopped daemon must not look alive. */
const TIMEOUT_MS = 10_000;
/** History, and what a model may have to compute or to be loaded for. */
const TIMEOUT_LONG_MS = 60_000;
/** A forecast of zones holds from then on: as far ahead as a route is planned. */
const FORECAST_S = 900;

interface RequestOptions {
  method?: 'GET' | 'POST' | 'DELETE';
  body?: object;
  /** Given up by the caller: the promise rejects with the caller's own AbortError. */
  signal?: AbortSignal;
  timeoutMs?: number;
  /** Sent once, to open a session; nothing keeps it. */
  key?: string;
  /** The answer is text, not JSON. */
  plain?: boolean;
}

/** fetch() that gives up after a while; no answer, for whatever reason, is status 0. */
async function fetchWithin(path: string, init: RequestInit, options: RequestOptions) {
  const ended = new AbortController();
  const end = () => ended.abort();
  const timer = setTimeout(end, options.timeoutMs ?? TIMEOUT_MS);
  options.signal?.addEventListener('abort', end);
  try {
    const answer = await fetch(path, { ...init, signal: ended.signal });
    return { answer, text: await answer.text() };
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new ApiError(0, ended.signal.aborted ? 'timeout' : String(error));
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', end);
  }
}

async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const sent = token;
  const headers: Record<string, string> = options.plain ? {} : { Accept: 'application/json' };
  const init: RequestInit = { method: options.method ?? 'GET', headers, cache: 'no-store' };
  if (options.key !== undefined) headers['Authorization'] = `Bearer ${options.key}`;
  else if (init.method !== 'GET' && token !== null) headers['X-CSRF-Token'] = token;
  if (options.body !== undefined) {
    headers['Content-Type'] = 'application/json';
    init.body = JSON.stringify(options.body);
  }
  const { answer, text } = await fetchWithin(path, init, options);
  if (answer.status === 401) refuse(sent);
  if (!answer.ok)
    throw new ApiError(answer.status, problem(answer, text), retryAfter(answer), parsed(text));
  if (options.plain) return text as T;
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** `?a=1&b=2` of the fields that are not undefined. */
function query(fields: Record<string, string | number | undefined>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(fields))
    if (value !== undefined) params.set(name, String(value));
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

const segment = encodeURIComponent;
/** Milliseconds as RFC 3339. */
const rfc = (ms: number): string => new Date(ms).toISOString();

export interface SampleQuery {
  signals: readonly string[];
  from: number;
  to: number;
  pixels: number;
}

/** Where samples are as they came, as a file to keep: a row a sample. */
export const csvAddress = (signals: readonly string[], from: number, to: number): string =>
  `/api/v1/samples${query({ signals: signals.join(','), from: rfc(from), to: rfc(to), format: 'csv' })}`;

export const api = {
  session: () => request<Session>('/api/v1/session'),
  openSession: (key: string) => request<Session>('/api/v1/session', { method: 'POST', key }),
  closeSession: () => request<void>('/api/v1/session', { method: 'DELETE' }),
  sites: () => request<{ sites: Site[] }>('/api/v1/sites').then((answer) => answer.sites),
  assets: () => request<{ assets: Asset[] }>('/api/v1/assets').then((answer) => answer.assets),
  signals: () => request<{ signals: Signal[] }>('/api/v1/signals').then((answer) => answer.signals),
  storage: () => request<Storage>('/api/v1/storage', { timeoutMs: TIMEOUT_LONG_MS }),
  sources: () => request<{ sources: Source[] }>('/api/v1/sources').then((answer) => answer.sources),

  samples: (wish: SampleQuery, abort?: AbortSignal) =>
    request<{ signals: SteppedSeries[] }>(
      `/api/v1/samples${query({
        signals: wish.signals.join(','),
        from: rfc(wish.from),
        to: rfc(wish.to),
        pixels: wish.pixels,
      })}`,
      { timeoutMs: TIMEOUT_LONG_MS, ...(abort && { signal: abort }) },
    ).then((answer) => answer.signals),

  /** Of signals with few values: how long each stood, the whole span as one step. */
  states: (signals: readonly string[], span: { from: number; to: number }, abort?: AbortSignal) =>
    request<{ signals: StateSeries[] }>(
      `/api/v1/states${query({ signals: signals.join(','), from: rfc(span.from), to: rfc(span.to) })}`,
      { timeoutMs: TIMEOUT_LONG_MS, ...(abort && { signal: abort }) },
    ).then((answer) => answer.signals),

  detectors: () =>
    request<{ detectors: Detector[] }>('/api/v1/detectors').then((answer) => answer.detectors),
  detector: (name: string) => request<Detector>(`/api/v1/detectors/${segment(name)}`),

  models: () => request<ModelEntry[]>('/v2/repository/index', { method: 'POST', body: {} }),
  model: (name: string) => request<ModelAbout>(`/v2/models/${segment(name)}`),
  modelStats: (name: string) =>
    request<{ model_stats: ModelStats[] }>(`/v2/models/${segment(name)}/stats`).then(
      (answer) => answer.model_stats,
    ),
  modelTraffic: (name: string) =>
    request<ModelTraffic>(`/api/v1/models/${segment(name)}/traffic`),
  modelDrift: (name: string) =>
    request<{ versions: Drift[] }>(`/api/v1/models/${segment(name)}/drift`).then(
      (answer) => answer.versions,
    ),
  /** Ask a version, or the one that is served when it is "". */
  infer: (name: string, version: string, body: InferRequest) =>
    request<InferResponse>(
      `/v2/models/${segment(name)}${version === '' ? '' : `/versions/${version}`}/infer`,
      { method: 'POST', body, timeoutMs: TIMEOUT_LONG_MS },
    ),
  changeModel: (name: string, change: 'load' | 'unload') =>
    request<void>(`/v2/repository/models/${segment(name)}/${change}`, {
      method: 'POST',
      body: {},
      timeoutMs: TIMEOUT_LONG_MS,
    }),

  alarms: (state: AlarmFilter) =>
    request<{ alarms: Alarm[] }>(`/api/v1/alarms${query({ state })}`).then(
      (answer) => answer.alarms,
    ),
  alarm: (id: number) => request<Alarm>(`/api/v1/alarms/${id}`),
  related: (id: number) =>
    request<{ events: RelatedEvent[]; left_out: number }>(`/api/v1/alarms/${id}/related`),
  history: (from: number, to: number, options: { signal?: string; limit?: number } = {}) =>
    request<{ transitions: Transition[] }>(
      `/api/v1/alarms/history${query({ from: rfc(from), to: rfc(to), ...options })}`,
    ).then((answer) => answer.transitions),
  act: (id: number, action: AlarmAction, body: ActionBody = {}) =>
    request<Alarm>(`/api/v1/alarms/${id}/${action}`, { method: 'POST', body }),

  floods: () => request<{ floods: Flood[] }>('/api/v1/alarms/flood').then((answer) => answer.floods),
  /** Of a stretch of the past, or the figures that are kept live. */
  kpi: (span: { from: number; to: number } | null) =>
    request<AlarmKpi>(
      `/api/v1/alarms/kpi${span ? query({ from: rfc(span.from), to: rfc(span.to) }) : ''}`,
      { timeoutMs: TIMEOUT_LONG_MS },
    ),

  receivers: () =>
    request<{ receivers: Receiver[] }>('/api/v1/receivers').then((answer) => answer.receivers),
  receiverMessages: (name: string, limit: number) =>
    request<{ messages: ReceiverMessage[] }>(
      `/api/v1/receivers/${segment(name)}/messages${query({ limit })}`,
    ).then((answer) => answer.messages),
  testReceiver: (name: string) =>
    request<{ id: string }>(`/api/v1/receivers/${segment(name)}/test`, { method: 'POST', body: {} }),

  prooftests: () => request<ProofTests>(`/api/v1/prooftests${query({ limit: 1 })}`),
  startProoftest: (patterns: string | undefined, drill: boolean) =>
    request<{ id: number }>('/api/v1/prooftests', {
      method: 'POST',
      body: { ...(patterns !== undefined && { patterns }), ...(drill && { receivers: 'drill' }) },
    }),

  handover: (position: string) => request<Handover>(`/api/v1/handover${query({ position })}`),
  handovers: (position: string) =>
    request<{ handovers: PastHandover[] }>(`/api/v1/handovers${query({ position })}`).then(
      (answer) => answer.handovers,
    ),
  signedHandover: (position: string, id: number) =>
    request<Handover>(`/api/v1/handovers/${id}${query({ position })}`),
  giveHandover: (body: { position: string; comment?: string }) =>
    request<{ id: number }>('/api/v1/handovers', { method: 'POST', body }),
  takeHandover: (id: number, body: { position: string; comment?: string }) =>
    request<{ id: number }>(`/api/v1/handovers/${id}/take`, { method: 'POST', body }),

  ground: () => request<Ground>('/api/v1/site'),
  /** The text of a scenario file. */
  impact: (scenario: string, draws: number) =>
    request<Impact>('/api/v1/impact', {
      method: 'POST',
      body: { scenario, ...(draws > 0 && { draws }) },
      timeoutMs: TIMEOUT_LONG_MS,
    }),

  liveZones: () =>
    request<{ zones: LiveZones[] }>('/api/v1/zones').then((answer) => answer.zones),
  changeZones: (scenario: string, action: 'begin' | 'end', comment: string) =>
    request<{ zones: LiveZones[] }>('/api/v1/zones', {
      method: 'POST',
      body: { scenario, action, ...(comment !== '' && { comment }) },
      timeoutMs: TIMEOUT_LONG_MS,
    }).then((answer) => answer.zones),

  incidents: () =>
    request<{ incidents: Incident[] }>(`/api/v1/incidents${query({ state: 'all' })}`).then(
      (answer) => answer.incidents,
    ),
  incident: (id: number) => request<Incident>(`/api/v1/incidents/${id}`),
  incidentTimeline: (id: number) =>
    request<{ events: IncidentEvent[] }>(`/api/v1/incidents/${id}/timeline`).then(
      (answer) => answer.events,
    ),
  openIncident: (body: object) =>
    request<Incident>('/api/v1/incidents', { method: 'POST', body }),
  planDispatch: (id: number, before: DispatchPlan | null, forecast: Impact | null) =>
    request<DispatchPlan>(`/api/v1/incidents/${id}/dispatch`, {
      method: 'POST',
      body: {
        ...(before && { before }),
        ...(forecast && { forecast: { impact: forecast, from: FORECAST_S } }),
      },
      timeoutMs: TIMEOUT_LONG_MS,
    }),
  tellIncident: (id: number, event: object) =>
    request<Incident>(`/api/v1/incidents/${id}/events`, { method: 'POST', body: event }),

  siteFile: () => request<string>('/api/v1/site/file', { plain: true }),
  whatIfs: () =>
    request<{ whatifs: WhatIf[] }>('/api/v1/whatif').then((answer) => answer.whatifs),
  whatIf: (id: number) => request<WhatIf>(`/api/v1/whatif/${id}`, { timeoutMs: TIMEOUT_LONG_MS }),
  askWhatIf: (order: WhatIfOrder) =>
    request<WhatIf>('/api/v1/whatif', { method: 'POST', body: order, timeoutMs: TIMEOUT_LONG_MS }),
  cancelWhatIf: (id: number) => request<WhatIf>(`/api/v1/whatif/${id}`, { method: 'DELETE' }),
  keepWhatIf: (id: number, reason: string) =>
    request<WhatIf>(`/api/v1/whatif/${id}/keep`, { method: 'POST', body: { reason } }),
  changes: (limit: number) =>
    request<{ changes: SettingsChange[] }>(`/api/v1/changes${query({ limit })}`).then(
      (answer) => answer.changes,
    ),

  chemicals: (text: string) =>
    request<{ chemicals: ChemicalBrief[] }>(
      `/api/v1/chemicals${query({ query: text.trim() === '' ? undefined : text.trim() })}`,
    ).then((answer) => answer.chemicals),
  structure: (smiles: string) =>
    request<ChemicalStructure>(`/api/v1/structure${query({ smiles })}`, {
      timeoutMs: TIMEOUT_LONG_MS,
    }),
  chemical: (cas: string) => request<Chemical>(`/api/v1/chemicals/${segment(cas)}`),

  keys: () => request<{ keys: Key[] }>('/api/v1/keys').then((answer) => answer.keys),
  createKey: (name: string, role: Role) =>
    request<NewKey>('/api/v1/keys', { method: 'POST', body: { name, role } }),
  deleteKey: (name: string) => request<void>(`/api/v1/keys/${segment(name)}`, { method: 'DELETE' }),
};
