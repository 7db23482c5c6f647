/* SPDX-License-Identifier: Apache-2.0 */
#include "store/terms.h"

#include "store/day.h"

#include <stdio.h>
#include <string.h>

static bool is_shorter(int64_t a_ns, int64_t b_ns)
{
    return a_ns > 0 && (b_ns == 0 || a_ns < b_ns);
}

static int64_t longer(int64_t a_ns, int64_t b_ns)
{
    return is_shorter(a_ns, b_ns) ? b_ns : a_ns;
}

/* As retain.c has it: a day that has been over for so long. */
static bool is_over(int32_t day, int64_t kept_ns, int64_t now_ns)
{
    return kept_ns > 0 && day < davy_day_of(now_ns) &&
           davy_day_start_ns(day + 1) <= now_ns - kept_ns;
}

static bool is_named(const davy_holding_file *file, const char *class_name)
{
    return strcmp(file->class_name, class_name) == 0;
}

const davy_term *davy_terms_find(const davy_terms *terms, const char *class_name)
{
    for (size_t i = 0; i < terms->count; i++)
        if (strcmp(terms->items[i].class_name, class_name) == 0)
            return &terms->items[i];
    return NULL;
}

/* Losses ----------------------------------------------------------------------------------------*/

/* Rollups of a day lie in one file, which stays as long as any class wants it. */
static int64_t rollups_of(const davy_terms *terms, bool next)
{
    int64_t longest_ns = 1;

    for (size_t i = 0; i < terms->count; i++)
        longest_ns =
            longer(longest_ns, next ? terms->items[i].next_rollups_ns : terms->items[i].rollups_ns);
    return terms->count > 0 ? longest_ns : 0;
}

static uint64_t lose_rollups(const davy_holding *holding, int64_t from_ns, int64_t to_ns,
                             int64_t now_ns)
{
    uint64_t days = 0;

    for (size_t i = 0; i < holding->count; i++)
        days += is_named(&holding->files[i], DAVY_HOLDING_ROLLUPS) &&
                is_over(holding->files[i].day, to_ns, now_ns) &&
                !is_over(holding->files[i].day, from_ns, now_ns);
    return days;
}

static davy_terms_loss lose_files(const davy_holding *holding, const davy_term *term,
                                  int64_t now_ns)
{
    davy_terms_loss loss = {0};

    for (size_t i = 0; i < holding->count; i++) {
        const davy_holding_file *file = &holding->files[i];

        if (!is_named(file, term->class_name) || !is_over(file->day, term->next_keep_ns, now_ns) ||
            is_over(file->day, term->keep_ns, now_ns))
            continue;
        loss.files++;
        loss.days++; /* a class has one file a day */
        loss.bytes += file->bytes;
        loss.samples += file->samples;
    }
    return loss;
}

davy_terms_loss davy_terms_lose(const davy_terms *terms, const davy_term *term,
                                const davy_holding *holding, int64_t now_ns)
{
    davy_terms_loss loss = lose_files(holding, term, now_ns);

    if (is_shorter(term->next_rollups_ns, term->rollups_ns))
        loss.rollups =
            lose_rollups(holding, rollups_of(terms, false), rollups_of(terms, true), now_ns);
    return loss;
}

/* Following a site file -------------------------------------------------------------------------*/

/* What the terms follow from. */
struct course {
    const davy_terms *before;
    const davy_holding *holding;
    int64_t now_ns;
    davy_terms *out;
};

static bool has_files(const davy_holding *holding)
{
    return holding->count > 0;
}

/* What was promised for a class until now. One that is new was promised what the rest was. */
static davy_term promise_of(const struct course *course, const davy_term *wanted)
{
    const davy_term *found = davy_terms_find(course->before, wanted->class_name);
    davy_term promise = {.keep_ns = 0};

    if (!found)
        found = davy_terms_find(course->before, "default");
    if (course->before->known && found)
        promise = *found;
    else if (!has_files(course->holding))
        promise = *wanted;
    return promise;
}

