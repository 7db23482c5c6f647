// SPDX-License-Identifier: Apache-2.0
/** GET /api/v1/storage: what the data folder holds, and how long the room lasts. */

export interface StorageDisk {
  total_bytes: number | null;
  free_bytes: number;
  floor_bytes: number;
  reserve_bytes: number;
  state: 'ok' | 'low' | 'full';
}

/** A shorter time that does not count yet. */
export interface StorageWait {
  keep_days: number | null;
  rollups_days: number | null;
  from: string;
  files: number;
  bytes: number;
  /** Null until davy has asked all files of the class. */
  samples: number | null;
  rollups: number;
}

export interface StorageRecent {
  day: string;
  bytes: number;
  /** Null until davy has asked all files of the class. */
  samples: number | null;
}

/** A class of retention; null is for ever, of when_full_days never. */
export interface StorageClass {
  class: string;
  keep_days: number | null;
  rollups_days: number | null;
  when_full_days: number | null;
  waits: StorageWait | null;
  files: number;
  bytes: number;
  /** Null until davy has asked all files of the class. */
  samples: number | null;
  first_day: string | null;
  last_day: string | null;
  days: StorageRecent[];
  bytes_a_day: number | null;
  may_go_files: number;
  may_go_bytes: number;
}

export interface StorageMissed {
  file: string;
  day_file: string;
  since: string;
  bytes: number;
}

export interface StorageLast {
  time: string;
  to: string | null;
  damaged: number;
}

export interface Storage {
  now: string;
  folder: string;
  disk: StorageDisk;
  kinds: { kind: string; bytes: number }[];
  bytes_a_day: number;
  room_days: number | null;
  retention_known: boolean;
  classes: StorageClass[];
  goes_first: { class: string; day: string; bytes: number }[];
  missed: StorageMissed[];
  last_backup: StorageLast | null;
  last_verify: StorageLast | null;
}
