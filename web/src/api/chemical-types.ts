// SPDX-License-Identifier: Apache-2.0
/** What the daemon says of hazardous chemicals. What was read nowhere is not in the lists. */

export interface ChemicalBrief {
  name: string;
  /** As GB 18218-2018 has it. */
  chinese: string | null;
  cas: string;
  un: string | null;
  smiles: string | null;
}

export interface ChemicalFigure {
  name: string;
  title: string;
  value: number;
  unit: string;
  source: string;
}

export interface ChemicalClass {
  hazard: string;
  /** From 1, the worst; null: the figures say that it is in none. */
  category: number | null;
  because: string;
}

export interface Chemical extends ChemicalBrief {
  figures: ChemicalFigure[];
  physical: ChemicalFigure[];
  ghs: ChemicalClass[];
}
