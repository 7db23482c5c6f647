// SPDX-License-Identifier: Apache-2.0
/** People, tasks or resources of an incident; a sentence where there are none. */
import { toChildArray, type ComponentChildren } from 'preact';

interface Props {
  columns: readonly string[];
  none: string;
  children: ComponentChildren;
}

export function MemberTable({ columns, none, children }: Props) {
  if (toChildArray(children).length === 0) return <p class="hint">{none}</p>;
  return (
    <div class="table-scroll">
      <table>
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
