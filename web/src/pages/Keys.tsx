// SPDX-License-Identifier: Apache-2.0
/** Keys of people and programs, for administrators. */
import { useEffect, useState } from 'preact/hooks';
import { api } from '../api/client';
import { ROLES, type Key, type NewKey, type Role } from '../api/types';
import { t, word } from '../i18n';
import { Dialog } from '../parts/Dialog';
import { momentOf } from '../state/clock';
import { tellFailure } from '../state/notices';
import { may, me } from '../state/session';

export function Keys() {
  if (!may('admin')) return <p class="panel hint">{t().keys.forbidden}</p>;
  return <AdminKeys />;
}

function AdminKeys() {
  const [keys, setKeys] = useState<Key[] | null>(null);
  const [made, setMade] = useState<NewKey | null>(null);
  const [removing, setRemoving] = useState<Key | null>(null);
  const load = () => api.keys().then(setKeys, tellFailure);
  useEffect(() => void load(), []);

  async function create(name: string, role: Role): Promise<boolean> {
    try {
      setMade(await api.createKey(name, role));
      await load();
      return true;
    } catch (error) {
      tellFailure(error);
      return false;
    }
  }
  async function remove(key: Key): Promise<void> {
    await api.deleteKey(key.name).catch(tellFailure);
    setRemoving(null);
    await load();
  }

  return (
    <div class="keys">
      <section class="panel">
        <h1>{t().keys.title}</h1>
        {keys === null ? (
          <p class="hint">{t().loading}</p>
        ) : (
          <KeyTable keys={keys} onRemove={setRemoving} />
        )}
      </section>
      <CreateKey onCreate={create} />
      {made && <MadeKey made={made} onDone={() => setMade(null)} />}
      {removing && (
        <Dialog
          title={t().keys.removeTitle(removing.name)}
          action={t().keys.remove}
          danger
          onCancel={() => setRemoving(null)}
          onSubmit={() => remove(removing)}
        >
          <p class="hint">{t().keys.removeHint}</p>
        </Dialog>
      )}
    </div>
  );
}

/** What a key is bound to beyond its role: models, a rate, a number of answers. */
function termsOf(key: Key): string {
  const terms = [
    key.models,
    key.rate === null ? null : t().keys.rate(key.rate),
    key.queries_per_day === null ? null : t().keys.queries(key.queries_per_day),
  ];
  return terms.filter(Boolean).join(' · ');
}

function KeyTable({ keys, onRemove }: { keys: readonly Key[]; onRemove: (key: Key) => void }) {
  return (
    <div class="table-scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">{t().keys.name}</th>
            <th scope="col">{t().keys.role}</th>
            <th scope="col">{t().keys.created}</th>
            <th scope="col">{t().keys.terms}</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.name}>
              <th scope="row">
                {key.name}
                {key.name === me.value?.name && <span class="chip">{t().keys.you}</span>}
              </th>
              <td>{word(t().roles, key.role)}</td>
              <td>{momentOf(key.created)}</td>
              <td>{termsOf(key)}</td>
              <td class="number">
                <button type="button" onClick={() => onRemove(key)}>
                  {t().keys.remove}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CreateKey({ onCreate }: { onCreate: (name: string, role: Role) => Promise<boolean> }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('operator');
  return (
    <section class="panel">
      <h2>{t().keys.create}</h2>
      <p class="hint">{t().keys.createHint}</p>
      <form
        class="create-key"
        onSubmit={async (event) => {
          event.preventDefault();
          if (await onCreate(name.trim(), role)) setName('');
        }}
      >
        <label>
          {t().keys.name}
          <input
            required
            maxLength={64}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <label>
          {t().keys.role}
          <select
            value={role}
            onChange={(event) => {
              const wish = ROLES.find((one) => one === event.currentTarget.value);
              if (wish) setRole(wish);
            }}
          >
            {ROLES.map((one) => (
              <option key={one} value={one}>
                {t().roles[one]}: {t().keys.rolesHint[one]}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" class="primary">
          {t().keys.create}
        </button>
      </form>
    </section>
  );
}

/** Shown once; davy keeps only its hash. */
function MadeKey({ made, onDone }: { made: NewKey; onDone: () => void }) {
  const [copied, setCopied] = useState(false);
  const copy = () => {
    void navigator.clipboard?.writeText(made.key).then(
      () => setCopied(true),
      () => {},
    );
  };
  return (
    <Dialog
      title={t().keys.newKey(made.name)}
      action={t().keys.done}
      only
      onCancel={onDone}
      onSubmit={onDone}
    >
      <p class="hint">{t().keys.once}</p>
      <p class="made-key">
        <code>{made.key}</code>
        <button type="button" onClick={copy}>
          {copied ? t().keys.copied : t().keys.copy}
        </button>
      </p>
    </Dialog>
  );
}
