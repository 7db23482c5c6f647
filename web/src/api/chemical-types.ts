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

/** A class that an authority gave. */
export interface ChemicalGiven {
  hazard: string;
  /** "1", "2A", "Liquefied gas". */
  category: string;
}

/** A guideline level of exposure: 1 discomfort, 2 lasting harm, 3 death. */
export interface ChemicalAegl {
  level: number;
  minutes: number;
  ppm: number;
  source: string;
}

/** Its group in 46 CFR part 150, and what must not meet it. */
export interface ChemicalReactivity {
  group: number;
  name: string;
  apart: { group: number; name: string }[];
  /** Chemicals of the table. */
  chemicals: string[];
}

/** The first distances of a spill, m; 11000: or more. */
export interface ChemicalIsolation {
  /** Holds for a spill into water alone. */
  in_water: boolean;
  source: string;
  spills: {
    spill: 'small' | 'large';
    container: string | null;
    wind: string | null;
    around: number;
    day: number;
    night: number;
  }[];
}

/** What a source keeps a chemical from. What it does not name may react all the same. */
export interface ChemicalApart {
  /** chart: groups that react; lists: known pairs; transport: classes. */
  rule: 'chart' | 'lists' | 'transport';
  as: string[];
  /** Of inhalation, "A" the worst to "D". */
  zone: string | null;
  /** Rows of toxic gases and liquids are not applied. */
  zone_unread: boolean;
  source: string;
  from: { what: string; so: string[]; chemicals: string[] }[];
}

/** What a model says of a structure. */
export interface ChemicalPrediction {
  model: string;
  version: number;
  label: string;
  /** Why it did not answer. */
  refused?: string;
  /** Inputs outside of what it learnt from. */
  outside?: number;
  value?: number;
  low?: number | null;
  high?: number | null;
  /** mg/kg, with the oral category of the GHS at the value and at both ends. */
  ld50?: {
    mg_kg: number;
    low: number;
    high: number;
    category: number;
    worst: number;
    best: number;
  };
  /** °C, with the categories of flammable liquids of the GHS by the flash point, and all that the interval leaves open; 0: none. */
  flammable?: {
    flash_c: number;
    low: number;
    high: number;
    categories: number[];
    open: number[];
  };
  probabilities?: Record<string, number>;
  /** Classes that nine tenths of the probability cannot rule out. */
  classes?: string[];
}

export interface ChemicalStructure {
  smiles: string;
  /** The one of the table that it is. */
  chemical: ChemicalBrief | null;
  atoms: number;
  molar_mass: number;
  oxygen_balance: number;
  explosive_groups: { group: string; family: string; count: number }[];
  /** Why no model was asked. */
  refused: string | null;
  predictions: ChemicalPrediction[];
  /** Null: the server was given no molecules that were measured. */
  known: ChemicalKnown | null;
}

/** The nearest of the molecules that were measured. */
export interface ChemicalKnown {
  rows: number;
  /** One is alike, so that models speak of known ground. */
  inside: boolean;
  nearest: ChemicalKin[];
}

export interface ChemicalKin {
  smiles: string;
  /** Tanimoto, 0 to 1. */
  similarity: number;
  measured: { file: string; line: number; values: Record<string, string> }[];
}

export interface Chemical extends ChemicalBrief {
  figures: ChemicalFigure[];
  physical: ChemicalFigure[];
  ghs: ChemicalClass[];
  ghs_given: ChemicalGiven[];
  aegl: ChemicalAegl[];
  /** Null: its group was not read, which says nothing. */
  reactivity: ChemicalReactivity | null;
  /** Null: not read. */
  isolation: ChemicalIsolation | null;
  /** Empty: no other source was read. */
  apart: ChemicalApart[];
  /** No source that was read says with what it reacts. */
  reaction_unread: boolean;
}
