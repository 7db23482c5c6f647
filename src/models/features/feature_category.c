/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Steps of features that make numbers of categories.
 *
 * Stage: models. An unknown or missing word is 0 everywhere.
 *
 * Source of `hash`: Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML
 * 2009, without signs; the hash is FNV-1a of 32 bits.
 */
#include "models/features/feature_private.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How often each word of a channel was learnt from, in newest rows. */
static size_t *count_words(const davy_feature_matrix *matrix, size_t column, size_t words)
{
    size_t *counts = calloc(words + 1, sizeof *counts);

    for (size_t i = 0; counts && i < matrix->rows; i++) {
        const float word = matrix->values[i * matrix->columns + column];

        if (word >= 0 && word < (float) words)
            counts[(size_t) word]++;
    }
    return counts;
}

/* The most common words that occur at all, in their order. @param kept  [words] */
static size_t keep_words(const size_t *counts, size_t words, size_t most, float *kept)
{
    size_t found = 0;

    for (size_t w = 0; w < words; w++) {
        size_t better = 0;

        for (size_t v = 0; v < words && counts[w] > 0; v++)
            better += counts[v] > counts[w] || (counts[v] == counts[w] && v < w);
        if (counts[w] > 0 && better < most)
            kept[found++] = (float) w;
    }
    return found;
}

/* The words of all chosen channels as they come about. */
typedef struct encoding {
    davy_value *parts;
    const char **names;
    size_t part_count, count;
} encoding;

static davy_status encode_channel(davy_features *f, const davy_feature_call *call, size_t channel,
                                  const size_t *counts, encoding *out)
{
    const davy_levels *levels = f->channels[channel].levels;
    const size_t most = (size_t) davy_feature_number(call, "most");
    float *kept = calloc(levels->count + 1, sizeof *kept);
    const size_t count = kept ? keep_words(counts, levels->count, most, kept) : 0;

    if (!kept)
        return davy_fail(DAVY_ERR_NOMEM, "features");
    if (out->count + count > DAVY_FEATURES_MAX) {
        free(kept);
        return davy_feature_fail(call, "there are more than %zu words: most=N takes fewer",
                                 DAVY_FEATURES_MAX);
    }
    for (size_t i = 0; i < count; i++)
        out->names[out->count + i] = davy_feature_name(f, "%s=%s", f->channels[channel].name,
                                                       levels->names[(size_t) kept[i]]);
    if (count > 0)
        out->parts[out->part_count++] = davy_feature_equal(f, channel, kept, count);
    out->count += count;
    free(kept);
    return DAVY_OK;
}

/* `of` is empty for all categories, unlike elsewhere. */
static davy_status take_categories(davy_features *f, const davy_feature_call *call,
                                   davy_feature_choice *out)
{
    davy_status status = davy_feature_take(f, call, out);

    if (status != DAVY_OK && davy_feature_text(call, "of")[0])
        return status;
    for (size_t c = 0; out->chosen && c < f->channel_count; c++)
        out->chosen[c] =
            f->channels[c].levels && (out->chosen[c] || !davy_feature_text(call, "of")[0]);
    if (!out->chosen || !out->list || !out->others)
        return davy_fail(DAVY_ERR_NOMEM, "features");
    out->count = davy_feature_list_channels(f, out->chosen, true, out->list);
    out->other_count = davy_feature_list_channels(f, out->chosen, false, out->others);
    return out->count > 0 ? DAVY_OK : davy_feature_fail(call, "no column holds categories");
}

static davy_status fit_onehot(davy_features *f, const davy_feature_call *call)
{
    davy_feature_choice of = {0};
    davy_feature_matrix matrix = {0};
    encoding e = {0};
    davy_status status = take_categories(f, call, &of);

    if (status == DAVY_OK)
        status = davy_feature_learn(
            f, davy_feature_pick(f, davy_feature_newest(f, 1), of.list, of.count), &matrix);
    if (status != DAVY_OK)
        return status;
    e.parts = davy_arena_array(&f->arena, of.count + 1, sizeof *e.parts);
    e.names = davy_arena_array(&f->arena, DAVY_FEATURES_MAX + 1, sizeof *e.names);
    if (!e.parts || !e.names)
        status = davy_fail(DAVY_ERR_NOMEM, "features");
    for (size_t i = 0; i < of.count && status == DAVY_OK; i++) {
        size_t *counts = count_words(&matrix, i, f->channels[of.list[i]].levels->count);

        status = counts ? encode_channel(f, call, of.list[i], counts, &e)
                        : davy_fail(DAVY_ERR_NOMEM, "features");
        free(counts);
    }
    davy_feature_matrix_clear(&matrix);
    if (status == DAVY_OK && e.count == 0)
        status = davy_feature_fail(call, "no sample to learn from holds a word");
    if (status != DAVY_OK)
        return status;
    return davy_feature_put_behind(f, of.others, of.other_count,
                                   davy_layer_concat(f->graph, e.parts, e.part_count, 2), e.names,
                                   e.count);
}

