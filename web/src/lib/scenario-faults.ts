// SPDX-License-Identifier: Apache-2.0
/** What the daemon found wrong with a scenario, at the fields of the form. */
import { fieldOfPath } from './scenario';

export interface FieldFaults {
  /** Sentences by field. */
  fields: Record<string, string>;
  /** What belongs to no field. */
  rest: string[];
}

interface Fault {
  path: string;
  what: string;
  remedy: string;
}

const isFault = (one: unknown): one is Fault =>
  typeof one === 'object' && one !== null && 'path' in one && 'what' in one;

const sentence = ({ what, remedy }: Fault): string => (remedy ? `${what}; ${remedy}` : what);

/** Faults of a problem's body, or null when it lists none. */
export function faultsOf(body: unknown): FieldFaults | null {
  const list = (body as { faults?: unknown } | null)?.faults;
  if (!Array.isArray(list) || list.length === 0) return null;
  const told: FieldFaults = { fields: {}, rest: [] };
  for (const fault of list.filter(isFault)) {
    const field = fieldOfPath(fault.path);
    if (field === '' || field in told.fields) told.rest.push(sentence(fault));
    else told.fields[field] = sentence(fault);
  }
  return told;
}
