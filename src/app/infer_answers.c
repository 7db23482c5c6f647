/* SPDX-License-Identifier: Apache-2.0 */
#include "app/infer_answers.h"

#include "app/row_pieces.h"
#include "core/buffer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NONE SIZE_MAX

/* One question and what is known of its lines. */
typedef struct inference {
    const davy_predictor_info *info;
    const davy_dataset *dataset;
    const davy_table *table; /* empty for pictures */
    size_t first, lines;     /* places of its rows that are asked for: from `first`, so many */
    const davy_sample_set *samples;
    davy_answer_set answers;
    davy_infer_explain *explain; /* NULL: not asked for */
    float *sample;               /* [form values] that is held against the ranges of training */
    bool *marked;                /* [channels] signals of it that are outside, or were filled */
    size_t asked;                /* samples so far; those before a piece count for it again */
    size_t outside_count;        /* answers with a signal that is outside */
    size_t filled_count;         /* answers that miss a value, which the model fills */
    size_t unanswered;           /* lines without an answer */
} inference;

void davy_infer_field(FILE *file, const char *text, char end)
{
    const bool quoted = strpbrk(text, ",\"\r\n") != NULL;

    if (quoted)
        (void) fputc('"', file);
    for (; *text; text++) {
        if (*text == '"')
            (void) fputc('"', file);
        (void) fputc(*text, file);
    }
    if (quoted)
        (void) fputc('"', file);
    if (end)
        (void) fputc(end, file);
}

static void print_header(FILE *file, const inference *in)
{
    const davy_predictor_info *info = in->info;

    if (in->dataset->images)
        (void) fputs("file,", file);
    else if (in->dataset->group_column)
        davy_infer_field(file, in->dataset->group_column, ',');
    if (info->class_count > 0)
        (void) fputs("label,", file);
    for (size_t k = 0; k < info->class_count; k++) {
        char name[256];

        (void) snprintf(name, sizeof name, "p_%s", info->classes[k]);
        davy_infer_field(file, name, ',');
    }
    (void) fprintf(file, "%sverdict%s%s", info->class_count > 0 ? "" : "value,low,high,",
                   info->ranges ? ",outside" : "", info->imputed ? ",filled" : "");
    davy_infer_explain_header(in->explain, file);
    (void) fputc('\n', file);
}

static void print_class(FILE *file, const inference *in, size_t sample)
{
    const size_t classes = in->info->class_count;

    if (sample != NONE)
        davy_infer_field(file, in->info->classes[davy_answer_class(&in->answers, sample)], ',');
    else
        (void) fputc(',', file);
    for (size_t k = 0; k < classes; k++) {
        if (sample != NONE)
            (void) fprintf(file, "%.9g", (double) in->answers.probabilities[sample * classes + k]);
        (void) fputc(',', file);
    }
}

static void print_number(FILE *file, const inference *in, size_t sample)
{
    const davy_answer_set *answers = &in->answers;

    if (sample == NONE)
        (void) fputs(",,,", file);
    else if (answers->low)
        (void) fprintf(file, "%.9g,%.9g,%.9g,", (double) answers->values[sample],
                       (double) answers->low[sample], (double) answers->high[sample]);
    else
        (void) fprintf(file, "%.9g,,,", (double) answers->values[sample]);
}

/* Names of the signals that are marked, with semicolons. */
static davy_status print_marked(FILE *file, const inference *in)
{
    const davy_predictor_info *info = in->info;
    const bool wave = info->form.kind == DAVY_FORM_WAVE;
    davy_buffer names = {0};
    davy_status status;

    for (size_t c = 0; c < info->form.channels; c++)
        if (in->marked[c])
            davy_buffer_printf(&names, "%s%s", names.length > 0 ? ";" : "",
                               wave ? "waveform" : info->signals[c]);
    status = davy_buffer_ok(&names);
    if (status == DAVY_OK && names.bytes)
        davy_infer_field(file, names.bytes, '\0');
    davy_buffer_clear(&names);
    return status;
}

static bool mark_missing(inference *in)
{
    const davy_form *form = &in->info->form;
    bool any = false;

    for (size_t c = 0; c < form->channels; c++) {
        in->marked[c] = false;
        for (size_t i = c; i < davy_form_values(form); i += form->channels)
            in->marked[c] = in->marked[c] || isnan(in->sample[i]);
        any = any || in->marked[c];
    }
    return any;
}

