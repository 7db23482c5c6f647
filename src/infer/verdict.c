/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/verdict.h"

#include "core/utf8.h"

#include <stdio.h>
#include <string.h>

#define WORD_MAX 25 /* bytes of one sample's, with its zero */

static bool is_abstained(const davy_infer_response *response, size_t row)
{
    for (size_t i = 0; i < response->doubt_count; i++)
        if (response->doubts[i].sample == row && response->doubts[i].abstain)
            return true;
    return false;
}

/* The class that a row of scores says. */
static size_t find_class(const davy_served_info *info, const float *scores, size_t count)
{
    const davy_predictor_info *predictor = info->predictor;
    size_t best = 0;

    if (predictor && predictor->cut > 0 && count == 2)
        return (double) scores[predictor->positive] >= predictor->cut ? predictor->positive
                                                                      : 1 - predictor->positive;
    for (size_t c = 1; c < count; c++)
        if (scores[c] > scores[best])
            best = c;
    return best;
}

/* A sample of floats: a class, or a number. */
static bool say_floats(const davy_tensor *tensor, const davy_served_info *info, size_t row,
                       char word[WORD_MAX])
{
    const size_t width = (size_t) davy_tensor_span(tensor, 1, tensor->rank);
    const float *values = davy_f32(tensor) + row * width;

    if (info && width > 1 && width == info->label_count) {
        const char *label = info->labels[find_class(info, values, width)];

        (void) davy_utf8_show(label, strlen(label), word, WORD_MAX);
        return true;
    }
    if (width == 1)
        (void) snprintf(word, WORD_MAX, "%.6g", (double) *values);
    return width == 1;
}

/* The output of a model that watches; NULL: there is none. */
static const davy_tensor *find_watched(const davy_infer_response *response)
{
    for (size_t i = 0; i < response->output_count; i++) {
        const davy_tensor *tensor = &response->outputs[i].tensor;

        if (strcmp(response->outputs[i].name, "verdict") == 0 && tensor->type == DAVY_TYPE_TEXT)
            return tensor;
    }
    return NULL;
}

static bool say_row(const davy_infer_response *response, const davy_served_info *info, size_t row,
                    char word[WORD_MAX])
{
    const davy_tensor *first = &response->outputs[0].tensor, *watched = find_watched(response);
    const davy_bytes *texts = watched ? watched->data : NULL;

    if (watched && row < (size_t) davy_tensor_count(watched)) {
        (void) davy_utf8_show(texts[row].at, texts[row].length, word, WORD_MAX);
        return true;
    }
    if (is_abstained(response, row)) {
        (void) snprintf(word, WORD_MAX, "abstain");
        return true;
    }
    return first->type == DAVY_TYPE_F32 && say_floats(first, info, row, word);
}

typedef struct tally {
    const davy_bytes *words[DAVY_VERDICT_ROWS];
    size_t counts[DAVY_VERDICT_ROWS], count, others;
} tally;

static void count_word(tally *told, const davy_bytes *word)
{
    size_t i = 0;

    while (i < told->count && (told->words[i]->length != word->length ||
                               memcmp(told->words[i]->at, word->at, word->length) != 0))
        i++;
    if (i == DAVY_VERDICT_ROWS) {
        told->others++;
        return;
    }
    told->words[i] = word;
    told->counts[i]++;
    told->count += i == told->count;
}

/* One alarm among many rows is said wherever it stands. */
static void say_counts(const davy_tensor *watched, char text[DAVY_VERDICT_MAX])
{
    const davy_bytes *texts = watched->data;
    const size_t rows = (size_t) davy_tensor_count(watched);
    tally told = {.count = 0};
    size_t used = 0;
    char word[WORD_MAX];

    for (size_t row = 0; row < rows; row++)
        count_word(&told, &texts[row]);
    for (size_t i = 0; i < told.count; i++) {
        (void) davy_utf8_show(told.words[i]->at, told.words[i]->length, word, WORD_MAX);
        used += (size_t) snprintf(text + used, DAVY_VERDICT_MAX - used, "%s%zu %s",
                                  i > 0 ? "," : "", told.counts[i], word);
    }
    if (told.others > 0)
        (void) snprintf(text + used, DAVY_VERDICT_MAX - used, " and %zu more", told.others);
}

void davy_infer_verdict(const davy_infer_response *response, const davy_served_info *info,
                        char text[DAVY_VERDICT_MAX])
{
    const davy_tensor *first = response->output_count > 0 ? &response->outputs[0].tensor : NULL;
    const size_t rows = first && first->rank > 0 ? (size_t) first->dims[0] : 0;
    const davy_tensor *watched = find_watched(response);
    size_t used = 0;
    char word[WORD_MAX];

    if (watched && davy_tensor_count(watched) > DAVY_VERDICT_ROWS) {
        say_counts(watched, text);
        return;
    }
    (void) snprintf(text, DAVY_VERDICT_MAX, "answered");
    for (size_t row = 0; row < rows && row < DAVY_VERDICT_ROWS; row++) {
        if (!say_row(response, info, row, word))
            return;
        used += (size_t) snprintf(text + used, DAVY_VERDICT_MAX - used, "%s%s", row > 0 ? "," : "",
                                  word);
    }
    if (rows > DAVY_VERDICT_ROWS)
        (void) snprintf(text + used, DAVY_VERDICT_MAX - used, " and %zu more",
                        rows - DAVY_VERDICT_ROWS);
}
