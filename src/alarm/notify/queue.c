/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/queue.h"

#include "alarm/notify/queue_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* message.state: 0 waiting, then as davy_notify_end. Autoincrement: numbers never come again. `sum`
 * is davy_sum() of what is not to change: queue_sum.c. */
static const davy_database_schema schema = {
    .version = 2,
    .page_bytes = 4096,
    .upgrade = davy_queue_upgrade,
    .sql =
        "CREATE TABLE cursor(one INTEGER PRIMARY KEY CHECK(one = 1),"
        " sequence INTEGER NOT NULL, sum INTEGER) STRICT;"
        "CREATE TABLE message(number INTEGER PRIMARY KEY AUTOINCREMENT, receiver TEXT NOT NULL,"
        " id TEXT NOT NULL, body TEXT NOT NULL, due_ns INTEGER NOT NULL,"
        " state INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0, error TEXT,"
        " finished_ns INTEGER NOT NULL DEFAULT 0, sum INTEGER, UNIQUE(receiver, id)) STRICT;"
        "CREATE INDEX message_waiting ON message(receiver, number) WHERE state = 0;"
        "CREATE INDEX message_finished ON message(finished_ns) WHERE state <> 0;"
        "CREATE INDEX message_receiver ON message(receiver, number);"
        "CREATE TABLE escalation(alarm INTEGER NOT NULL, receiver TEXT NOT NULL,"
        " id TEXT NOT NULL, body TEXT NOT NULL, due_ns INTEGER NOT NULL, after_ns INTEGER NOT NULL,"
        " sum INTEGER, PRIMARY KEY(alarm, receiver)) STRICT;"
        "CREATE TABLE raised(alarm INTEGER PRIMARY KEY, id TEXT NOT NULL,"
        " time_ns INTEGER NOT NULL, sum INTEGER) STRICT;"
        "CREATE TABLE receiver(name TEXT PRIMARY KEY, waiting INTEGER NOT NULL DEFAULT 0,"
        " confirmed INTEGER NOT NULL DEFAULT 0, given_up INTEGER NOT NULL DEFAULT 0,"
        " confirmed_ns INTEGER NOT NULL DEFAULT 0) STRICT;",
};