/* The signals that are beyond what the model learnt from, and those that it filled. */
static davy_status print_signals(FILE *file, inference *in, size_t sample)
{
    const davy_predictor_info *info = in->info;
    davy_status status = davy_sample_set_read(in->samples, sample, in->sample);

    if (status == DAVY_OK && info->ranges) {
        (void) fputc(',', file);
        if (davy_signal_ranges_leave(info->ranges, &info->form, in->sample, in->marked)) {
            in->outside_count++;
            status = print_marked(file, in);
        }
    }
    if (status == DAVY_OK && info->imputed) {
        (void) fputc(',', file);
        if (mark_missing(in)) {
            in->filled_count++;
            status = print_marked(file, in);
        }
    }
    return status;
}

/* @param sample  NONE: the row has no answer */
static davy_status print_line(FILE *file, inference *in, const char *name, size_t sample)
{
    const davy_verdict verdict =
        sample == NONE ? DAVY_VERDICT_ABSTAIN : davy_answer_verdict(in->info, &in->answers, sample);
    davy_status status = DAVY_OK;

    if (name)
        davy_infer_field(file, name, ',');
    if (in->info->class_count > 0)
        print_class(file, in, sample);
    else
        print_number(file, in, sample);
    (void) fputs(davy_verdict_name(verdict), file);
    if (sample != NONE)
        status = print_signals(file, in, sample);
    else
        (void) fprintf(file, "%s%s", in->info->ranges ? "," : "", in->info->imputed ? "," : "");
    in->unanswered += sample == NONE;
    if (status == DAVY_OK && sample != NONE)
        status = davy_infer_explain_print(in->explain, file, in->samples, &in->answers, sample);
    else
        davy_infer_explain_none(in->explain, file);
    (void) fputc('\n', file);
    return status;
}

/* Which sample answers for each row, or run, as they were read. NULL without memory. */
static size_t *map_samples(const inference *in, size_t lines, bool by_group)
{
    size_t *map = calloc(lines + 1, sizeof *map);

    for (size_t i = 0; map && i < lines; i++)
        map[i] = NONE;
    for (size_t i = 0; map && i < in->samples->count; i++)
        map[by_group ? in->samples->groups[i] : in->samples->places[i] - in->first] = i;
    return map;
}

/* The rows of the table in the order in which they were read. NULL without memory. */
static size_t *order_rows(const davy_table *table, size_t first)
{
    size_t *order = calloc(table->rows + 1, sizeof *order);

    for (size_t row = 0; order && row < table->rows; row++)
        order[table->places ? table->places[row] - first : row] = row;
    return order;
}

static davy_status print_rows(FILE *file, inference *in)
{
    const davy_table *table = in->table;
    size_t *map = map_samples(in, table->rows, false), *order = order_rows(table, in->first);
    davy_status status = map && order ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "answers");

    for (size_t i = 0; i < in->lines && status == DAVY_OK; i++)
        status = print_line(
            file, in, in->dataset->group_column ? table->run_names[table->runs[order[i]]] : NULL,
            map[i]);
    free(map);
    free(order);
    return status;
}

static davy_status print_groups(FILE *file, inference *in)
{
    const davy_table *table = in->table;
    size_t *map = map_samples(in, table->run_count, true);
    davy_status status = map ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "answers");

    for (size_t run = 0; run < table->run_count && status == DAVY_OK; run++)
        status = print_line(file, in, in->dataset->group_column ? table->run_names[run] : NULL,
                            map[run]);
    free(map);
    return status;
}

static davy_status print_pictures(FILE *file, inference *in)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < in->samples->count && status == DAVY_OK; i++)
        status = print_line(file, in, in->samples->names[i], i);
    return status;
}

static davy_status finish_file(FILE *file)
{
    return fflush(file) != 0 || ferror(file) ? davy_fail(DAVY_ERR_IO, "cannot write the answers")
                                             : DAVY_OK;
}

static davy_status print_all(FILE *file, inference *in)
{
    davy_status status;

    print_header(file, in);
    if (in->dataset->images)
        status = print_pictures(file, in);
    else if (in->info->form.kind == DAVY_FORM_RECORDING)
        status = print_groups(file, in);
    else
        status = print_rows(file, in);
    return status == DAVY_OK ? finish_file(file) : status;
}

static davy_status ask(inference *in, const davy_predictor *predictor, davy_pool *pool)
{
    in->asked += in->samples->count;
    return davy_predictor_ask_all(predictor, in->samples, &(davy_asking){.pool = pool},
                                  &in->answers);
}

static davy_status answer_piece(FILE *file, inference *in, const davy_predictor *predictor,
                                davy_pool *pool, const davy_row_piece *piece)
{
    davy_sample_set samples = {0};
    davy_status status = davy_predictor_cut(predictor, piece->table, &samples);

    in->table = piece->table;
    in->samples = &samples;
    in->first = piece->first;
    in->lines = piece->rows;
    if (status == DAVY_OK)
        status = ask(in, predictor, pool);
    if (status == DAVY_OK && piece->first == 0)
        print_header(file, in);
    if (status == DAVY_OK)
        status = print_rows(file, in);
    davy_answer_set_clear(&in->answers);
    davy_sample_set_clear(&samples);
    in->samples = NULL;
    return status;
}

