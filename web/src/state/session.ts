// SPDX-License-Identifier: Apache-2.0
/** Who is signed in. The key lives in sessionStorage: one tab, gone with it. */
import { signal } from '@preact/signals';
import { api, ApiError, useKey } from '../api/client';
import type { Me, Role } from '../api/types';
import { hasRole } from '../lib/alarms';
import { keyInHash } from '../lib/route';
import { go } from './route';

const STORED = 'davy.key';

export type SignInProblem = 'refused' | 'expired' | 'unreachable';

/** null: not signed in; undefined: a stored key is being tried. */
export const me = signal<Me | null | undefined>(null);
export const signInProblem = signal<SignInProblem | null>(null);

export function may(role: Role): boolean {
  return !!me.value && hasRole(me.value.role, role);
}

/** Try a key; true when davy knows it. */
export async function signIn(key: string): Promise<boolean> {
  useKey(key, () => {});
  try {
    const who = await api.me();
    sessionStorage.setItem(STORED, key);
    useKey(key, () => end('expired'));
    signInProblem.value = null;
    me.value = who;
    return true;
  } catch (error) {
    const refused = error instanceof ApiError && (error.status === 401 || error.status === 403);
    end(refused ? 'refused' : 'unreachable', refused);
    return false;
  }
}

export function signOut(): void {
  end(null);
}

/** Forget who it was; the stored key is kept only when davy just could not be reached. */
function end(problem: SignInProblem | null, forget = true): void {
  if (forget) sessionStorage.removeItem(STORED);
  useKey(null, () => {});
  signInProblem.value = problem;
  me.value = null;
}

/** Take the key from `#key=...` (and out of the address) or from this tab's storage. */
export function resume(): void {
  const given = keyInHash(location.hash);
  if (given !== null) go('#/overview', true);
  const key = given ?? sessionStorage.getItem(STORED);
  if (key === null) return;
  me.value = undefined;
  void signIn(key);
}
