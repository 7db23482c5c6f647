/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * What the trained path finds on real and simulated plants: SKAB and Tennessee Eastman.
 *
 * SKAB: for each of 34 labelled files a model is learnt from the first 400 rows; the rest of all
 * files are pooled. Tennessee Eastman: one model is learnt from d00 and rows 1 to 480 of d00_te,
 * both normal; false alarms are measured on rows 481 to 960 of d00_te and rows 1 to 160 of the 21
 * faulty test files, which nothing was learnt from; detection on rows 161 to 960 of those. No label
 * and no number of a test row reaches a model or a limit.
 *
 * usage: bench_learn [KIND] [KEY=VALUE...]   settings as davy train --set takes them; with a KIND
 * without the targets, which are those of pca
 */
#include "core/timestamp.h"
#include "data/metrics.h"
#include "models/judge/evaluate.h"
#include "models/registry/registry.h"
#include "models/training/train.h"

#include "data.h"

#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#define SKAB_TRAIN   400
#define TEP_SIGNALS  52
#define TEP_FAULTS   21
#define TEP_ONSET    160
#define TEP_NORMAL   480 /* rows of d00_te to learn from */
#define TEP_PERIOD_S 180
#define TEP_BUDGET   2.0 /* a day: what half a day of calibration can vouch for */

#define SPEED_RUNS 11

static int outcome = EXIT_SUCCESS;
static char registry[] = "/tmp/davy-bench-XXXXXX";
static const char *kind = "pca";
static bool with_targets = true;
static const char *const *settings;
static size_t setting_count;

static _Noreturn void give_up(void)
{
    (void) fprintf(stderr, "bench_learn: %s\n", davy_error());
    exit(EXIT_FAILURE);
}

static void must(davy_status status)
{
    if (status != DAVY_OK)
        give_up();
}

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

/* A table over rows [from, to) of another, without labels. */
static davy_table cut(const davy_table *table, size_t from, size_t to)
{
    davy_table part = *table;

    part.rows = to - from;
    part.values = calloc(part.rows * part.columns, sizeof(double));
    if (!part.values)
        abort();
    for (size_t c = 0; c < part.columns; c++)
        memcpy(part.values + c * part.rows, table->values + c * table->rows + from,
               part.rows * sizeof(double));
    part.times = table->times ? table->times + from : NULL;
    part.runs = table->runs + from;
    part.labels = NULL;
    return part;
}

static davy_model *learn(const davy_table *table, const char *name, double budget_per_day,
                         davy_train_report *report)
{
    const davy_train_options options = {.name = name,
                                        .kind = kind,
                                        .task = "anomaly",
                                        .registry = registry,
                                        .budget_per_day = budget_per_day,
                                        .settings = settings,
                                        .setting_count = setting_count};
    davy_model *model = NULL;

    must(davy_train(table, &options, report));
    must(davy_registry_open(registry, name, &model));
    return model;
}

/* A figure beside the least it has to be; what falls short ends the program with a failure. */
static void print_target(const char *what, double figure, double least)
{
    if (!with_targets) {
        (void) printf("  %-34s %.3f\n", what, figure);
        return;
    }
    (void) printf("  %-34s %.3f  (at least %.3f)%s\n", what, figure, least,
                  figure < least ? "  BELOW" : "");
    if (figure < least)
        outcome = EXIT_FAILURE;
}

