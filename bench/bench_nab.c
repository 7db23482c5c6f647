/* SPDX-License-Identifier: Apache-2.0 */
#include "core/random.h"
#include "data.h"
#include "data/metrics_nab.h"
#include "detect/novel.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * The condition `novel` on the Numenta Anomaly Benchmark, strictly streaming: the begins of the
 * condition are the alarms. Its one setting is what the benchmark calls a threshold: one for all
 * series, chosen for each profile as the benchmark chooses it for every detector.
 *
 *     DAVY_DATA=FOLDER bench_nab [--files]     --files: what each series brings, standard profile
 */
#define FILES_MAX   ((size_t) 64)
#define WINDOWS_MAX ((size_t) 16)
#define TIME_LENGTH 19
#define LIMIT_FIRST 100.0
#define LIMIT_STEP  1.1220184543019633 /* twenty to a decade */
#define LIMIT_COUNT 41                 /* to 10,000 */
#define LIMIT_ROUND 1000.0             /* one for which nothing was chosen */
#define PROFILES    3
#define TARGET      52.0

static const struct {
    const char *name, *published;
    const davy_nab_profile *costs;
} profiles[PROFILES] = {{"standard", "standard", &davy_nab_standard},
                        {"low FP", "reward_low_FP_rate", &davy_nab_low_fp},
                        {"low FN", "reward_low_FN_rate", &davy_nab_low_fn}};

typedef struct series {
    char name[128];
    char (*times)[TIME_LENGTH + 1];
    double *values, *alarms;
    size_t count, capacity;
    davy_nab_window windows[WINDOWS_MAX];
    size_t window_count;
} series;

static series set[FILES_MAX];
static size_t set_count, set_windows;

static void give_up(const char *what, const char *where)
{
    (void) fprintf(stderr, "bench_nab: %s: %s\n", where, what);
    exit(1);
}

/* Reading ---------------------------------------------------------------------------------- */

static void grow(series *s)
{
    s->capacity = s->capacity ? 2 * s->capacity : 4096;
    s->times = realloc(s->times, s->capacity * sizeof *s->times);
    s->values = realloc(s->values, s->capacity * sizeof *s->values);
    s->alarms = realloc(s->alarms, s->capacity * sizeof *s->alarms);
    if (!s->times || !s->values || !s->alarms)
        give_up("no memory", s->name);
}

/* "2014-04-01 00:00:00,20.0" */
static bool read_row(series *s, const char *line)
{
    const char *comma = strchr(line, ',');
    char *end;

    if (!comma || comma - line < TIME_LENGTH)
        return false;
    if (s->count == s->capacity)
        grow(s);
    memcpy(s->times[s->count], line, TIME_LENGTH);
    s->times[s->count][TIME_LENGTH] = '\0';
    s->values[s->count++] = strtod(comma + 1, &end);
    return end != comma + 1;
}

static void read_rows(series *s, const char *folder)
{
    char path[4096], line[256];
    FILE *file;

    (void) snprintf(path, sizeof path, "%s/data/%s", folder, s->name);
    file = fopen(path, "r");
    if (!file || !fgets(line, sizeof line, file))
        give_up("cannot be read", path);
    while (fgets(line, sizeof line, file))
        if (!read_row(s, line))
            give_up("not a time and a value", path);
    (void) fclose(file);
}

static size_t find_time(const series *s, const char *text)
{
    for (size_t row = 0; row < s->count; row++)
        if (strncmp(s->times[row], text, TIME_LENGTH) == 0)
            return row;
    give_up("a window begins or ends at no row", s->name);
    return 0;
}

static void read_windows(series *s, const json_t *list)
{
    const json_t *window;
    size_t i;

    if (json_array_size(list) > WINDOWS_MAX)
        give_up("too many windows", s->name);
    json_array_foreach(list, i, window)
    {
        s->windows[i].first = find_time(s, json_string_value(json_array_get(window, 0)));
        s->windows[i].last = find_time(s, json_string_value(json_array_get(window, 1)));
    }
    s->window_count = json_array_size(list);
    set_windows += s->window_count;
}

static json_t *read_json(const char *folder, const char *name)
{
    char path[4096];
    json_t *root;

    (void) snprintf(path, sizeof path, "%s/%s", folder, name);
    root = json_load_file(path, 0, NULL);
    if (!root)
        give_up("is not there or no JSON", path);
    return root;
}

static void read_set(const char *folder)
{
    json_t *root = read_json(folder, "labels/combined_windows.json"), *list;
    const char *name;

    json_object_foreach(root, name, list)
    {
        series *s = &set[set_count];

        if (set_count++ == FILES_MAX)
            give_up("too many series", folder);
        (void) snprintf(s->name, sizeof s->name, "%s", name);
        read_rows(s, folder);
        read_windows(s, list);
    }
    json_decref(root);
}

static void clear_set(void)
{
    for (size_t k = 0; k < set_count; k++) {
        free(set[k].times);
        free(set[k].values);
        free(set[k].alarms);
    }
}

/* Detectors -------------------------------------------------------------------------------- */

/* Alarms of the condition at this limit: a row is told of nothing that comes after it. */
static void alarm_novel(double limit)
{
    for (size_t k = 0; k < set_count; k++) {
        davy_novel novel = {0};

        for (size_t i = 0; i < set[k].count; i++)
            set[k].alarms[i] = davy_novel_update(&novel, limit, &(davy_delays){0}, set[k].values[i],
                                                 (int64_t) i, (int64_t) i) == DAVY_CHANGE_BEGINS;
    }
}

static void alarm_always(void)
{
    for (size_t k = 0; k < set_count; k++)
        for (size_t i = 0; i < set[k].count; i++)
            set[k].alarms[i] = 1;
}

