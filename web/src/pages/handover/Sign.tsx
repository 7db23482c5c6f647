// SPDX-License-Identifier: Apache-2.0
/** Two people sign a handover, each with the key of his own session. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { api } from '../../api/client';
import type { Handover } from '../../api/alarm-types';
import { t } from '../../i18n';
import { momentOf } from '../../state/clock';
import { tellDone, tellFailure } from '../../state/notices';
import { may, me } from '../../state/session';

interface Props {
  page: Handover;
  position: string;
  /** The page has to be asked for again. */
  onSigned: () => Promise<void>;
}

export function Sign({ page, position, onSigned }: Props) {
  const words = t().handover;
  const [comment, setComment] = useState('');
  const [busy, setBusy] = useState(false);
  const { given } = page;
  const own = given?.by === me.value?.name;
  const giving = useRef<HTMLButtonElement>(null);
  const signed = useRef(false);
  useEffect(() => {
    // Who has taken the page has no such button any more, and goes on from the one that is left.
    if (signed.current && document.activeElement === document.body) giving.current?.focus();
    signed.current = false;
  }, [given?.id]);

  async function sign(send: () => Promise<unknown>, done: string): Promise<void> {
    if (busy) return;
    setBusy(true);
    try {
      await send();
      signed.current = true;
      setComment('');
      tellDone(done);
      await onSigned();
    } catch (error) {
      tellFailure(error);
    }
    setBusy(false);
  }
  const body = comment.trim() === '' ? { position } : { position, comment: comment.trim() };
  const give = () => sign(() => api.giveHandover(body), words.given());
  const take = (id: number) => sign(() => api.takeHandover(id, body), words.taken());

  return (
    <section class="panel sign-box">
      <h2>{words.sign}</h2>
      <p class="hint">{words.signHint}</p>
      {given && (
        <p class="given">
          {words.givenBy(given.by, momentOf(given.time))} {given.comment}
        </p>
      )}
      {given && own && <p class="hint">{words.anotherKey(given.by)}</p>}
      {may('operator') ? (
        <>
          <label>
            {t().dialog.commentOptional}
            <textarea
              rows={2}
              maxLength={1000}
              value={comment}
              onInput={(event) => setComment(event.currentTarget.value)}
            />
          </label>
          <div class="buttons">
            {given && !own && (
              <button
                type="button"
                class="primary"
                aria-disabled={busy}
                onClick={() => void take(given.id)}
              >
                {words.take}
              </button>
            )}
            <button
              type="button"
              ref={giving}
              class={given ? '' : 'primary'}
              aria-disabled={busy}
              onClick={() => void give()}
            >
              {given ? words.giveAgain : words.give}
            </button>
          </div>
        </>
      ) : (
        <p class="hint">{t().dialog.needsRole(t().roles.operator)}</p>
      )}
    </section>
  );
}
