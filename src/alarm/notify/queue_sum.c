/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/queue_private.h"

#include "core/file.h"

#include <string.h>

/*
 * A flipped bit in what is due to receivers would be sent to people as an alarm, or hold one back.
 * So rows have sums: XXH3 of their values. A message that does not fit has no body any more, and is
 * given up and told as one that was refused; a cursor that does not fit makes the file one that is
 * damaged.
 */

/* Of each value its kind, its length and its bytes, so that no two lists read alike. */
static void add_value(davy_buffer *all, sqlite3_value *value)
{
    const bool number = sqlite3_value_type(value) == SQLITE_INTEGER;
    const sqlite3_int64 integer = sqlite3_value_int64(value);
    const void *bytes = number ? (const void *) &integer : sqlite3_value_blob(value);
    const int64_t head[] = {number, number ? (int64_t) sizeof integer : sqlite3_value_bytes(value)};

    davy_buffer_append(all, head, sizeof head);
    davy_buffer_append(all, bytes, (size_t) head[1]);
}

static void sum(sqlite3_context *context, int count, sqlite3_value **values)
{
    davy_buffer all = {0};

    for (int i = 0; i < count; i++)
        add_value(&all, values[i]);
    if (davy_buffer_ok(&all) == DAVY_OK)
        sqlite3_result_int64(context, (sqlite3_int64) davy_checksum(all.bytes, all.length));
    else
        sqlite3_result_error_nomem(context);
    davy_buffer_clear(&all);
}

davy_status davy_queue_add_sum(sqlite3 *database)
{
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;

    if (sqlite3_create_function(database, "davy_sum", -1, flags, NULL, sum, NULL, NULL) !=
        SQLITE_OK)
        return davy_database_fail(database, "cannot be checked");
    return DAVY_OK;
}

/* None stays without: a damaged row may read as one that has none. */
davy_status davy_queue_upgrade(sqlite3 *database, int from)
{
    davy_status status = davy_queue_add_sum(database);

    (void) from;
    return status == DAVY_OK
               ? davy_database_run(database,
                                   "ALTER TABLE cursor ADD COLUMN sum INTEGER;"
                                   "ALTER TABLE message ADD COLUMN sum INTEGER;"
                                   "ALTER TABLE escalation ADD COLUMN sum INTEGER;"
                                   "ALTER TABLE raised ADD COLUMN sum INTEGER;"
                                   "UPDATE cursor SET sum = davy_sum(sequence);"
                                   "UPDATE message SET sum = davy_sum(receiver, id, body, due_ns);"
                                   "UPDATE escalation SET sum ="
                                   " davy_sum(alarm, receiver, id, body, due_ns, after_ns);"
                                   "UPDATE raised SET sum = davy_sum(alarm, id, time_ns)")
               : status;
}

static davy_status count_damaged(sqlite3 *database)
{
    sqlite3_stmt *select;
    davy_status status = davy_database_prepare(
        database,
        "SELECT (SELECT count(*) FROM cursor WHERE NOT " DAVY_QUEUE_FITS_CURSOR ")"
        ", (SELECT count(*) FROM message WHERE state = 0 AND NOT " DAVY_QUEUE_FITS_MESSAGE ")"
        ", (SELECT count(*) FROM escalation WHERE NOT " DAVY_QUEUE_FITS_ESCALATION ")"
        ", (SELECT count(*) FROM raised WHERE NOT " DAVY_QUEUE_FITS_RAISED ")"
        ", (SELECT count(*) FROM message WHERE state <> 0 AND NOT " DAVY_QUEUE_FITS_MESSAGE ")",
        &select);
    int counts[5];

    if (status != DAVY_OK)
        return status;
    if (sqlite3_step(select) != SQLITE_ROW)
        status = davy_database_fail(database, "cannot read what is due to receivers");
    for (int i = 0; i < 5; i++)
        counts[i] = sqlite3_column_int(select, i);
    if (status == DAVY_OK && counts[0] + counts[1] + counts[2] + counts[3] + counts[4] > 0)
        status = davy_fail(DAVY_ERR_CORRUPT,
                           "damaged are: %d waiting messages, %d that ended, %d escalations, %d "
                           "beginnings of alarms, %s how far the records were read",
                           counts[1], counts[4], counts[2], counts[3],
                           counts[0] > 0 ? "and" : "but not");
    sqlite3_finalize(select);
    return status;
}

davy_status davy_notify_queue_verify(const char *file)
{
    static const davy_database_schema schema = {.version = 2, .oldest = 1, .page_bytes = 4096};
    sqlite3 *database = NULL;
    int version = 0;
    davy_status status = davy_database_open(file, true, &schema, &database);

    if (status == DAVY_OK)
        status = davy_database_check(database);
    if (status == DAVY_OK)
        status = davy_queue_add_sum(database);
    if (status == DAVY_OK)
        status = davy_database_version(database, &version);
    if (status == DAVY_OK && version >= 2)
        status = count_damaged(database);
    davy_database_close(database);
    return status;
}