static void score_randomly(void)
{
    for (size_t k = 0; k < set_count; k++)
        for (size_t i = 0; i < set[k].count; i++)
            set[k].alarms[i] = (double) davy_random_uniform(1, (uint32_t) k, i);
}

/* Figures ---------------------------------------------------------------------------------- */

static davy_nab_series series_of(size_t k)
{
    return (davy_nab_series){set[k].alarms, set[k].count, set[k].windows, set[k].window_count};
}

/* Of the alarms as they are. */
static double score_alarms(const davy_nab_profile *profile)
{
    double raw = 0;

    for (size_t k = 0; k < set_count; k++) {
        const davy_nab_series s = series_of(k);

        raw += davy_nab_score(&s, profile, 1);
    }
    return davy_nab_normalise(raw, set_windows, profile);
}

static double score_best(const davy_nab_profile *profile)
{
    davy_nab_series all[FILES_MAX];
    double score = 0;

    for (size_t k = 0; k < set_count; k++)
        all[k] = series_of(k);
    if (davy_nab_optimise(all, set_count, profile, &score, NULL) != DAVY_OK)
        give_up(davy_error(), "random");
    return score;
}

static size_t count_rows(void)
{
    size_t rows = 0;

    for (size_t k = 0; k < set_count; k++)
        rows += set[k].count;
    return rows;
}

static void print_row(const char *name, const double scores[PROFILES])
{
    (void) printf("| %s | %.1f | %.1f | %.1f |\n", name, scores[0], scores[1], scores[2]);
}

static void print_alarms(const char *name)
{
    double scores[PROFILES];

    for (size_t p = 0; p < PROFILES; p++)
        scores[p] = score_alarms(profiles[p].costs);
    print_row(name, scores);
}

static void print_random(void)
{
    double scores[PROFILES];

    score_randomly();
    for (size_t p = 0; p < PROFILES; p++)
        scores[p] = score_best(profiles[p].costs);
    print_row("(random)", scores);
}

/* Every limit of the grid, every profile. @return the best limits */
static void choose_limits(double limits[PROFILES], double scores[PROFILES])
{
    double limit = LIMIT_FIRST;

    for (size_t i = 0; i < LIMIT_COUNT; i++) {
        alarm_novel(limit);
        for (size_t p = 0; p < PROFILES; p++) {
            const double score = score_alarms(profiles[p].costs);

            if (i == 0 || score > scores[p]) {
                scores[p] = score;
                limits[p] = limit;
            }
        }
        limit *= LIMIT_STEP;
    }
}

static void print_published(const char *folder)
{
    json_t *root = read_json(folder, "results/final_results.json");
    const char *name;
    json_t *figures;

    json_object_foreach(root, name, figures)
    {
        double scores[PROFILES];

        for (size_t p = 0; p < PROFILES; p++)
            scores[p] = json_number_value(json_object_get(figures, profiles[p].published));
        print_row(name, scores);
    }
    json_decref(root);
}

static void print_files(double limit)
{
    alarm_novel(limit);
    for (size_t k = 0; k < set_count; k++) {
        const davy_nab_series s = series_of(k);
        size_t alarms = 0;

        for (size_t i = 0; i < s.count; i++)
            alarms += s.scores[i] > 0;
        (void) printf("%6.2f of %zu windows, %2zu alarms in %zu rows  %s\n",
                      davy_nab_score(&s, &davy_nab_standard, 1), s.window_count, alarms, s.count,
                      set[k].name);
    }
}

/* At the best limits, and at a round one. */
static void print_novel(const double limits[PROFILES], const double scores[PROFILES])
{
    char name[64];

    (void) snprintf(name, sizeof name, "novel, limits %.0f, %.0f, %.0f", limits[0], limits[1],
                    limits[2]);
    print_row(name, scores);
    alarm_novel(LIMIT_ROUND);
    (void) snprintf(name, sizeof name, "novel, limit %.0f", LIMIT_ROUND);
    print_alarms(name);
}

static void print_null(void)
{
    static const double nothing[PROFILES];

    alarm_always();
    print_alarms("(always)");
    print_random();
    print_row("(never)", nothing);
}

static void print_cost(void)
{
    clock_t begin = clock();
    double seconds;

    alarm_novel(LIMIT_ROUND);
    seconds = (double) (clock() - begin) / CLOCKS_PER_SEC;
    (void) printf("\nnovel takes %.0f ns a sample and %zu bytes a signal\n",
                  1e9 * seconds / (double) count_rows(), sizeof(davy_novel));
}

static bool find_set(char *folder, size_t size)
{
    char labels[4096];

    (void) snprintf(folder, size, "%s/nab", bench_data_folder());
    (void) snprintf(labels, sizeof labels, "%s/labels/combined_windows.json", folder);
    return access(labels, R_OK) == 0;
}

int main(int argc, char **argv)
{
    double limits[PROFILES] = {0}, scores[PROFILES] = {0};
    char folder[2048];

    if (!find_set(folder, sizeof folder)) {
        bench_left_out("NAB", "nab");
        return 0;
    }
    read_set(folder);
    choose_limits(limits, scores);
    (void) printf("%zu series, %zu windows; published rows are those of final_results.json\n\n"
                  "| detector | standard | low FP | low FN |\n|---|---|---|---|\n",
                  set_count, set_windows);
    print_novel(limits, scores);
    print_null();
    print_published(folder);
    print_cost();
    if (argc > 1 && strcmp(argv[1], "--files") == 0)
        print_files(limits[0]);
    clear_set();
    return scores[0] >= TARGET ? 0 : 1;
}