/* Rows whose answers depend on a few rows before them are answered as they are read. */
static davy_status answer_rows(FILE *file, inference *in, davy_dataset *dataset,
                               const davy_predictor *predictor, davy_pool *pool)
{
    davy_dataset_columns columns = {0};
    davy_row_pieces *pieces = NULL;
    davy_row_piece piece = {0};
    davy_status status = davy_dataset_columns_of(dataset, in->info, &columns);

    if (status == DAVY_OK)
        status = davy_row_pieces_open(dataset, &columns, davy_predictor_reach(predictor), &pieces);
    while (status == DAVY_OK) {
        status = davy_row_pieces_next(pieces, &piece);
        if (status != DAVY_OK || !piece.table)
            break;
        status = answer_piece(file, in, predictor, pool, &piece);
    }
    if (status == DAVY_OK && piece.first == 0)
        status = davy_fail(DAVY_ERR_INVALID, "%s: no rows", dataset->csv.items[0]);
    davy_row_pieces_close(pieces);
    davy_dataset_columns_clear(&columns);
    return status == DAVY_OK ? finish_file(file) : status;
}

/* Pictures, recordings, and rows that are cleaned or averaged first. */
static davy_status answer_all(FILE *file, inference *in, davy_dataset *dataset,
                              const davy_predictor *predictor, davy_pool *pool)
{
    davy_table table = {0};
    davy_sample_set samples = {0};
    davy_status status = davy_dataset_read_samples(dataset, predictor, false, &table, &samples);

    in->table = &table;
    in->samples = &samples;
    in->lines = table.rows;
    if (status == DAVY_OK)
        status = ask(in, predictor, pool);
    if (status == DAVY_OK)
        status = print_all(file, in);
    davy_answer_set_clear(&in->answers);
    davy_sample_set_clear(&samples);
    davy_table_clear(&table);
    return status;
}

static davy_status answer(FILE *file, inference *in, davy_dataset *dataset,
                          const davy_predictor *predictor)
{
    const bool by_rows = davy_dataset_plain(dataset) && davy_predictor_reach(predictor) != SIZE_MAX;
    davy_pool *pool = NULL;
    davy_status status = davy_pool_create(0, &pool);

    if (status == DAVY_OK)
        status = by_rows ? answer_rows(file, in, dataset, predictor, pool)
                         : answer_all(file, in, dataset, predictor, pool);
    davy_pool_destroy(pool);
    return status;
}

/* What the answers do not say of themselves. */
static void tell(const inference *in)
{
    if (in->outside_count > 0)
        (void) fprintf(stderr,
                       "davy infer: %zu of %zu answers are outside of what the model learnt from; "
                       "the column 'outside' names the signals\n",
                       in->outside_count, in->asked);
    if (in->filled_count > 0)
        (void) fprintf(stderr,
                       "davy infer: %zu of %zu answers miss a value, which the model filled; the "
                       "column 'filled' names the signals\n",
                       in->filled_count, in->asked);
    davy_dataset_tell_molecules(in->dataset, "infer");
    if (in->unanswered > 0)
        (void) fprintf(stderr,
                       "davy infer: %zu rows have no answer: a value is missing, or their window "
                       "is not whole\n",
                       in->unanswered);
}

davy_status davy_infer_answers(FILE *file, davy_dataset *dataset, const davy_predictor *predictor,
                               const davy_infer_explain_options *explain)
{
    inference in = {.info = davy_predictor_describe(predictor), .dataset = dataset};
    davy_molecule_tally tally = {0};
    davy_status closed, status = DAVY_OK;

    dataset->tally = &tally;
    in.sample = calloc(davy_form_values(&in.info->form), sizeof *in.sample);
    in.marked = calloc(in.info->form.channels + 1, sizeof *in.marked);
    if (!in.sample || !in.marked)
        status = davy_fail(DAVY_ERR_NOMEM, "a sample");
    if (status == DAVY_OK)
        status = davy_infer_explain_create(predictor, explain, &in.explain);
    if (status == DAVY_OK)
        status = answer(file, &in, dataset, predictor);
    if (status == DAVY_OK)
        tell(&in);
    dataset->tally = NULL;
    closed = davy_infer_explain_destroy(in.explain);
    free(in.sample);
    free(in.marked);
    return status == DAVY_OK ? closed : status;
}
