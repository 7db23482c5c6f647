// SPDX-License-Identifier: Apache-2.0
/** A picture from a file, chosen or dropped. */
import { useState } from 'preact/hooks';
import { t } from '../../i18n';
import { askPicture, pictureInput, pictureType } from '../../lib/models';
import { Picture } from '../../parts/Picture';
import type { FormProps } from './TryIt';

/** The bytes of a file in base64. */
function base64Of(file: File): Promise<string> {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(file);
  });
}

export function PictureForm({ about, explain, id, ask, fail, changed }: FormProps) {
  const [picture, setPicture] = useState<string | null>(null);
  const [over, setOver] = useState(false);
  const port = pictureInput(about.inputs);
  const take = async (file: File | undefined) => {
    if (!file) return;
    const base64 = await base64Of(file);
    const known = pictureType(base64) !== null;
    setPicture(known ? base64 : null);
    changed();
    if (!known) fail(t().ask.notPicture);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (!picture || !port) return fail(t().ask.noPicture);
    void ask(askPicture(port, picture, { outputs: about.outputs, explain }));
  };
  return (
    <form id={id} onSubmit={submit}>
      <label
        class={over ? 'drop over' : 'drop'}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void take(event.dataTransfer?.files[0]);
        }}
      >
        {t().ask.drop}
        <input
          class="unseen"
          type="file"
          accept="image/jpeg,image/png"
          onChange={(event) => void take(event.currentTarget.files?.[0])}
        />
      </label>
      {picture && <Picture base64={picture} label={t().ask.chosen} />}
    </form>
  );
}
