/* SPDX-License-Identifier: Apache-2.0 */
#include "data/table_stream_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is(const char *role, const char *name)
{
    return role && strcmp(role, name) == 0;
}

static bool is_role(const davy_table_csv_options *options, const char *name)
{
    return is(options->time_column, name) || is(options->label_column, name) ||
           is(options->group_column, name) || is(options->molecule_column, name);
}

/* What is to be told of a column. */
typedef struct wish {
    const char *name;
    const davy_column_facts *facts;     /* NULL: the first file has no such column */
    const davy_column_setting *setting; /* NULL: none */
    const davy_levels *levels;          /* of a model; NULL: none */
    bool named;                         /* asked for by name */
} wish;

static wish wish_of(const davy_table_facts *facts, const davy_table_csv_options *options, size_t i)
{
    const bool named = options->columns != NULL;
    const char *name = named ? options->columns[i] : facts->columns[i].name;

    return (wish){.name = name,
                  .named = named,
                  .facts = named ? davy_table_facts_find(facts, name) : &facts->columns[i],
                  .setting = davy_column_settings_find(options->types, name),
                  .levels = named && options->levels ? &options->levels[i] : NULL};
}

static size_t wish_count(const davy_table_facts *facts, const davy_table_csv_options *options)
{
    return options->columns ? options->column_count : facts->column_count;
}

static bool is_empty(const davy_column_facts *facts)
{
    return facts->numbers + facts->others == 0;
}

/* NUMBER or CATEGORY: it goes into the table as that. TEXT: it is left out. MIXED: nobody knows. */
static davy_column_type type_of(const wish *w, const davy_table_csv_options *options)
{
    if (is(options->kin_column, w->name))
        return DAVY_COLUMN_CATEGORY;
    if (!w->named && is_role(options, w->name))
        return DAVY_COLUMN_TEXT;
    if (w->levels)
        return w->levels->count > 0 ? DAVY_COLUMN_CATEGORY : DAVY_COLUMN_NUMBER;
    if (w->setting)
        return w->setting->type;
    if (w->named && (!options->categories || !w->facts || is_empty(w->facts)))
        return DAVY_COLUMN_NUMBER;
    return w->facts->type == DAVY_COLUMN_CATEGORY && !options->categories ? DAVY_COLUMN_TEXT
                                                                          : w->facts->type;
}

bool davy_table_facts_settled(const davy_table_facts *facts, const davy_table_csv_options *options)
{
    if (facts->whole)
        return true;
    if (options->time_column) {
        const davy_column_facts *time = davy_table_facts_find(facts, options->time_column);

        if (time && time->format == DAVY_TIME_FORMATS)
            return false;
    }
    for (size_t i = 0; i < wish_count(facts, options); i++) {
        const wish w = wish_of(facts, options, i);

        if (type_of(&w, options) == DAVY_COLUMN_MIXED)
            return false;
    }
    return true;
}

static davy_status know_words(stream_column *column, const davy_levels *levels)
{
    davy_status status = DAVY_OK;
    size_t index;

    column->known = levels != NULL;
    for (size_t i = 0; levels && i < levels->count && status == DAVY_OK; i++)
        status = davy_word_list_add(&column->words, levels->names[i], strlen(levels->names[i]),
                                    SIZE_MAX, &index);
    return status;
}

/* A column that was empty in the first rows may hold something later. */
static bool is_watched(const davy_table_stream *in, const wish *w)
{
    return !in->facts.whole && !w->setting && w->facts && !w->facts->computed &&
           w->name[0] != '\0' && !is_role(in->options, w->name) && is_empty(w->facts);
}

static davy_status fail_column(const davy_table_stream *in, const wish *w, davy_column_type type)
{
    if (type == DAVY_COLUMN_MIXED)
        return davy_fail(DAVY_ERR_INVALID, "%s", w->facts->why);
    return davy_fail(DAVY_ERR_INVALID, "%s: column '%.60s' holds no numbers and no categories: %s",
                     in->facts.files[0], w->name, w->facts ? w->facts->why : "");
}

/* Columns of the table come first, those that are watched behind them. */
static davy_status plan_column(davy_table_stream *in, const wish *w, bool watched)
{
    const davy_column_type type = type_of(w, in->options);
    const bool taken = type == DAVY_COLUMN_NUMBER || type == DAVY_COLUMN_CATEGORY;
    stream_column *column = &in->columns[in->column_count + in->watched_count];

    if (!taken && (type == DAVY_COLUMN_MIXED || (w->named && !w->setting)))
        return fail_column(in, w, type);
    if (watched ? taken || !is_watched(in, w) : !taken)
        return DAVY_OK;
    *column = (stream_column){.name = w->name,
                              .type = type,
                              .watched = watched,
                              .kin = is(in->options->kin_column, w->name),
                              .lenient = w->setting && w->setting->type == DAVY_COLUMN_NUMBER};
    in->column_count += !watched;
    in->watched_count += watched;
    return know_words(column, w->levels);
}

static davy_status check_time(davy_table_stream *in)
{
    const char *name = in->options->time_column;
    const davy_column_facts *time = name ? davy_table_facts_find(&in->facts, name) : NULL;

    in->time_format = time ? time->format : DAVY_TIME_FORMATS;
    if (!time || time->format < DAVY_TIME_FORMATS)
        return DAVY_OK;
    if (time->no_time.line > 0)
        return davy_fail(DAVY_ERR_INVALID,
                         "%s: line %llu: column '%s': '%s' is not a time; write "
                         "2026-01-02T03:04:05Z or seconds since 1970",
                         in->facts.files[time->no_time.file],
                         (unsigned long long) time->no_time.line, name, time->no_time.text);
    return davy_fail(DAVY_ERR_INVALID, "%s: column '%s': %s", in->facts.files[0], name, time->why);
}

/* Why there is nothing to learn from, by the first columns. */
static davy_status fail_empty(const davy_table_stream *in)
{
    char text[DAVY_ERROR_MAX / 2] = "";
    size_t used = 0;

    if (in->facts.rows == 0)
        return davy_fail(DAVY_ERR_INVALID, "%s: no rows", in->facts.files[0]);
    for (size_t i = 0; i < in->facts.column_count && used + 200 < sizeof text; i++)
        if (!is_role(in->options, in->facts.columns[i].name))
            used += (size_t) snprintf(text + used, sizeof text - used, "%s'%.40s': %.120s",
                                      used ? "; " : "", in->facts.columns[i].name,
                                      in->facts.columns[i].why);
    return davy_fail(DAVY_ERR_INVALID, "%s: no column holds numbers only%s%s%s", in->facts.files[0],
                     used ? ": " : "", text,
                     in->facts.column_count == 1
                         ? "; there is one column: if it should be more, say --delimiter"
                         : "");
}

davy_status davy_table_stream_plan(davy_table_stream *in)
{
    const size_t count = wish_count(&in->facts, in->options);
    davy_status status = check_time(in);

    in->columns = calloc(count + 1, sizeof *in->columns);
    if (!in->columns)
        return davy_fail(DAVY_ERR_NOMEM, "%zu columns", count);
    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        const wish w = wish_of(&in->facts, in->options, i);

        status = plan_column(in, &w, false);
    }
    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        const wish w = wish_of(&in->facts, in->options, i);

        status = plan_column(in, &w, true);
    }
    if (status == DAVY_OK && (in->facts.rows == 0 || in->column_count + in->watched_count == 0))
        status = fail_empty(in);
    return status;
}
