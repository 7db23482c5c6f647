// SPDX-License-Identifier: Apache-2.0
/**
 * Who is signed in. The key is sent once, for a session; the session is a cookie that no script can
 * read. Storage holds only that there may be one, so that a fresh browser asks for nothing in vain.
 */
import { signal } from '@preact/signals';
import { api, ApiError, useSession } from '../api/client';
import type { Me, Role, Session } from '../api/types';
import { hasRole } from '../lib/alarms';
import { keyInHash } from '../lib/route';
import { go } from './route';

const STORED = 'davy.session';

export type SignInProblem = 'refused' | 'expired' | 'unreachable';

/** null: not signed in; undefined: a key or a session is being tried. */
export const me = signal<Me | null | undefined>(null);
export const signInProblem = signal<SignInProblem | null>(null);

export function may(role: Role): boolean {
  return !!me.value && hasRole(me.value.role, role);
}

/** Show a key once and get a session for it; true when davy knows it. */
export async function signIn(key: string): Promise<boolean> {
  return begin(() => api.openSession(key));
}

async function begin(ask: () => Promise<Session>, over: SignInProblem = 'refused'): Promise<boolean> {
  useSession(null, () => {});
  try {
    const session = await ask();
    localStorage.setItem(STORED, 'yes');
    useSession(session.csrf, () => end('expired'));
    signInProblem.value = null;
    me.value = session;
    return true;
  } catch (error) {
    const refused = error instanceof ApiError && (error.status === 401 || error.status === 403);
    end(refused ? over : 'unreachable', refused);
    return false;
  }
}

export function signOut(): void {
  void api.closeSession().catch(() => {});
  end(null);
}

/** Forget who it was; whether there was a session is kept only when davy could not be reached. */
function end(problem: SignInProblem | null, forget = true): void {
  if (forget) localStorage.removeItem(STORED);
  useSession(null, () => {});
  signInProblem.value = problem;
  me.value = null;
}

/** Take the key from `#key=...` (and out of the address), or the session of the browser's cookie. */
export function resume(): void {
  const given = keyInHash(location.hash);
  if (given !== null) go('#/overview', true);
  if (given === null && localStorage.getItem(STORED) === null) return;
  me.value = undefined;
  void (given === null ? begin(api.session, 'expired') : signIn(given));
}