/* By the index of what waits: by any other the work would grow with what has been confirmed. */
static const char *const texts[STATEMENTS] = {
    [GET_CURSOR] = "SELECT iif(" DAVY_QUEUE_FITS_CURSOR ", sequence, -1) FROM cursor",
    [SET_CURSOR] = "INSERT INTO cursor(one, sequence, sum) VALUES(1, ?1, davy_sum(?1))"
                   " ON CONFLICT(one) DO UPDATE SET sequence = ?1, sum = davy_sum(?1)",
    /* All columns: a default stands in the file, where a bit may flip. */
    [ADD] = "INSERT OR IGNORE INTO message(receiver, id, body, due_ns, state, tries, finished_ns,"
            " sum) VALUES(?1, ?2, ?3, ?4, 0, 0, 0, davy_sum(?1, ?2, ?3, ?4))",
    [COUNT_ADDED] = "INSERT INTO receiver(name, waiting, confirmed, given_up, confirmed_ns)"
                    " VALUES(?1, 1, 0, 0, 0)"
                    " ON CONFLICT(name) DO UPDATE SET waiting = waiting + 1 RETURNING waiting",
    [DROP_OLDEST] = "UPDATE message SET state = 2, finished_ns = ?2,"
                    " error = 'too many were waiting' WHERE number ="
                    " (SELECT number FROM message WHERE receiver = ?1 AND state = 0"
                    " ORDER BY number LIMIT 1)",
    [COUNT_DROPPED] = "UPDATE receiver SET waiting = waiting - 1, given_up = given_up + 1"
                      " WHERE name = ?1",
    [ESCALATE] = "INSERT INTO escalation(alarm, receiver, id, body, due_ns, after_ns, sum)"
                 " VALUES(?1, ?2, ?3, ?4, ?5 + ?6, ?6, davy_sum(?1, ?2, ?3, ?4, ?5 + ?6, ?6))"
                 " ON CONFLICT(alarm, receiver) DO UPDATE SET id = excluded.id,"
                 " body = excluded.body, sum = davy_sum(alarm, receiver, excluded.id,"
                 " excluded.body, due_ns, after_ns)",
    [SETTLE] = "DELETE FROM escalation WHERE alarm = ?1",
    [SET_RAISED] = "INSERT OR REPLACE INTO raised(alarm, id, time_ns, sum)"
                   " VALUES(?1, ?2, ?3, davy_sum(?1, ?2, ?3))",
    [GET_RAISED] = "SELECT id, time_ns FROM raised WHERE alarm = ?1 AND " DAVY_QUEUE_FITS_RAISED,
    [FIND_DUE] = "SELECT alarm, receiver, id, iif(" DAVY_QUEUE_FITS_ESCALATION ", body, ''), due_ns"
                 " FROM escalation WHERE due_ns <= ?1"
                 " ORDER BY due_ns, alarm, receiver LIMIT 1",
    [DROP_ESCALATION] = "DELETE FROM escalation WHERE alarm = ?1 AND receiver = ?2",
    [CLAMP] = "UPDATE escalation SET due_ns = ?1 + after_ns, sum = iif(" DAVY_QUEUE_FITS_ESCALATION
              ", davy_sum(alarm, receiver, id, body, ?1 + after_ns, after_ns), sum)"
              " WHERE due_ns > ?1 + after_ns",
    [SHIFT] = "UPDATE escalation SET due_ns = due_ns + ?1, sum = iif(" DAVY_QUEUE_FITS_ESCALATION
              ", davy_sum(alarm, receiver, id, body, due_ns + ?1, after_ns), sum)",
    [NEXT] = "SELECT number, id, iif(" DAVY_QUEUE_FITS_MESSAGE ", body, ''), tries"
             " FROM message INDEXED BY message_waiting WHERE "
             "receiver = ?1 AND state = 0"
             " AND number > ?2 ORDER BY number LIMIT 1",
    [FINISH] = "UPDATE message INDEXED BY message_waiting SET state = ?2, finished_ns = ?3, error "
               "= ?4, tries = tries + 1"
               " WHERE receiver = ?5 AND number <= ?1 AND state = 0",
    [COUNT_FINISHED] =
        "UPDATE receiver SET waiting = waiting - ?2 - ?3, confirmed = confirmed + ?2,"
        " given_up = given_up + ?3, confirmed_ns = iif(?2, ?4, confirmed_ns)"
        " WHERE name = ?1",
    [TRIED] = "UPDATE message SET tries = tries + 1, error = ?2 WHERE number = ?1 AND state = 0",
    [PURGE_OLD] = "DELETE FROM message WHERE number IN (SELECT number FROM message"
                  " WHERE state <> 0 AND finished_ns < ?1 LIMIT ?2)",
    [PURGE_MANY] = "DELETE FROM message WHERE number IN (SELECT number FROM message"
                   " WHERE state <> 0 AND number <= (SELECT max(number) FROM message) - ?1"
                   " ORDER BY finished_ns LIMIT ?2)",
    [COUNTS] = "SELECT waiting, confirmed, given_up, confirmed_ns FROM receiver WHERE name = ?1",
    [VISIT] = "SELECT number, id, body, state, due_ns, finished_ns, tries, error FROM message"
              " WHERE receiver = ?1 ORDER BY number DESC LIMIT ?2",
};

/* -- Opening ---------------------------------------------------------------------------------- */

davy_status davy_notify_queue_open(const char *file, davy_notify_queue **out)
{
    davy_notify_queue *queue = calloc(1, sizeof *queue);
    davy_status status;

    if (!queue)
        return davy_fail(DAVY_ERR_NOMEM, "messages '%s'", file);
    pthread_mutex_init(&queue->lock, NULL);
    status = davy_database_open(file, false, &schema, &queue->database);
    if (status == DAVY_OK)
        status = davy_queue_add_sum(queue->database);
    if (status == DAVY_OK)
        status = davy_database_run(queue->database, "PRAGMA synchronous=NORMAL");
    for (size_t i = 0; i < STATEMENTS && status == DAVY_OK; i++)
        status = davy_database_prepare(queue->database, texts[i], &queue->statements[i]);
    if (status != DAVY_OK) {
        davy_notify_queue_close(queue);
        return status;
    }
    *out = queue;
    return DAVY_OK;
}