static const davy_setting onehot_arguments[] = {
    {"of", "", "columns by patterns, as a+b*; empty: all that hold categories", NAN, NAN, NULL},
    {"most", "100", "words of a column that get a feature: the most common", 1, 4096, NULL},
};

const davy_feature_step davy_feature_onehot = {
    .name = "onehot",
    .meaning = "a 0 or 1 for each word of a column of categories; 0 for all of an unknown word",
    .arguments = onehot_arguments,
    .argument_count = DAVY_ARRAY_LENGTH(onehot_arguments),
    .fit = fit_onehot,
};

/* ----------------------------------------------------------------------------------------- hash */

static uint32_t hash_word(const char *word)
{
    uint32_t hash = 2166136261U;

    for (; *word; word++)
        hash = (hash ^ (unsigned char) *word) * 16777619U;
    return hash;
}

/* 1 for the bucket of each word of a channel: [N, steps, buckets]. */
static davy_value hash_channel(davy_features *f, size_t channel, size_t buckets)
{
    const davy_levels *levels = f->channels[channel].levels;
    const int64_t dims[] = {(int64_t) levels->count, (int64_t) buckets};
    float *table = calloc(levels->count * buckets, sizeof *table);
    float *words = calloc(levels->count, sizeof *words);
    davy_value in[2] = {DAVY_VALUE_NONE, DAVY_VALUE_NONE};
    const davy_node *node;

    assert(buckets > 0);
    if (table && words) {
        for (size_t w = 0; w < levels->count; w++) {
            words[w] = (float) w;
            table[w * buckets + hash_word(levels->names[w]) % buckets] = 1;
        }
        in[0] = davy_feature_equal(f, channel, words, levels->count);
        in[1] = davy_feature_constant(f, "features/buckets", table, 2, dims);
    } else {
        davy_graph_fail(f->graph, davy_fail(DAVY_ERR_NOMEM, "features"));
    }
    free(table);
    free(words);
    node = davy_graph_node(f->graph, "matmul", in, 2, 1);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

static davy_status fit_hash(davy_features *f, const davy_feature_call *call)
{
    const size_t buckets = (size_t) davy_feature_number(call, "buckets");
    davy_feature_choice of = {0};
    davy_status status = take_categories(f, call, &of);
    davy_value *parts;
    const char **names;

    if (status != DAVY_OK)
        return status;
    parts = davy_arena_array(&f->arena, of.count + 1, sizeof *parts);
    names = davy_arena_array(&f->arena, of.count * buckets + 1, sizeof *names);
    if (!parts || !names)
        return davy_fail(DAVY_ERR_NOMEM, "features");
    for (size_t i = 0; i < of.count; i++) {
        parts[i] = hash_channel(f, of.list[i], buckets);
        for (size_t b = 0; b < buckets; b++)
            names[i * buckets + b] =
                davy_feature_name(f, "%s#%zu", f->channels[of.list[i]].name, b);
    }
    return davy_feature_put_behind(f, of.others, of.other_count,
                                   davy_layer_concat(f->graph, parts, of.count, 2), names,
                                   of.count * buckets);
}

static const davy_setting hash_arguments[] = {
    {"buckets", "16", "features of a column", 2, 1024, NULL},
    {"of", "", "columns by patterns, as a+b*; empty: all that hold categories", NAN, NAN, NULL},
};

const davy_feature_step davy_feature_hash = {
    .name = "hash",
    .meaning = "as onehot, but words share a fixed number of features by a hash",
    .arguments = hash_arguments,
    .argument_count = DAVY_ARRAY_LENGTH(hash_arguments),
    .fit = fit_hash,
};
