// SPDX-License-Identifier: Apache-2.0
/** A picture in base64, painted by hand: the console's policy has no addresses of data. */
import { useEffect, useRef } from 'preact/hooks';
import { pictureType } from '../lib/models';

/** A small picture is shown at this width; its pixels stay visible. */
const WIDTH = 320;

async function paint(canvas: HTMLCanvasElement, base64: string): Promise<void> {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const type = pictureType(base64) ?? 'image/png';
  const picture = await createImageBitmap(new Blob([bytes], { type }));
  const scale = WIDTH / picture.width;
  canvas.width = WIDTH;
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext('2d');
  if (context) {
    context.imageSmoothingEnabled = scale < 1;
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  }
  picture.close();
}

export function Picture({ base64, label }: { base64: string; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    // A picture that the browser cannot read leaves the place empty; davy says what is wrong.
    if (canvas.current) void paint(canvas.current, base64).catch(() => {});
  }, [base64]);
  return (
    <figure class="asked-picture">
      <canvas ref={canvas} width={WIDTH} height={1} role="img" aria-label={label} />
      <figcaption>{label}</figcaption>
    </figure>
  );
}
