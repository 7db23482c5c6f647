// SPDX-License-Identifier: Apache-2.0
/** English words of the page Chemicals. */

/** Words for names that the daemon sends; what is not here is shown as it came. */
type Words = Record<string, string>;

/** Categories of flammable liquids; 0 stands for none. */
const liquids = (categories: number[]): string =>
  categories.map((one) => (one === 0 ? 'no category' : `category ${one}`)).join(' or ');

export const enChemicals = {
  title: 'Chemicals',
  hint: 'What is known of a hazardous chemical, and who says so. A figure that no source here has is not shown: that says nothing about the hazard.',
  search: 'Name, CAS or UN number, SMILES',
  example: 'chlorine, 7782-50-5, UN1017',
  found: (n: string): string => `Found: ${n}`,
  none: 'The table has none that this means. That says nothing about its hazards.',
  choose: 'Choose a chemical.',
  asStructure: 'Read it as a structure (SMILES)',
  structure: 'A structure',
  isKnown: 'The table knows it; what is known goes before what is predicted:',
  counted: (atoms: number, mass: string, balance: string): string =>
    `${atoms} atoms other than hydrogen, ${mass} g/mol, oxygen balance ${balance} %`,
  noSigns: 'No group that is a sign of an explosive was counted.',
  sign: (count: number, group: string): string => `Sign of an explosive: ${count} × ${group}`,
  predicted: 'What models say',
  predictedHint:
    'A prediction is no measurement: it stands beside its interval, or the classes that cannot be ruled out. “davy chemical --known” tells what is alike.',
  noModels: 'No model here answers for molecules.',
  kin: 'The nearest that were measured',
  kinHint: (rows: string, inside: boolean): string =>
    inside
      ? `Of ${rows} rows with molecules. One is alike: known ground.`
      : `Of ${rows} rows with molecules. None is alike: a prediction is a guess here.`,
  molecule: 'Molecule',
  similarity: 'Similarity',
  measured: 'Measured',
  asked: 'Asked',
  answer: 'Answer',
  ends: 'Not ruled out',
  outside: 'Inputs outside',
  dose: (mgKg: string, category: number): string =>
    `${mgKg} mg/kg, ${category === 0 ? 'no category' : `category ${category}`}`,
  flash: (celsius: string, categories: number[]): string =>
    `${celsius} °C, flammable liquid ${liquids(categories)}`,
  flashes: (low: string, high: string, categories: number[]): string =>
    `${low} to ${high} °C: if a liquid, ${liquids(categories)}`,
  labels: {
    neg_log_ld50: 'LD50, rats, oral',
    flash_point_k: 'Flash point',
    skin_ghs: 'Skin (GHS)',
    eye_ghs: 'Eyes (GHS)',
  } as Words,
  answers: {
    corrosive: 'corrosive (category 1)',
    irritant: 'irritant (category 2)',
    'mild or none': 'mild or none (category 3 or none)',
    damage: 'damage (category 1)',
  } as Words,
  name: 'Name',
  classes: 'Classes of the GHS that follow',
  hazard: 'Hazard',
  category: 'Category',
  because: 'Because',
  noCategory: 'none',
  hazards: 'Hazards and endpoints',
  physical: 'Physical properties',
  figure: 'Figure',
  value: 'Value',
  unit: 'Unit',
  source: 'Source',
  gaps: 'A class or figure that is missing was read nowhere here; it does not mean that there is no hazard.',
  figures: {
    boiling_point: 'Boiling point',
    flash_point: 'Flash point',
    lel: 'Lower explosive limit',
    uel: 'Upper explosive limit',
    aegl2_60min: 'AEGL-2, 60 minutes',
    erpg2: 'ERPG-2, an hour',
    idlh: 'IDLH, 30 minutes to escape',
    ld50_oral_rat: 'LD50, rats, oral',
    ld50_dermal: 'LD50, dermal',
    lc50_gas: 'LC50, inhaled gas, 4 hours',
    gb18218_threshold: 'Threshold of GB 18218-2018',
    molar_mass: 'Molar mass',
    critical_temperature: 'Critical temperature',
    critical_pressure: 'Critical pressure',
    liquid_density: 'Density of the liquid',
    liquid_density_at: 'That density is at',
    liquid_heat: 'Heat capacity of the liquid',
    liquid_heat_at: 'That heat capacity is at',
    gas_heat: 'Heat capacity of the gas',
    gamma: 'Ratio of the heats of the gas',
    heat_of_vaporisation: 'Heat of vaporisation',
    heat_of_combustion: 'Heat of combustion',
  } as Words,
  units: { degC: '°C', '% by volume': 'vol %', 'kg/m3': 'kg/m³' } as Words,
  ghs: {} as Words,
  given: 'Classes that an authority gave',
  givenHint:
    'The Japanese government, 2006 to 2008, by the first and second revised editions of the GHS.',
  givenCategory: {} as Words,
  isolation: 'First distances of a spill',
  isolationHint:
    'For the first minutes, and for vehicles on the road: no plant, no hole and little weather is in them.',
  isolationWater: 'For a spill into water alone.',
  spill: 'Spill',
  around: 'Keep out, all around',
  byDay: 'Protect downwind, by day',
  byNight: 'By night',
  spills: {
    small: 'Small (a package)',
    large: 'Large',
    'below 10 km/h': 'wind below 10 km/h',
    '10 to 20 km/h': 'wind 10 to 20 km/h',
    'above 20 km/h': 'wind above 20 km/h',
  } as Words,
  apart: 'What it must not meet',
  apartHint: 'What no source names here may react all the same: nothing here is a permission.',
  reactionUnread: 'No source that was read says with what it reacts.',
  apartRule: {
    chart: (as: string): string => `When it mixes, as ${as}: the chart of wastes of the EPA`,
    lists: (): string => 'Pairs that are known to be dangerous',
    transport: (as: string): string => `Kept apart in transport, as class ${as}`,
  },
  apartZone: (zone: string): string => `zone of inhalation ${zone}`,
  zoneUnread:
    'Its zone of inhalation was not read: the rows of toxic gases and liquids are not applied.',
  apartNoRow: 'No row of the table holds for it.',
  apartFrom: 'Keep it from',
  apartSo: 'What happens, or how far apart',
  apartHere: 'Of the chemicals here',
  apartWords: {} as Words,
  apartNone: 'none of the groups of the chart.',
  group: (number: number, name: string): string =>
    `${name} (group ${number} of 46 CFR part 150), to be kept from:`,
  groups: {} as Words,
  comma: ', ',
  aegl: 'Acute exposure guideline levels',
  level: (level: number): string =>
    `AEGL-${level}: ${['', 'discomfort', 'lasting harm, or no escape', 'death'][level] ?? ''}`,
  minutes: (minutes: number): string => (minutes < 60 ? `${minutes} min` : `${minutes / 60} h`),
};
