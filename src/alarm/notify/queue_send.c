/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/notify/queue_private.h"

#include "core/utf8.h"

#include <stdio.h>
#include <string.h>

/* Rows that one purge takes: nobody waits long for it. */
#define PURGE_ROWS 1000

#define ERROR_MAX 300

/* -- Sending ---------------------------------------------------------------------------------- */

static davy_status take_message(sqlite3_stmt *row, davy_notify_message *message)
{
    message->number = sqlite3_column_int64(row, 0);
    (void) snprintf(message->id, sizeof message->id, "%s",
                    (const char *) sqlite3_column_text(row, 1));
    davy_buffer_reset(&message->body);
    davy_buffer_append(&message->body, sqlite3_column_text(row, 2),
                       (size_t) sqlite3_column_bytes(row, 2));
    message->tries = (unsigned) sqlite3_column_int(row, 3);
    return davy_buffer_ok(&message->body);
}

davy_status davy_notify_queue_next(davy_notify_queue *queue, const char *receiver, int64_t after,
                                   davy_notify_message *message)
{
    sqlite3_stmt *row = queue->statements[NEXT];
    davy_status status;
    int answer;

    pthread_mutex_lock(&queue->lock);
    davy_queue_bind(row, 1, receiver);
    sqlite3_bind_int64(row, 2, after);
    answer = sqlite3_step(row);
    if (answer == SQLITE_ROW && sqlite3_column_int64(row, 0) <= after)
        status = davy_fail(DAVY_ERR_CORRUPT, "'%s': the order of the messages is damaged",
                           sqlite3_db_filename(queue->database, "main"));
    else if (answer == SQLITE_ROW)
        status = take_message(row, message);
    else if (answer == SQLITE_DONE)
        status = davy_fail(DAVY_ERR_NOT_FOUND, "nothing waits for '%s'", receiver);
    else
        status = davy_database_fail(queue->database, "cannot read what is due to receivers");
    sqlite3_reset(row);
    sqlite3_clear_bindings(row);
    pthread_mutex_unlock(&queue->lock);
    return status;
}

static davy_status finish(davy_notify_queue *queue, const char *receiver, int64_t number,
                          davy_notify_end end, const char *error, int64_t now_ns)
{
    sqlite3_stmt *one = queue->statements[FINISH], *count = queue->statements[COUNT_FINISHED];
    davy_status status;
    int ended;

    sqlite3_bind_int64(one, 1, number);
    sqlite3_bind_int64(one, 2, end);
    sqlite3_bind_int64(one, 3, now_ns);
    davy_queue_bind(one, 4, error);
    davy_queue_bind(one, 5, receiver);
    status = davy_queue_execute(queue, FINISH);
    ended = sqlite3_changes(queue->database); /* 0: given up meanwhile, too many were waiting */
    if (status != DAVY_OK || ended == 0)
        return status;
    davy_queue_bind(count, 1, receiver);
    sqlite3_bind_int64(count, 2, end == DAVY_NOTIFY_CONFIRMED ? ended : 0);
    sqlite3_bind_int64(count, 3, end == DAVY_NOTIFY_GIVEN_UP ? ended : 0);
    sqlite3_bind_int64(count, 4, now_ns);
    return davy_queue_execute(queue, COUNT_FINISHED);
}

davy_status davy_notify_queue_finish(davy_notify_queue *queue, const char *receiver, int64_t number,
                                     davy_notify_end end, const char *error, int64_t now_ns)
{
    char words[ERROR_MAX];
    davy_status status = davy_notify_queue_begin(queue);

    if (status != DAVY_OK)
        return status;
    if (error)
        error = davy_utf8_show(error, strlen(error), words, sizeof words);
    return davy_notify_queue_end(queue, finish(queue, receiver, number, end, error, now_ns));
}