/* Take the shorter time as one that waits; the longer one at once. */
static void take(struct course *course, const davy_term *wanted)
{
    const davy_term promise = promise_of(course, wanted);
    davy_term *term = &course->out->items[course->out->count];

    if (course->out->count == DAVY_TERMS_MAX)
        return; /* the pool of day files knows no more classes either */
    *term = *wanted;
    term->keep_ns = longer(wanted->keep_ns, promise.keep_ns);
    term->rollups_ns = longer(wanted->rollups_ns, promise.rollups_ns);
    term->from_ns = promise.from_ns;
    if (promise.from_ns == 0 || is_shorter(wanted->keep_ns, promise.next_keep_ns) ||
        is_shorter(wanted->rollups_ns, promise.next_rollups_ns))
        term->from_ns = course->now_ns + DAVY_TERMS_WAIT_NS;
    course->out->count++;
}

/* What removes nothing now need not wait. */
static void settle(const struct course *course)
{
    davy_terms *out = course->out;
    const bool rollups_wait = lose_rollups(course->holding, rollups_of(out, false),
                                           rollups_of(out, true), course->now_ns) > 0;

    for (size_t i = 0; i < out->count; i++) {
        davy_term *term = &out->items[i];

        if (lose_files(course->holding, term, course->now_ns).files == 0)
            term->keep_ns = term->next_keep_ns;
        if (!rollups_wait)
            term->rollups_ns = term->next_rollups_ns;
        if (term->keep_ns == term->next_keep_ns && term->rollups_ns == term->next_rollups_ns)
            term->from_ns = 0;
    }
}

static davy_term wanted_of(const davy_site_class *item)
{
    davy_term wanted = {.keep_ns = item->keep_ns,
                        .rollups_ns = item->rollups_ns,
                        .when_full_ns = item->when_full_ns,
                        .next_keep_ns = item->keep_ns,
                        .next_rollups_ns = item->rollups_ns};

    (void) strncpy(wanted.class_name, item->name, sizeof wanted.class_name - 1);
    return wanted;
}

/* Days of a class that the file does not have are kept as the rest. */
static void take_earlier(struct course *course, const char *class_name)
{
    davy_term wanted = *davy_terms_find(course->out, "default");

    if (davy_terms_find(course->out, class_name) || strcmp(class_name, DAVY_HOLDING_ROLLUPS) == 0)
        return;
    wanted.keep_ns = wanted.next_keep_ns;
    wanted.rollups_ns = wanted.next_rollups_ns;
    wanted.from_ns = 0;
    (void) snprintf(wanted.class_name, sizeof wanted.class_name, "%s", class_name);
    take(course, &wanted);
}

void davy_terms_follow(const davy_terms *before, const davy_site_class *classes, size_t count,
                       const davy_holding *holding, int64_t now_ns, davy_terms *out)
{
    static const davy_site_class rest = {.name = "default"};
    davy_terms follows = {.known = true};
    struct course course = {before, holding, now_ns, &follows};

    for (size_t i = 0; i < count; i++) {
        const davy_term wanted = wanted_of(&classes[i]);

        take(&course, &wanted);
    }
    if (!davy_terms_find(&follows, "default")) {
        const davy_term wanted = wanted_of(&rest);

        take(&course, &wanted);
    }
    for (size_t i = 0; i < holding->count; i++)
        take_earlier(&course, holding->files[i].class_name);
    settle(&course);
    *out = follows;
}

bool davy_terms_ripen(davy_terms *terms, int64_t now_ns)
{
    bool ripe = false;

    for (size_t i = 0; i < terms->count; i++) {
        davy_term *term = &terms->items[i];

        if (term->from_ns == 0 || now_ns < term->from_ns)
            continue;
        term->keep_ns = term->next_keep_ns;
        term->rollups_ns = term->next_rollups_ns;
        term->from_ns = 0;
        ripe = true;
    }
    return ripe;
}
