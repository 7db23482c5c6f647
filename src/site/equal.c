/* SPDX-License-Identifier: Apache-2.0 */
#include "site/site.h"

#include <math.h>
#include <string.h>

/* What did not change between two readings of a site file. */

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* NaN stands for "not given", so two of them are the same. */
static bool same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static bool same_texts(const char *const *a, size_t a_count, const char *const *b, size_t b_count)
{
    if (a_count != b_count)
        return false;
    for (size_t i = 0; i < a_count; i++)
        if (!same_text(a[i], b[i]))
            return false;
    return true;
}

static const char *source_name(const davy_site *site, const davy_site_from *from)
{
    return from->source == DAVY_SITE_NONE ? NULL : site->sources[from->source].name;
}

static bool same_from(const davy_site *a_site, const davy_site_from *a, const davy_site *b_site,
                      const davy_site_from *b)
{
    return same_text(source_name(a_site, a), source_name(b_site, b)) && a->table == b->table &&
           a->address == b->address && a->type == b->type && a->order == b->order &&
           a->bit == b->bit && same_text(a->topic, b->topic) && same_text(a->path, b->path) &&
           same_text(a->tag, b->tag) && same_text(a->column, b->column) &&
           same_number(a->scale, b->scale) && same_number(a->offset, b->offset);
}

/* All that a source's thread sees of a signal. */
static bool same_input(const davy_site *a_site, const davy_site_signal *a, const davy_site *b_site,
                       const davy_site_signal *b)
{
    return same_text(a->path, b->path) && same_from(a_site, &a->from, b_site, &b->from) &&
           same_number(a->range_low, b->range_low) && same_number(a->range_high, b->range_high);
}

static bool same_words(const davy_csv_words *a, const davy_csv_words *b)
{
    return same_text(a->delimiter, b->delimiter) && same_text(a->encoding, b->encoding) &&
           same_text(a->decimal, b->decimal) && same_text(a->header, b->header) &&
           same_text(a->types, b->types);
}

static bool same_settings(const davy_site_source *a, const davy_site_source *b)
{
    return same_text(a->name, b->name) && same_text(a->kind, b->kind) &&
           same_text(a->address, b->address) && same_text(a->format, b->format) &&
           same_texts(a->topics, a->topic_count, b->topics, b->topic_count) &&
           same_texts(a->files, a->file_count, b->files, b->file_count) &&
           same_text(a->time_column, b->time_column) && same_words(&a->csv, &b->csv) &&
           same_number(a->speed, b->speed) && a->loop == b->loop && a->restamp == b->restamp &&
           a->poll_ns == b->poll_ns && a->timeout_ns == b->timeout_ns && a->unit_id == b->unit_id &&
           same_text(a->username, b->username) && same_text(a->password_file, b->password_file);
}

bool davy_site_source_equal(const davy_site *a_site, const davy_site_source *a,
                            const davy_site *b_site, const davy_site_source *b)
{
    if (!same_settings(a, b) || a->bound_count != b->bound_count)
        return false;
    for (size_t i = 0; i < a->bound_count; i++)
        if (!same_input(a_site, &a_site->signals[a_site->bound[a->first_bound + i]], b_site,
                        &b_site->signals[b_site->bound[b->first_bound + i]]))
            return false;
    return true;
}

/* What detection sees of rules: delays and deadbands. The rest is the business of the alarms. */
static bool same_timing(const davy_site_rule *a, const davy_site_rule *b)
{
    const davy_site_rule *x = a ? a : &davy_site_rule_plain;
    const davy_site_rule *y = b ? b : &davy_site_rule_plain;

    return x->on_delay_ns == y->on_delay_ns && x->off_delay_ns == y->off_delay_ns &&
           same_number(x->deadband, y->deadband) && x->deadband_percent == y->deadband_percent;
}

static bool same_rules(const davy_site_rule *const *a, const davy_site_rule *const *b, size_t count)
{
    for (size_t i = 0; (a || b) && i < count; i++)
        if (!same_timing(a ? a[i] : NULL, b ? b[i] : NULL))
            return false;
    return true;
}

bool davy_site_signal_equal(const davy_site *a_site, const davy_site_signal *a,
                            const davy_site *b_site, const davy_site_signal *b)
{
    return same_input(a_site, a, b_site, b) && same_text(a->unit, b->unit) &&
           same_text(a->title, b->title) && same_number(a->limits.lolo, b->limits.lolo) &&
           same_number(a->limits.lo, b->limits.lo) && same_number(a->limits.hi, b->limits.hi) &&
           same_number(a->limits.hihi, b->limits.hihi) && same_number(a->deadband, b->deadband) &&
           a->on_delay_ns == b->on_delay_ns && a->off_delay_ns == b->off_delay_ns &&
           same_number(a->rate_limit, b->rate_limit) && a->stuck_ns == b->stuck_ns &&
           same_number(a->shift, b->shift) && same_number(a->novel, b->novel) &&
           a->deadline_ns == b->deadline_ns && a->priority == b->priority &&
           same_rules(a->rules, b->rules, DAVY_SITE_SIGNAL_CONDITIONS);
}

bool davy_site_detector_equal(const davy_site *a_site, const davy_site_detector *a,
                              const davy_site *b_site, const davy_site_detector *b)
{
    if (!same_text(a->name, b->name) || !same_text(a->model, b->model) ||
        !same_number(a->budget_per_day, b->budget_per_day) || a->priority != b->priority ||
        a->on_delay_ns != b->on_delay_ns || a->off_delay_ns != b->off_delay_ns ||
        a->signal_count != b->signal_count ||
        !same_rules(a->rules, b->rules, DAVY_SITE_DETECTOR_CONDITIONS))
        return false;
    for (size_t i = 0; i < a->signal_count; i++) {
        const davy_site_signal *x = &a_site->signals[a->signals[i]];
        const davy_site_signal *y = &b_site->signals[b->signals[i]];

        if (!same_text(x->path, y->path) || !same_text(x->unit, y->unit))
            return false;
    }
    return true;
}

bool davy_site_receiver_equal(const davy_site_receiver *a, const davy_site_receiver *b)
{
    return same_text(a->name, b->name) && same_text(a->kind, b->kind) &&
           same_text(a->address, b->address) && same_text(a->secret_file, b->secret_file) &&
           same_text(a->username, b->username) && same_text(a->password_file, b->password_file) &&
           same_text(a->topic, b->topic) && same_text(a->sender, b->sender) &&
           same_texts(a->recipients, a->recipient_count, b->recipients, b->recipient_count) &&
           same_text(a->program, b->program) &&
           same_texts(a->arguments, a->argument_count, b->arguments, b->argument_count) &&
           same_texts(a->paths, a->path_count, b->paths, b->path_count) &&
           a->network == b->network && a->format == b->format;
}
