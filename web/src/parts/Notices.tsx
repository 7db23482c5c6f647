// SPDX-License-Identifier: Apache-2.0
/** Short messages, read aloud as they come. */
import { t } from '../i18n';
import { dismiss, notices } from '../state/notices';

export function Notices() {
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.value.map((notice) => (
        <div key={notice.id} class={`notice ${notice.kind}`}>
          <span>{notice.text}</span>
          <button
            type="button"
            class="plain"
            aria-label={t().errors.dismiss}
            onClick={() => dismiss(notice.id)}
          >
            ×
          </button>
        </div>
      ))}
    </div>
  );
}
