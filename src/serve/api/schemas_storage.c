/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/schema_table.h"

/* What api/storage.c writes. */

static const davy_schema_field storage[] = {
    {"now", "time", NULL, REQUIRED},
    {"folder", "string", "of the data", REQUIRED},
    {"disk", "StorageDisk", NULL, REQUIRED},
    {"kinds", "StorageKind[]", "bytes on the disk by what they are for", REQUIRED},
    {"bytes_a_day", "number", "that all classes grow by today", REQUIRED},
    {"room_days", "integer",
     "until days must go or samples are refused, as it grows now; null: beyond ten years",
     NULLABLE},
    {"retention_known", "boolean", "false: no daemon has noted how long things are kept", REQUIRED},
    {"classes", "StorageClass[]", "of retention; the last one is that of the rollups", REQUIRED},
    {"goes_first", "StorageDay[]",
     "day files that would go first if the disk ran full, at most 10; days of an incident stay",
     REQUIRED},
    {"missed", "StorageMissed[]", "day files that were damaged as a whole, or are gone", REQUIRED},
    {"last_backup", "StorageLast", "newest copy by davy backup", NULLABLE},
    {"last_verify", "StorageLast", "newest look by davy verify", NULLABLE},
};
static const davy_schema_field disk[] = {
    {"total_bytes", "integer", NULL, NULLABLE},
    {"free_bytes", "integer", "that davy may write", REQUIRED},
    {"floor_bytes", "integer", "below it samples are refused; days go below twice that", REQUIRED},
    {"reserve_bytes", "integer", "held for the records of alarms", REQUIRED},
    {"state", "string", "ok, low (days go that may go) or full (samples are refused)", REQUIRED},
};
static const davy_schema_field kind[] = {
    {"kind", "string", "log, samples, rollups, records, names, reserve, set aside or other",
     REQUIRED},
    {"bytes", "integer", NULL, REQUIRED},
};
static const davy_schema_field class_[] = {
    {"class", "string", "default is that of the rest", REQUIRED},
    {"keep_days", "number", "how long samples are kept as things stand; null: for ever", NULLABLE},
    {"rollups_days", "number", "how long what sums them up is kept; null: for ever", NULLABLE},
    {"when_full_days", "number", "older days may go when the disk runs full; null: none", NULLABLE},
    {"waits", "StorageWait", "a shorter time that does not count yet", NULLABLE},
    {"files", "integer", "a day each", REQUIRED},
    {"bytes", "integer", NULL, REQUIRED},
    {"samples", "integer", "0 of rollups; null until all of its files were asked", NULLABLE},
    {"first_day", "string", "UTC", NULLABLE},
    {"last_day", "string", "UTC", NULLABLE},
    {"days", "StorageRecent[]", "the last 7 full days, yesterday last", REQUIRED},
    {"bytes_a_day", "number", "over those of them that had begun; null: none had", NULLABLE},
    {"may_go_files", "integer", "now, if the disk ran full", REQUIRED},
    {"may_go_bytes", "integer", NULL, REQUIRED},
};
static const davy_schema_field wait[] = {
    {"keep_days", "number", "null: for ever", NULLABLE},
    {"rollups_days", "number", "null: for ever", NULLABLE},
    {"from", "time", "when it counts, unless the site file is changed back", REQUIRED},
    {"files", "integer", "that go then", REQUIRED},
    {"bytes", "integer", NULL, REQUIRED},
    {"samples", "integer", "null as in the class", NULLABLE},
    {"rollups", "integer", "days whose sums go too", REQUIRED},
};
static const davy_schema_field recent[] = {
    {"day", "string", "UTC", REQUIRED},
    {"bytes", "integer", NULL, REQUIRED},
    {"samples", "integer", "null as in the class", NULLABLE},
};
static const davy_schema_field day[] = {
    {"class", "string", NULL, REQUIRED},
    {"day", "string", "UTC", REQUIRED},
    {"bytes", "integer", NULL, REQUIRED},
};
static const davy_schema_field missed[] = {
    {"file", "string", "that stands in its place, below the data folder", REQUIRED},
    {"day_file", "string", "that is missed", REQUIRED},
    {"since", "time", NULL, REQUIRED},
    {"bytes", "integer", "0: it was gone whole", REQUIRED},
};
static const davy_schema_field last[] = {
    {"time", "time", NULL, REQUIRED},
    {"to", "string", "folder of the copy", NULLABLE},
    {"damaged", "integer", "pieces that were found damaged", REQUIRED},
};

const davy_schema davy_storage_schemas[] = {
    SCHEMA("Storage", storage),  SCHEMA("StorageDisk", disk),
    SCHEMA("StorageKind", kind), SCHEMA("StorageClass", class_),
    SCHEMA("StorageWait", wait), SCHEMA("StorageRecent", recent),
    SCHEMA("StorageDay", day),   SCHEMA("StorageMissed", missed),
    SCHEMA("StorageLast", last),
};
const size_t davy_storage_schema_count = DAVY_ARRAY_LENGTH(davy_storage_schemas);