static int by_time(const void *a, const void *b)
{
    const double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

/* Median over several runs of the whole table. */
static void print_speed(const davy_model *model, const davy_table *table)
{
    double took[SPEED_RUNS];

    for (size_t i = 0; i < SPEED_RUNS; i++) {
        const double began = seconds();
        davy_run run = {0};

        must(davy_model_run(model, table, false, &run));
        took[i] = (seconds() - began) / (double) table->rows;
        davy_run_clear(&run);
    }
    qsort(took, SPEED_RUNS, sizeof *took, by_time);
    (void) printf("  scoring %zu signals: %.1f us a row on one core\n", table->columns,
                  took[SPEED_RUNS / 2] * 1e6);
}

/* Pooled rows of all test parts. */
typedef struct pool {
    double *scores, *labels;
    uint8_t *alarms;
    uint32_t *runs;
    size_t count, run_count;
} pool;

static void pool_init(pool *all, size_t rows)
{
    *all = (pool){calloc(rows, sizeof(double)),
                  calloc(rows, sizeof(double)),
                  calloc(rows, 1),
                  calloc(rows, sizeof(uint32_t)),
                  0,
                  0};
    if (!all->scores || !all->labels || !all->alarms || !all->runs)
        abort();
}

static void pool_clear(pool *all)
{
    free(all->scores);
    free(all->labels);
    free(all->alarms);
    free(all->runs);
}

/*
 * Learn from the first rows of a file and score the rest. The scorer runs on from the training
 * rows, as it would on a plant; a row that it abstains on, none here, would count as the lowest.
 */
static void skab_file(const char *path, pool *all)
{
    static const char *const columns[] = {"Accelerometer1RMS", "Accelerometer2RMS",  "Current",
                                          "Pressure",          "Temperature",        "Thermocouple",
                                          "Voltage",           "Volume Flow RateRMS"};
    const davy_table_csv_options options = {.time_column = "datetime",
                                            .label_column = "anomaly",
                                            .columns = columns,
                                            .column_count = DAVY_ARRAY_LENGTH(columns)};
    davy_table table = {0}, train;
    davy_train_report report;
    davy_model *model;
    davy_run run = {0};

    must(davy_table_read_csv(&path, 1, &options, &table));
    train = cut(&table, 0, SKAB_TRAIN);
    model = learn(&train, "skab", 0, &report);
    must(davy_model_run(model, &table, false, &run));
    for (size_t row = SKAB_TRAIN; row < table.rows; row++) {
        all->scores[all->count] = isnan(run.scores[row]) ? 0 : run.scores[row];
        all->labels[all->count] = table.labels[row];
        all->alarms[all->count] = run.verdicts[row] == DAVY_VERDICT_ALARM;
        all->runs[all->count++] = (uint32_t) all->run_count;
    }
    if (all->run_count++ == 0)
        print_speed(model, &table);
    davy_run_clear(&run);
    davy_model_close(model);
    free(train.values);
    davy_table_clear(&table);
}

static void print_line(const char *what, const pool *all, const uint8_t *alarms)
{
    davy_confusion confusion = {0};

    davy_confusion_add(&confusion, alarms, all->labels, all->count);
    (void) printf("  %-34s F1 %.3f  FAR %5.2f %%  MAR %5.2f %%\n", what,
                  davy_confusion_f1(&confusion), 100 * davy_confusion_false_rate(&confusion),
                  100 * davy_confusion_missed_rate(&confusion));
}

static void skab(void)
{
    static const char *const parts[] = {"valve1", "valve2", "other"};
    char pattern[4096];
    double area, precision;
    const double began = seconds();
    pool all;

    pool_init(&all, 100000);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(parts); i++) {
        glob_t found = {0};

        (void) snprintf(pattern, sizeof pattern, "%s/skab/%s/*.csv", bench_data_folder(), parts[i]);
        if (glob(pattern, 0, NULL, &found) == 0)
            for (size_t f = 0; f < found.gl_pathc; f++)
                skab_file(found.gl_pathv[f], &all);
        globfree(&found);
    }
    if (all.count == 0) {
        bench_left_out("SKAB", "skab");
        pool_clear(&all);
        return;
    }
    must(davy_auc_roc(all.scores, all.labels, all.count, &area));
    must(davy_average_precision(all.scores, all.labels, all.count, &precision));
    (void) printf("SKAB, %zu files, %zu test rows, %.2f s\n", all.run_count, all.count,
                  seconds() - began);
    print_target("pooled AUC-ROC", area, 0.84);
    print_target("pooled average precision", precision, 0.87);
    print_line("davy at the limit for 1/week", &all, all.alarms);
    must(davy_clock_alarms(all.labels, all.runs, all.count, all.run_count, all.alarms));
    print_line("clock of the other files, no data", &all, all.alarms);
    memset(all.alarms, 1, all.count);
    print_line("always alarm", &all, all.alarms);
    pool_clear(&all);
}

