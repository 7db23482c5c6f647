// SPDX-License-Identifier: Apache-2.0
/** A row of fields with one button, by which something is put on record. */
import type { ComponentChildren } from 'preact';

interface EntryProps {
  action: string;
  disabled?: boolean;
  class?: string;
  onSubmit: () => void | Promise<void>;
  children: ComponentChildren;
}

export function Entry({ action, disabled, onSubmit, children, ...rest }: EntryProps) {
  return (
    <form
      class="entry no-print"
      onSubmit={(event) => {
        event.preventDefault();
        void onSubmit();
      }}
    >
      {children}
      <button type="submit" disabled={disabled} class={rest.class ?? ''}>
        {action}
      </button>
    </form>
  );
}

interface FieldProps {
  label: string;
  value: string;
  onText: (text: string) => void;
  placeholder?: string;
  short?: boolean;
  list?: string;
  type?: string;
}

export function TextField({ label, value, onText, placeholder, short, list, type }: FieldProps) {
  return (
    <label class={short ? 'short' : ''}>
      {label}
      <input
        type={type ?? 'text'}
        value={value}
        list={list}
        placeholder={placeholder ?? ''}
        autoComplete="off"
        onInput={(event) => onText(event.currentTarget.value)}
      />
    </label>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  onText: (text: string) => void;
  /** Values with their words. */
  options: readonly (readonly [string, string])[];
  /** What "" stands for; no empty choice when not given. */
  empty?: string;
  short?: boolean;
}

export function ChoiceField({ label, value, onText, options, empty, short }: ChoiceProps) {
  return (
    <label class={short ? 'short' : ''}>
      {label}
      <select value={value} onChange={(event) => onText(event.currentTarget.value)}>
        {empty !== undefined && <option value="">{empty}</option>}
        {options.map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The texts that say something, trimmed: what is empty is not sent. */
export function said(fields: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, text]) => (text.trim() === '' ? [] : [[name, text.trim()]])),
  );
}
