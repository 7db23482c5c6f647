// SPDX-License-Identifier: Apache-2.0
/** Site, pages, connection, clock, sound, language, who is signed in. */
import { t } from '../i18n';
import { announced, unacknowledged } from '../state/alarms';
import { clockOf, now, timezone } from '../state/clock';
import { connection } from '../state/connection';
import { site } from '../state/plant';
import { route } from '../state/route';
import { may, me, signOut } from '../state/session';
import { sound, toggleSound } from '../state/sound';
import { ALARM_PAGES } from './AlarmTabs';
import { DATA_PAGES } from './DataTabs';
import { EMERGENCY_PAGES } from './EmergencyTabs';
import { Languages } from './Languages';

type PageName = keyof ReturnType<typeof t>['pages'];

/** Outlines of the pages' signs, 24 x 24. */
const PAGES: readonly { name: PageName; icon: string }[] = [
  { name: 'overview', icon: 'M3 11l9-7 9 7M5 10v10h14V10M10 20v-6h4v6' },
  { name: 'trends', icon: 'M3 4v16h18M6 15l4-5 4 3 6-8' },
  { name: 'alarms', icon: 'M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21h4' },
  { name: 'map', icon: 'M12 21s7-6.500 7-12a7 7 0 0 0-14 0c0 5.500 7 12 7 12zM12 11.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z' },
  { name: 'detectors', icon: 'M4 4h16v16H4zM8 16v-4M12 16V8M16 16v-6' },
  { name: 'models', icon: 'M12 3l8 4.500v9L12 21l-8-4.500v-9zM4 7.500l8 4.500 8-4.500M12 12v9' },
  { name: 'chemicals', icon: 'M9 3h6M10 3v6l-5 9a2 2 0 0 0 2 3h10a2 2 0 0 0 2-3l-5-9V3M7.500 15h9' },
  { name: 'sources', icon: 'M6 4v5M12 4v5M18 4v5M4 9h16v4a8 8 0 0 1-16 0zM12 21v-1' },
  { name: 'keys', icon: 'M8 16a4 4 0 1 1 3.500-6H21v4h-3v3h-3v-3h-3.500A4 4 0 0 1 8 16z' },
];

export function Header() {
  const title = site.value?.title ?? site.value?.name ?? '';
  return (
    <header class="header">
      <a class="brand" href="#/overview">
        <img src="/favicon.svg" alt="" width="26" height="26" />
        <strong>davy</strong>
        <span class="site-name">{title}</span>
      </a>
      <Pages />
      <div class="header-side">
        <State />
        <time class="clock" title={`${t().connection.siteTime} (${timezone.value})`}>
          {clockOf(now.value)}
        </time>
        <SoundSwitch />
        <Languages />
        <Person />
      </div>
    </header>
  );
}

/** Pages that hang under one of the header. */
const UNDER: Partial<Record<PageName, readonly string[]>> = {
  alarms: ALARM_PAGES,
  map: EMERGENCY_PAGES,
  sources: DATA_PAGES,
};

function isWithin(name: PageName): boolean {
  const { page } = route.value;
  return name === page || (UNDER[name]?.includes(page) ?? false);
}

function Pages() {
  const pages = PAGES.filter((page) => page.name !== 'keys' || may('admin'));
  return (
    <nav class="pages" aria-label={t().navigation}>
      {pages.map(({ name, icon }) => (
        <a
          key={name}
          href={`#/${name}`}
          aria-current={route.value.page === name ? 'page' : undefined}
          class={isWithin(name) ? 'within' : ''}
        >
          <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
            <path d={icon} />
          </svg>
          <span>{t().pages[name]}</span>
          {name === 'alarms' && <Badge />}
        </a>
      ))}
    </nav>
  );
}

function Badge() {
  const count = announced.value.length;
  if (count === 0) return null;
  const waiting = unacknowledged.value.length;
  return (
    <span
      class={`badge ${waiting > 0 ? 'waiting' : ''}`}
      title={t().alarms.unacknowledgedCount(waiting)}
    >
      {count}
    </span>
  );
}

function State() {
  const { kind, since } = connection.value;
  const text = kind === 'lost' ? t().connection.lost(clockOf(since)) : t().connection[kind];
  return (
    <span class={`connection ${kind}`} data-connection={kind}>
      <span class="dot" /> {text}
    </span>
  );
}

function SoundSwitch() {
  const words = sound.value ? t().settings.soundOn : t().settings.soundOff;
  return (
    <button
      type="button"
      class="plain sound"
      aria-pressed={sound.value}
      aria-label={words}
      title={words}
      onClick={toggleSound}
    >
      <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
        <path d="M4 9v6h4l5 4V5L8 9z" />
        {sound.value ? (
          <path d="M16 9a4 4 0 0 1 0 6M18.500 6.500a8 8 0 0 1 0 11" />
        ) : (
          <path d="M17 9l5 6M22 9l-5 6" />
        )}
      </svg>
    </button>
  );
}

function Person() {
  const who = me.value;
  if (!who) return null;
  return (
    <span class="person">
      <span class="who" title={t().signIn.as(who.name, t().roles[who.role])}>
        <strong>{who.name}</strong> <span class="role">{t().roles[who.role]}</span>
      </span>
      <button
        type="button"
        class="plain"
        aria-label={t().signIn.signOut}
        title={t().signIn.signOut}
        onClick={signOut}
      >
        <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
          <path d="M10 4H5v16h5M14 8l4 4-4 4M18 12H9" />
        </svg>
      </button>
    </span>
  );
}
