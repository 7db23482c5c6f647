// SPDX-License-Identifier: Apache-2.0
/** Show a key to davy. */
import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { Languages } from '../parts/Languages';
import { signIn, signInProblem } from '../state/session';

export function SignIn() {
  const [key, setKey] = useState('');
  const [seen, setSeen] = useState(false);
  const [busy, setBusy] = useState(false);
  const problem = signInProblem.value;

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    setBusy(true);
    await signIn(key.trim());
    setBusy(false);
  }

  return (
    <main class="sign-in">
      <form class="panel" onSubmit={(event) => void submit(event)}>
        <img src="/favicon.svg" alt="" width="48" height="48" />
        <h1>davy</h1>
        <p class="muted">{t().brand}</p>
        <label>
          {t().signIn.key}
          <input
            type={seen ? 'text' : 'password'}
            name="key"
            required
            autofocus
            autocomplete="off"
            spellcheck={false}
            value={key}
            onInput={(event) => setKey(event.currentTarget.value)}
          />
        </label>
        <label class="check">
          <input type="checkbox" checked={seen} onChange={() => setSeen(!seen)} />
          {t().signIn.show}
        </label>
        {problem && (
          <p class="failure" role="alert">
            {t().signIn[problem]}
          </p>
        )}
        <button type="submit" class="primary" disabled={busy}>
          {busy ? t().signIn.checking : t().signIn.submit}
        </button>
        <p class="hint">{t().signIn.hint}</p>
        <p class="hint">{t().signIn.storage}</p>
        <Languages />
      </form>
    </main>
  );
}