/* Blank-separated numbers, gzip; d00 is stored signal after signal. */
static davy_table tep_read(const char *name, bool transposed)
{
    static double numbers[TEP_SIGNALS * 2000];
    static char *names[TEP_SIGNALS];
    char path[4096], word[64];
    size_t count = 0, length = 0;
    davy_table table = {.columns = TEP_SIGNALS};
    gzFile file;
    int c;

    (void) snprintf(path, sizeof path, "%s/tep/%s.dat.gz", bench_data_folder(), name);
    file = gzopen(path, "rb");
    if (!file)
        return table;
    do {
        c = gzgetc(file);
        if (c > ' ' && length + 1 < sizeof word) {
            word[length++] = (char) c;
        } else if (length > 0 && count < DAVY_ARRAY_LENGTH(numbers)) {
            word[length] = '\0';
            numbers[count++] = strtod(word, NULL);
            length = 0;
        }
    } while (c != -1);
    gzclose(file);
    if (count < TEP_SIGNALS)
        return table;
    table.rows = count / TEP_SIGNALS;
    table.values = calloc(count, sizeof(double));
    table.runs = calloc(table.rows, sizeof *table.runs);
    table.times = calloc(table.rows, sizeof *table.times);
    table.names = names;
    table.run_count = 1;
    if (!table.values || !table.runs || !table.times)
        abort();
    for (size_t row = 0; row < table.rows; row++) {
        table.times[row] = (int64_t) row * TEP_PERIOD_S * 1000000000LL;
        for (size_t j = 0; j < TEP_SIGNALS; j++)
            table.values[j * table.rows + row] =
                transposed ? numbers[j * table.rows + row] : numbers[row * TEP_SIGNALS + j];
    }
    for (size_t j = 0; j < TEP_SIGNALS && !names[j]; j++) {
        names[j] = malloc(16);
        if (!names[j])
            abort();
        (void) snprintf(names[j], 16, j < 41 ? "XMEAS(%zu)" : "XMV(%zu)", j < 41 ? j + 1 : j - 40);
    }
    return table;
}

static void tep_free(davy_table *table)
{
    free(table->values);
    free(table->runs);
    free(table->times);
}

/* d00, and behind it as a second run the first rows of d00_te. */
static davy_table tep_join(const davy_table *first, const davy_table *second)
{
    davy_table joined = {.rows = first->rows + TEP_NORMAL,
                         .columns = TEP_SIGNALS,
                         .names = first->names,
                         .run_count = 2};

    joined.values = calloc(joined.rows * TEP_SIGNALS, sizeof(double));
    joined.runs = calloc(joined.rows, sizeof *joined.runs);
    joined.times = calloc(joined.rows, sizeof *joined.times);
    if (!joined.values || !joined.runs || !joined.times)
        abort();
    for (size_t row = 0; row < joined.rows; row++) {
        const bool in_second = row >= first->rows;
        const davy_table *from = in_second ? second : first;

        joined.runs[row] = in_second;
        joined.times[row] = (int64_t) row * TEP_PERIOD_S * 1000000000LL;
        for (size_t j = 0; j < TEP_SIGNALS; j++)
            joined.values[j * joined.rows + row] =
                davy_table_at(from, in_second ? row - first->rows : row, j);
    }
    return joined;
}