void davy_notify_queue_close(davy_notify_queue *queue)
{
    if (!queue)
        return;
    for (size_t i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(queue->statements[i]);
    davy_database_close(queue->database);
    pthread_mutex_destroy(&queue->lock);
    free(queue);
}

/* -- Statements ------------------------------------------------------------------------------- */

sqlite3_stmt *davy_queue_bind(sqlite3_stmt *statement, int at, const char *text)
{
    sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
    return statement;
}

davy_status davy_queue_execute(davy_notify_queue *queue, enum statement which)
{
    davy_status status =
        davy_database_execute(queue->statements[which], "cannot keep what is due to receivers");

    sqlite3_clear_bindings(queue->statements[which]);
    return status;
}

/* A statement that gives at most one row of one number. */
static davy_status query_number(davy_notify_queue *queue, enum statement which, int64_t *number,
                                bool *found)
{
    sqlite3_stmt *statement = queue->statements[which];
    int answer = sqlite3_step(statement);
    davy_status status = DAVY_OK;

    *found = answer == SQLITE_ROW;
    if (*found)
        *number = sqlite3_column_int64(statement, 0);
    else if (answer != SQLITE_DONE)
        status = davy_database_fail(queue->database, "cannot read what is due to receivers");
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return status;
}

davy_status davy_notify_queue_begin(davy_notify_queue *queue)
{
    davy_status status;

    pthread_mutex_lock(&queue->lock);
    status = davy_database_begin(queue->database);
    if (status != DAVY_OK)
        pthread_mutex_unlock(&queue->lock);
    return status;
}

davy_status davy_notify_queue_end(davy_notify_queue *queue, davy_status status)
{
    status = davy_database_end(queue->database, status);
    pthread_mutex_unlock(&queue->lock);
    return status;
}

davy_status davy_notify_queue_cursor(davy_notify_queue *queue, uint64_t *sequence, bool *known)
{
    int64_t number = 0;
    davy_status status;

    pthread_mutex_lock(&queue->lock);
    status = query_number(queue, GET_CURSOR, &number, known);
    pthread_mutex_unlock(&queue->lock);
    if (status == DAVY_OK && *known && number < 0)
        status = davy_fail(DAVY_ERR_CORRUPT, "'%s': how far the records were read is damaged",
                           sqlite3_db_filename(queue->database, "main"));
    *sequence = (uint64_t) number;
    return status;
}

davy_status davy_notify_queue_advance(davy_notify_queue *queue, uint64_t sequence)
{
    sqlite3_bind_int64(queue->statements[SET_CURSOR], 1, (sqlite3_int64) sequence);
    return davy_queue_execute(queue, SET_CURSOR);
}

/* -- Adding ----------------------------------------------------------------------------------- */

static davy_status drop_oldest(davy_notify_queue *queue, const davy_notify_due *due)
{
    davy_status status;

    davy_queue_bind(queue->statements[DROP_OLDEST], 1, due->receiver);
    sqlite3_bind_int64(queue->statements[DROP_OLDEST], 2, due->time_ns);
    status = davy_queue_execute(queue, DROP_OLDEST);
    if (status != DAVY_OK)
        return status;
    davy_queue_bind(queue->statements[COUNT_DROPPED], 1, due->receiver);
    return davy_queue_execute(queue, COUNT_DROPPED);
}

davy_status davy_notify_queue_add(davy_notify_queue *queue, const davy_notify_due *due)
{
    sqlite3_stmt *add = queue->statements[ADD];
    int64_t waiting = 0;
    bool counted;
    davy_status status;

    davy_queue_bind(add, 1, due->receiver);
    davy_queue_bind(add, 2, due->id);
    davy_queue_bind(add, 3, due->body);
    sqlite3_bind_int64(add, 4, due->time_ns);
    status = davy_queue_execute(queue, ADD);
    if (status != DAVY_OK || sqlite3_changes(queue->database) == 0)
        return status;
    davy_queue_bind(queue->statements[COUNT_ADDED], 1, due->receiver);
    status = query_number(queue, COUNT_ADDED, &waiting, &counted);
    if (status == DAVY_OK && waiting > DAVY_NOTIFY_WAITING_MAX)
        status = drop_oldest(queue, due);
    return status;
}

davy_status davy_notify_queue_escalate(davy_notify_queue *queue, const davy_notify_due *due,
                                       int64_t after_ns)
{
    sqlite3_stmt *statement = queue->statements[ESCALATE];

    sqlite3_bind_int64(statement, 1, (sqlite3_int64) due->alarm);
    davy_queue_bind(statement, 2, due->receiver);
    davy_queue_bind(statement, 3, due->id);
    davy_queue_bind(statement, 4, due->body);
    sqlite3_bind_int64(statement, 5, due->time_ns);
    sqlite3_bind_int64(statement, 6, after_ns);
    return davy_queue_execute(queue, ESCALATE);
}

davy_status davy_notify_queue_settle(davy_notify_queue *queue, uint64_t alarm)
{
    sqlite3_bind_int64(queue->statements[SETTLE], 1, (sqlite3_int64) alarm);
    return davy_queue_execute(queue, SETTLE);
}

davy_status davy_notify_queue_set_raised(davy_notify_queue *queue, uint64_t alarm,
                                         const davy_notice_raised *raised)
{
    sqlite3_stmt *statement = queue->statements[SET_RAISED];

    sqlite3_bind_int64(statement, 1, (sqlite3_int64) alarm);
    davy_queue_bind(statement, 2, raised->id);
    sqlite3_bind_int64(statement, 3, raised->time_ns);
    return davy_queue_execute(queue, SET_RAISED);
}

davy_status davy_notify_queue_get_raised(davy_notify_queue *queue, uint64_t alarm,
                                         davy_notice_raised *raised)
{
    sqlite3_stmt *statement = queue->statements[GET_RAISED];
    davy_status status = DAVY_OK;
    int answer;

    *raised = (davy_notice_raised){0};
    sqlite3_bind_int64(statement, 1, (sqlite3_int64) alarm);
    answer = sqlite3_step(statement);
    if (answer == SQLITE_ROW) {
        (void) snprintf(raised->id, sizeof raised->id, "%s",
                        (const char *) sqlite3_column_text(statement, 0));
        raised->time_ns = sqlite3_column_int64(statement, 1);
    } else if (answer != SQLITE_DONE) {
        status = davy_database_fail(queue->database, "cannot read what began an alarm");
    }
    sqlite3_reset(statement);
    return status;
}

/* -- Escalating ------------------------------------------------------------------------------- */

/* Copy an escalation into the messages and drop it. The row is held open meanwhile: its texts are
 * the new row's. */
static davy_status release_one(davy_notify_queue *queue, sqlite3_stmt *row, int64_t now_ns)
{
    const davy_notify_due due = {.alarm = (uint64_t) sqlite3_column_int64(row, 0),
                                 .receiver = (const char *) sqlite3_column_text(row, 1),
                                 .id = (const char *) sqlite3_column_text(row, 2),
                                 .body = (const char *) sqlite3_column_text(row, 3),
                                 .time_ns = now_ns};
    davy_status status = davy_notify_queue_add(queue, &due);

    if (status != DAVY_OK)
        return status;
    sqlite3_bind_int64(queue->statements[DROP_ESCALATION], 1, (sqlite3_int64) due.alarm);
    davy_queue_bind(queue->statements[DROP_ESCALATION], 2, due.receiver);
    status = davy_queue_execute(queue, DROP_ESCALATION);
    /* One that stayed would be due again at once. */
    return status == DAVY_OK && sqlite3_changes(queue->database) != 1
               ? davy_fail(DAVY_ERR_CORRUPT, "'%s': the order of the escalations is damaged",
                           sqlite3_db_filename(queue->database, "main"))
               : status;
}

static davy_status release_next(davy_notify_queue *queue, int64_t now_ns, bool *found)
{
    sqlite3_stmt *row = queue->statements[FIND_DUE];
    davy_status status = DAVY_OK;
    int answer;

    sqlite3_bind_int64(row, 1, now_ns);
    answer = sqlite3_step(row);
    *found = answer == SQLITE_ROW;
    if (*found)
        status = release_one(queue, row, now_ns);
    else if (answer != SQLITE_DONE)
        status = davy_database_fail(queue->database, "cannot read escalations");
    sqlite3_reset(row);
    return status;
}

davy_status davy_notify_queue_release(davy_notify_queue *queue, int64_t now_ns, size_t *count)
{
    bool found = true;
    davy_status status = davy_notify_queue_begin(queue);

    *count = 0;
    if (status != DAVY_OK)
        return status;
    while (found && status == DAVY_OK) {
        status = release_next(queue, now_ns, &found);
        *count += found;
    }
    return davy_notify_queue_end(queue, status);
}

davy_status davy_notify_queue_clamp(davy_notify_queue *queue, int64_t now_ns)
{
    davy_status status;

    pthread_mutex_lock(&queue->lock);
    sqlite3_bind_int64(queue->statements[CLAMP], 1, now_ns);
    status = davy_queue_execute(queue, CLAMP);
    pthread_mutex_unlock(&queue->lock);
    return status;
}

davy_status davy_notify_queue_shift(davy_notify_queue *queue, int64_t step_ns)
{
    davy_status status;

    pthread_mutex_lock(&queue->lock);
    sqlite3_bind_int64(queue->statements[SHIFT], 1, step_ns);
    status = davy_queue_execute(queue, SHIFT);
    pthread_mutex_unlock(&queue->lock);
    return status;
}