davy_status davy_notify_queue_tried(davy_notify_queue *queue, int64_t number, const char *error)
{
    char words[ERROR_MAX];
    davy_status status;

    pthread_mutex_lock(&queue->lock);
    sqlite3_bind_int64(queue->statements[TRIED], 1, number);
    davy_queue_bind(queue->statements[TRIED], 2,
                    davy_utf8_show(error, strlen(error), words, sizeof words));
    status = davy_queue_execute(queue, TRIED);
    pthread_mutex_unlock(&queue->lock);
    return status;
}

davy_status davy_notify_queue_purge(davy_notify_queue *queue, int64_t now_ns)
{
    davy_status status;

    pthread_mutex_lock(&queue->lock);
    sqlite3_bind_int64(queue->statements[PURGE_OLD], 1, now_ns - DAVY_NOTIFY_KEEP_NS);
    sqlite3_bind_int64(queue->statements[PURGE_OLD], 2, PURGE_ROWS);
    status = davy_queue_execute(queue, PURGE_OLD);
    sqlite3_bind_int64(queue->statements[PURGE_MANY], 1, DAVY_NOTIFY_KEEP_MAX);
    sqlite3_bind_int64(queue->statements[PURGE_MANY], 2, PURGE_ROWS);
    if (status == DAVY_OK)
        status = davy_queue_execute(queue, PURGE_MANY);
    pthread_mutex_unlock(&queue->lock);
    return status;
}

/* -- Looking ---------------------------------------------------------------------------------- */

davy_status davy_notify_queue_count(davy_notify_queue *queue, const char *receiver,
                                    davy_notify_counts *counts)
{
    sqlite3_stmt *row = queue->statements[COUNTS];
    davy_status status = DAVY_OK;
    int answer;

    *counts = (davy_notify_counts){0};
    pthread_mutex_lock(&queue->lock);
    davy_queue_bind(row, 1, receiver);
    answer = sqlite3_step(row);
    if (answer == SQLITE_ROW)
        *counts = (davy_notify_counts){
            (uint64_t) sqlite3_column_int64(row, 0), (uint64_t) sqlite3_column_int64(row, 1),
            (uint64_t) sqlite3_column_int64(row, 2), sqlite3_column_int64(row, 3)};
    else if (answer != SQLITE_DONE)
        status = davy_database_fail(queue->database, "cannot count what is due to receivers");
    sqlite3_reset(row);
    sqlite3_clear_bindings(row);
    pthread_mutex_unlock(&queue->lock);
    return status;
}

static davy_notify_row row_of(sqlite3_stmt *row)
{
    static const char *const states[] = {"waiting", "confirmed", "given-up"};
    unsigned state = (unsigned) sqlite3_column_int(row, 3);

    return (davy_notify_row){.number = sqlite3_column_int64(row, 0),
                             .id = (const char *) sqlite3_column_text(row, 1),
                             .body = (const char *) sqlite3_column_text(row, 2),
                             .state = states[state < DAVY_ARRAY_LENGTH(states) ? state : 0],
                             .due_ns = sqlite3_column_int64(row, 4),
                             .finished_ns = sqlite3_column_int64(row, 5),
                             .tries = (unsigned) sqlite3_column_int(row, 6),
                             .error = (const char *) sqlite3_column_text(row, 7)};
}

davy_status davy_notify_queue_visit(davy_notify_queue *queue, const char *receiver, size_t limit,
                                    davy_status (*visit)(void *context, const davy_notify_row *row),
                                    void *context)
{
    sqlite3_stmt *statement = queue->statements[VISIT];
    davy_status status = DAVY_OK;
    int answer = SQLITE_DONE;

    pthread_mutex_lock(&queue->lock);
    davy_queue_bind(statement, 1, receiver);
    sqlite3_bind_int64(statement, 2, (sqlite3_int64) limit);
    while (status == DAVY_OK && (answer = sqlite3_step(statement)) == SQLITE_ROW) {
        davy_notify_row row = row_of(statement);

        status = visit(context, &row);
    }
    if (status == DAVY_OK && answer != SQLITE_DONE)
        status = davy_database_fail(queue->database, "cannot read what is due to receivers");
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    pthread_mutex_unlock(&queue->lock);
    return status;
}
