// SPDX-License-Identifier: Apache-2.0
/** Colours of the chart, read from the style sheet, for a canvas cannot. */
import { signal } from '@preact/signals';
import type { Priority } from '../../api/types';

export interface Theme {
  text: string;
  grid: string;
  surface: string;
  limit: string;
  lines: string[];
  priority: Record<Priority, string>;
}

export const LINE_COLOURS = 8;

function read(): Theme {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  return {
    text: colour('--muted'),
    grid: colour('--grid'),
    surface: colour('--surface'),
    limit: colour('--limit'),
    lines: Array.from({ length: LINE_COLOURS }, (_, i) => colour(`--line-${i + 1}`)),
    priority: {
      critical: colour('--critical'),
      high: colour('--high'),
      medium: colour('--medium'),
      low: colour('--low'),
    },
  };
}

export const theme = signal<Theme>(read());
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  theme.value = read();
});

/** CSS colour of line n (from 1); they repeat after eight. */
export function lineVariable(number: number): string {
  return `var(--line-${((number - 1) % LINE_COLOURS) + 1})`;
}
