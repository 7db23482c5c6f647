// SPDX-License-Identifier: Apache-2.0
/** A modal question: title, content, cancel and one action. Escape cancels. The focus returns. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n';

interface Props {
  title: string;
  action: string;
  danger?: boolean;
  onCancel: () => void;
  onSubmit: () => void | Promise<void>;
  /** No cancel button: there is nothing to decide. */
  only?: boolean;
  children: ComponentChildren;
}

export function Dialog({ title, action, danger, onCancel, onSubmit, only, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    const modal = dialog.current;
    modal?.showModal();
    return () => {
      // While it is open the page behind it takes no focus.
      modal?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        onCancel();
      }}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          void onSubmit();
        }}
      >
        <h2>{title}</h2>
        {children}
        <div class="buttons">
          {!only && (
            <button type="button" onClick={onCancel}>
              {t().dialog.cancel}
            </button>
          )}
          <button type="submit" class={danger ? 'danger' : 'primary'}>
            {action}
          </button>
        </div>
      </form>
    </dialog>
  );
}