static size_t count_alarms(const davy_run *run, size_t from, size_t to, size_t *scored)
{
    size_t alarms = 0;

    for (size_t row = from; row < to; row++) {
        alarms += run->verdicts[row] == DAVY_VERDICT_ALARM;
        *scored += run->verdicts[row] != DAVY_VERDICT_ABSTAIN;
    }
    return alarms;
}

static bool is_hard(size_t fault)
{
    return fault == 3 || fault == 9 || fault == 15;
}

static void tep_measure(const davy_model *model, const davy_table *normal, const char *budget,
                        bool is_target)
{
    size_t normal_rows = 0, false_alarms;
    double all = 0, easy = 0;
    davy_run run = {0};

    must(davy_model_run(model, normal, false, &run));
    false_alarms = count_alarms(&run, TEP_NORMAL, normal->rows, &normal_rows);
    davy_run_clear(&run);
    for (size_t fault = 1; fault <= TEP_FAULTS; fault++) {
        char name[16];
        davy_table table;
        size_t rows = 0;
        double rate;

        (void) snprintf(name, sizeof name, "d%02zu_te", fault);
        table = tep_read(name, false);
        must(davy_model_run(model, &table, false, &run));
        false_alarms += count_alarms(&run, 0, TEP_ONSET, &normal_rows);
        rate = (double) count_alarms(&run, TEP_ONSET, table.rows, &rows) / (double) rows;
        all += rate;
        easy += is_hard(fault) ? 0 : rate;
        davy_run_clear(&run);
        tep_free(&table);
    }
    (void) printf("  budget %-7s FAR %5.2f %% of %zu fresh normal rows   mean FDR %.3f without "
                  "faults 3, 9, 15   %.3f with them   %.3f of those three\n",
                  budget, 100.0 * (double) false_alarms / (double) normal_rows, normal_rows,
                  easy / (TEP_FAULTS - 3), all / TEP_FAULTS, (all - easy) / 3);
    if (!is_target || !with_targets)
        return;
    print_target("mean FDR without faults 3, 9, 15", easy / (TEP_FAULTS - 3), 0.90);
    print_target("1 - FAR", 1.0 - (double) false_alarms / (double) normal_rows, 0.975);
}

static void tep(void)
{
    static const struct {
        const char *name;
        double per_day;
    } budgets[] = {{"8/day", 8.0}, {"2/day", TEP_BUDGET}, {"1/week", 0}};
    davy_table train = tep_read("d00", true), normal = tep_read("d00_te", false), joined;
    const double began = seconds();

    if (!train.values || !normal.values) {
        bench_left_out("Tennessee Eastman", "tep");
        tep_free(&train);
        tep_free(&normal);
        return;
    }
    joined = tep_join(&train, &normal);
    (void) printf("Tennessee Eastman, learnt from d00 and d00_te rows 1-%d\n", TEP_NORMAL);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(budgets); i++) {
        davy_train_report report;
        davy_model *model = learn(&joined, "tep", budgets[i].per_day, &report);

        tep_measure(model, &normal, budgets[i].name, budgets[i].per_day == TEP_BUDGET);
        if (i + 1 == DAVY_ARRAY_LENGTH(budgets)) {
            (void) printf("  what the training says at 1/week:\n%s", report.summary);
            print_speed(model, &normal);
        }
        davy_model_close(model);
    }
    (void) printf("  %.2f s\n", seconds() - began);
    tep_free(&train);
    tep_free(&normal);
    tep_free(&joined);
}

int main(int argc, char **argv)
{
    char command[128];

    if (argc > 1 && !strchr(argv[1], '=')) {
        kind = *++argv;
        with_targets = false;
        argc--;
    }
    settings = (const char *const *) argv + 1;
    setting_count = (size_t) (argc - 1);
    if (!mkdtemp(registry)) {
        perror("mkdtemp");
        return EXIT_FAILURE;
    }
    skab();
    tep();
    (void) snprintf(command, sizeof command, "rm -rf '%s'", registry);
    return system(command) == 0 ? outcome : EXIT_FAILURE;
}
