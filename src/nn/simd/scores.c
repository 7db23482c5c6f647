/* SPDX-License-Identifier: Apache-2.0 */
/* Scores of attention: a block of keys by queries, a column for each query. */
#include "nn/simd/isa.h"

#include "nn/simd/formulas.h"

/* Greatest of a column of scores and of what was there before. */
static inline vec column_max(const davy_scores *s, size_t query, vec most)
{
    for (size_t key = 0; key < s->keys; key++)
        most = vec_max(s->scale * vec_load(s->scores + key * s->row + query), most);
    return most;
}

/* scores = e^(scale scores - most). @return their sum */
static inline vec column_exp(const davy_scores *s, size_t query, vec most)
{
    vec sum = {0};

    for (size_t key = 0; key < s->keys; key++) {
        float *at = s->scores + key * s->row + query;
        const vec e = vec_share(s->scale * vec_load(at) - most);

        vec_store(at, e);
        sum += e;
    }
    return sum;
}

void ISA(scores)(const davy_scores *s)
{
    for (size_t query = 0; query < s->row; query += LANES) {
        const vec before = vec_load(s->most + query), most = column_max(s, query, before);
        const vec factor = vec_share(before - most);

        vec_store(s->most + query, most);
        vec_store(s->factor + query, factor);
        vec_store(s->sum + query, vec_load(s->sum + query) * factor + column_exp(s, query, most));
    }
}

void ISA(scores_back)(const davy_scores *s)
{
    for (size_t query = 0; query < s->row; query += LANES) {
        const vec level = vec_load(s->most + query), mean = vec_load(s->sum + query);

        for (size_t key = 0; key < s->keys; key++) {
            float *score = s->scores + key * s->row + query;
            float *diff = s->diff + key * s->row + query;
            const vec p = vec_share(s->scale * vec_load(score) - level);

            vec_store(score, p);
            vec_store(diff, s->scale * p * (vec_load(diff) - mean));
        }
    }
}
