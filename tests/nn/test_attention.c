/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op.h"

#include "recurrent.h"

/* Answers of PyTorch 1.13.1, torch.softmax and matmul; tests/nn/make_sequence_golden.py prints
 * them. */
static const float plain[] = {
    0.2952664F,  1.7606130F,  -0.6800331F, 0.6913060F,  -1.6865439F, -0.2211974F, 1.1161244F,
    -1.2905042F, 0.2997239F,  1.7650704F,  -0.7041712F, 0.6957635F,  -1.6549278F, -0.1895815F,
    1.0749449F,  -1.2588884F, -0.4617848F, 1.0035616F,  0.2306367F,  -0.0657453F, 1.4811268F,
    -0.6985457F, 0.4118198F,  0.0846689F,  -0.0539308F, 1.3582475F,  -1.1232377F, 0.3169826F,
    1.5260961F,  -0.7593625F, 0.4567891F,  0.2212472F,  -0.4198021F, 0.9967178F,  -1.4891090F,
    -0.0517025F, 1.5533199F,  -0.8045138F, 0.4840129F,  0.3599783F};
static const float two_heads[] = {
    0.0610939F,  1.5264403F,  -0.6300566F, 0.6753988F,  -1.6197672F, -0.1544208F, 1.1295437F,
    -1.0954012F, 0.1596000F,  1.6249465F,  -0.6380349F, 0.6673126F,  -1.5012420F, -0.0358956F,
    1.1109303F,  -1.1149157F, -1.3757095F, 0.0896371F,  -0.6456069F, 0.6588776F,  1.3600366F,
    -0.5353768F, 0.1552048F,  0.2160067F,  -0.2763885F, 1.1165617F,  -1.0158389F, 0.3314694F,
    1.3521434F,  -0.5464598F, 0.3167094F,  0.3307918F,  -0.2960552F, 1.0966450F,  -1.3694857F,
    -0.0669338F, 1.3429011F,  -0.5562656F, 0.4068749F,  0.4406922F};
static const float causal[] = {
    -1.3663366F, 0.0990099F,  1.5643564F,  -0.9702970F, 0.2465760F,  1.7119225F,  1.3235689F,
    -0.7607228F, 0.2319083F,  1.6972549F,  -0.4692901F, 0.7856123F,  -1.2534913F, 0.2118551F,
    1.1644979F,  -0.8976128F, -1.3757095F, 0.0896371F,  -0.6456069F, 0.6588776F,  -0.0594059F,
    1.4059407F,  -1.1287129F, 0.3366337F,  -0.0122764F, 1.3517920F,  -1.0709337F, 0.2702491F,
    1.4005346F,  -0.3290628F, 0.3902286F,  -1.4583359F, -0.1467143F, 1.2118486F,  -1.1820488F,
    0.0232272F,  1.3429011F,  -0.5562656F, 0.4068749F,  0.4406922F};
static const float windowed[] = {
    0.3152008F,  1.7805474F,  -0.5154140F, 0.8398736F,  -1.5088495F, -0.0435032F, 1.3062947F,
    -0.9914877F, 0.2858381F,  1.7511847F,  -0.6902925F, 0.7203476F,  -1.6518011F, -0.1864547F,
    1.0222007F,  -1.2760040F, -1.5662799F, -0.1009333F, -0.7966722F, 0.5508848F,  1.5759904F,
    -0.4730254F, 0.5451128F,  -1.5864853F, -0.1616997F, 1.2490250F,  -1.0724384F, 0.2693022F,
    1.5500712F,  -0.7478725F, 0.4910918F,  0.3616036F,  -0.4462876F, 0.9643232F,  -1.4608243F,
    0.0045223F,  1.2823011F,  -0.7988786F, 0.3562520F,  1.8215984F};
static const float masked[] = {
    0.2610698F,  1.7264163F,  -0.6778462F, 0.7306358F,  0.2360357F,  1.7013823F, 1.1003697F,
    -0.6196660F, 0.2619492F,  1.7272956F,  -0.6885805F, 0.7257046F,  0.2422039F, 1.7075505F,
    1.0564973F,  -0.5894461F, -1.2931193F, 0.1722272F,  -0.6990498F, 0.7205864F, 1.4561926F,
    -0.6668855F, 0.2077917F,  0.2110661F,  -0.4045451F, 0.9456455F,  0.3029053F, 0.2711335F,
    1.4377322F,  -0.6648429F, 0.3745940F,  0.3305578F,  -0.4152325F, 0.9408829F, -1.3709928F,
    -0.0694603F, 1.4187629F,  -0.6624167F, 0.4641747F,  0.4445750F};

struct attention {
    int64_t n, t, s, d, heads, window;
    bool causal, packed, mask;
    float scale;
};

/* Inputs q, k, v (or qkv) and a mask that is a constant. */
static davy_value attention_node(const struct attention *net, davy_graph *graph, const float *mask)
{
    const int64_t mask_dims[] = {net->n, net->s};
    davy_value in[] = {DAVY_VALUE_NONE, DAVY_VALUE_NONE, DAVY_VALUE_NONE, DAVY_VALUE_NONE};
    davy_tensor tensor;
    davy_node *node;

    in[0] = davy_graph_input(graph, "q", DAVY_TYPE_F32, 3,
                             (int64_t[]){-1, net->t, net->d * (net->packed ? 3 : 1)});
    if (!net->packed) {
        in[1] = davy_graph_input(graph, "k", DAVY_TYPE_F32, 3, (int64_t[]){-1, net->s, net->d});
        in[2] = davy_graph_input(graph, "v", DAVY_TYPE_F32, 3, (int64_t[]){-1, net->s, net->d});
    }
    if (net->mask) {
        assert_ok(davy_tensor_shape(&tensor, DAVY_TYPE_F32, 2, mask_dims));
        tensor.data = (void *) (uintptr_t) mask;
        in[3] = davy_graph_constant(graph, "mask", &tensor);
    }
    node = davy_graph_node(graph, "attention", in, 4, 1);
    assert_ok(davy_graph_status(graph));
    davy_node_set_int(graph, node, "heads", net->heads);
    davy_node_set_int(graph, node, "window", net->window);
    davy_node_set_int(graph, node, "causal", net->causal);
    davy_node_set_int(graph, node, "packed", net->packed);
    davy_node_set_float(graph, node, "scale", net->scale);
    return graph->nodes[0].out[0];
}

static void start(const struct attention *net, const float *mask, size_t threads,
                  struct recurrent_run *run)
{
    davy_graph *graph;

    *run = (struct recurrent_run){0};
    assert_ok(davy_graph_create("attention", 0, &graph));
    davy_graph_output(graph, attention_node(net, graph, mask));
    if (threads > 1)
        assert_ok(davy_pool_create(threads, &run->pool));
    assert_ok(davy_network_create(graph, NULL, &run->network));
    assert_ok(davy_session_create(run->network, run->pool, &run->session));
    run->in[0] =
        recurrent_tensor(3, (int64_t[]){net->n, net->t, net->d * (net->packed ? 3 : 1)}, 0);
    run->in[1] = recurrent_tensor(3, (int64_t[]){net->n, net->s, net->d}, 1);
    run->in[2] = recurrent_tensor(3, (int64_t[]){net->n, net->s, net->d}, 2);
    for (size_t i = 0; i < 3; i++)
        for (int64_t e = 0; e < davy_tensor_count(&run->in[i]); e++)
            davy_f32(&run->in[i])[e] *= 4;
}

static void equals(struct attention net, const float *mask, const float *expected)
{
    struct recurrent_run run;

    net.n = 2;
    net.t = net.s = 5;
    net.d = 4;
    start(&net, mask, 1, &run);
    assert_ok(davy_session_run(run.session, run.in, run.out));
    assert_floats(&run.out[0], expected, 40, 2e-6);
    recurrent_stop(&run);
}

static void agrees_with_pytorch(void **state)
{
    static const float mask[] = {1, 1, 0, 1, 0, 0, 1, 1, 1, 1};

    (void) state;
    equals((struct attention){.heads = 1}, NULL, plain);
    equals((struct attention){.heads = 2}, NULL, two_heads);
    equals((struct attention){.heads = 2, .causal = true}, NULL, causal);
    equals((struct attention){.heads = 2, .window = 1}, NULL, windowed);
    equals((struct attention){.heads = 2, .mask = true}, mask, masked);
}

/* The same by the formula, in double precision, one query at a time. */
static void reference(const struct attention *net, const struct recurrent_run *run, float *y)
{
    const int64_t depth = net->d / net->heads;
    const double scale = net->scale == 0 ? 1 / sqrt((double) depth) : (double) net->scale;

    for (int64_t row = 0; row < net->n * net->t * net->heads; row++) {
        const int64_t n = row / net->heads / net->t, i = row / net->heads % net->t;
        const int64_t head = row % net->heads * depth;
        const float *q = davy_f32(&run->in[0]) + (n * net->t + i) * net->d + head;
        double sum = 0, out[64] = {0};

        for (int64_t j = 0; j < net->s; j++) {
            const float *k = davy_f32(&run->in[1]) + (n * net->s + j) * net->d + head;
            const float *v = davy_f32(&run->in[2]) + (n * net->s + j) * net->d + head;
            double score = 0;

            if ((net->causal && j > i) || (net->window && llabs(i - j) > net->window))
                continue;
            for (int64_t c = 0; c < depth; c++)
                score += (double) q[c] * (double) k[c];
            sum += exp(score * scale);
            for (int64_t c = 0; c < depth; c++)
                out[c] += exp(score * scale) * (double) v[c];
        }
        for (int64_t c = 0; c < depth; c++)
            y[(n * net->t + i) * net->d + head + c] = (float) (sum > 0 ? out[c] / sum : 0);
    }
}

/* Longer than one block of queries and keys, with rests. */
static void goes_on_from_block_to_block(void **state)
{
    static const struct attention nets[] = {
        {.n = 2, .t = 150, .s = 150, .d = 34, .heads = 2},
        {.n = 1, .t = 150, .s = 150, .d = 34, .heads = 1, .causal = true},
        {.n = 1, .t = 150, .s = 150, .d = 32, .heads = 2, .window = 70},
        {.n = 1, .t = 150, .s = 150, .d = 32, .heads = 2, .window = 3, .causal = true},
        {.n = 2, .t = 3, .s = 131, .d = 8, .heads = 1, .scale = 0.25F},
        {.n = 1, .t = 131, .s = 3, .d = 8, .heads = 1, .window = 5}, /* some see no key */
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(nets); i++) {
        const size_t count = (size_t) (nets[i].n * nets[i].t * nets[i].d);
        float *y = calloc(count, sizeof *y);
        struct recurrent_run run;

        assert_non_null(y);
        start(&nets[i], NULL, 1, &run);
        reference(&nets[i], &run, y);
        assert_ok(davy_session_run(run.session, run.in, run.out));
        assert_floats(&run.out[0], y, count, 1e-5);
        recurrent_stop(&run);
        free(y);
    }
}

static void has_gradients_that_differences_confirm(void **state)
{
    static const float mask[] = {1, 1, 0, 1, 0, 0, 1, 1, 1, 1};
    static const struct attention nets[] = {
        {.n = 2, .t = 5, .s = 5, .d = 4, .heads = 2},
        {.n = 2, .t = 5, .s = 5, .d = 4, .heads = 2, .packed = true},
        {.n = 2, .t = 5, .s = 5, .d = 4, .heads = 1, .causal = true},
        {.n = 2, .t = 5, .s = 5, .d = 4, .heads = 2, .window = 2},
        {.n = 2, .t = 5, .s = 5, .d = 4, .heads = 2, .mask = true},
        {.n = 1, .t = 2, .s = 7, .d = 6, .heads = 2, .scale = 0.5F},
        {.n = 1, .t = 130, .s = 70, .d = 4, .heads = 1},
        {.n = 1, .t = 70, .s = 70, .d = 4, .heads = 1, .causal = true, .packed = true},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(nets); i++) {
        struct recurrent_run run;
        davy_graph *graph;

        start(&nets[i], mask, 1, &run);
        for (size_t k = 0; k < 3; k++)
            pattern_fill(&run.in[k], (int64_t) k);
        assert_ok(davy_graph_create("attention", 0, &graph));
        gradient_check_threads(graph, gradient_probe(graph, attention_node(&nets[i], graph, mask)),
                               run.in, 1 + i % 2);
        recurrent_stop(&run);
    }
}

/* x gives q, k and v: three gradients arrive at one tensor. */
static void adds_the_gradients_of_one_tensor_that_is_all_three(void **state)
{
    const int64_t dims[] = {1, 5, 4};
    davy_tensor x = gradient_input(3, dims, 1, 1);
    davy_graph *graph;
    davy_value value;

    (void) state;
    assert_ok(davy_graph_create("attention", 0, &graph));
    value = davy_graph_input(graph, "x", DAVY_TYPE_F32, 3, dims);
    value = davy_graph_node(graph, "attention", (davy_value[]){value, value, value}, 3, 1)->out[0];
    gradient_check(graph, gradient_probe(graph, value), &x);
    free(x.data);
}

static void gives_the_same_bits_in_any_batch_and_any_threads(void **state)
{
    struct attention net = {.n = 9, .t = 70, .s = 70, .d = 12, .heads = 3, .packed = true};
    const size_t sample = (size_t) (net.t * net.d);
    struct recurrent_run many, one;

    (void) state;
    start(&net, NULL, 2, &many);
    assert_ok(davy_session_run(many.session, many.in, many.out));
    net.n = 1;
    start(&net, NULL, 1, &one);
    for (size_t i = 0; i < 9; i++) {
        memcpy(one.in[0].data, davy_f32(&many.in[0]) + i * 3 * sample,
               davy_tensor_bytes(&one.in[0]));
        assert_ok(davy_session_run(one.session, one.in, one.out));
        assert_memory_equal(one.out[0].data, davy_f32(&many.out[0]) + i * sample,
                            sample * sizeof(float));
    }
    recurrent_stop(&many);
    recurrent_stop(&one);
}

/* [N, heads, T, d], as foreign models have it: the numbers of [N heads, T, d]. */
static void takes_heads_as_a_dimension(void **state)
{
    const struct attention net = {.n = 6, .t = 5, .s = 5, .d = 4, .heads = 1};
    const int64_t dims[] = {2, 3, 5, 4};
    davy_value in[3];
    struct recurrent_run flat, apart = {0};
    davy_graph *graph;

    (void) state;
    start(&net, NULL, 1, &flat);
    assert_ok(davy_session_run(flat.session, flat.in, flat.out));
    assert_ok(davy_graph_create("attention", 0, &graph));
    for (size_t i = 0; i < 3; i++) {
        in[i] = davy_graph_input(graph, "", DAVY_TYPE_F32, 4, dims);
        apart.in[i] = gradient_input(4, dims, 0, 1);
        memcpy(apart.in[i].data, flat.in[i].data, davy_tensor_bytes(&flat.in[i]));
    }
    davy_graph_output(graph, davy_graph_node(graph, "attention", in, 3, 1)->out[0]);
    assert_ok(davy_network_create(graph, NULL, &apart.network));
    assert_ok(davy_session_create(apart.network, NULL, &apart.session));
    assert_ok(davy_session_run(apart.session, apart.in, apart.out));
    assert_int_equal(apart.out[0].rank, 4);
    assert_memory_equal(apart.out[0].data, flat.out[0].data, davy_tensor_bytes(&flat.out[0]));
    recurrent_stop(&flat);
    recurrent_stop(&apart);
}

/* No weight of softmax is left: zeros, and no gradient, rather than 0 / 0. */
static void gives_zeros_to_queries_that_may_see_no_key(void **state)
{
    static const float mask[] = {0, 0, 0, 0, 0, 1, 1, 1, 1, 1};
    const struct attention net = {.n = 2, .t = 5, .s = 5, .d = 4, .heads = 2, .mask = true};
    struct recurrent_run run;
    davy_graph *graph;

    (void) state;
    start(&net, mask, 1, &run);
    assert_ok(davy_session_run(run.session, run.in, run.out));
    for (size_t i = 0; i < 20; i++)
        assert_true(davy_f32(&run.out[0])[i] == 0.0F);
    assert_true(davy_f32(&run.out[0])[20] != 0.0F);
    for (size_t k = 0; k < 3; k++)
        pattern_fill(&run.in[k], (int64_t) k);
    assert_ok(davy_graph_create("attention", 0, &graph));
    gradient_check(graph, gradient_probe(graph, attention_node(&net, graph, mask)), run.in);
    recurrent_stop(&run);
}

static void refuses_what_does_not_fit(void **state)
{
    static const float mask[10] = {0};
    static const struct {
        struct attention net;
        const char *words;
    } wrong[] = {
        {{.n = 1, .t = 5, .s = 5, .d = 4, .heads = 3}, "not 3 equal heads"},
        {{.n = 1, .t = 5, .s = 5, .d = 4, .heads = 0}, "not 0 equal heads"},
        {{.n = 2, .t = 5, .s = 5, .d = 4, .heads = 2, .mask = true}, "mask is not float[1, 5]"},
    };
    davy_graph *graph;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(wrong); i++) {
        assert_ok(davy_graph_create("attention", 0, &graph));
        (void) davy_graph_tensor(graph, attention_node(&wrong[i].net, graph, mask));
        assert_fails(davy_graph_status(graph), DAVY_ERR_INVALID, wrong[i].words);
        davy_graph_destroy(graph);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_pytorch),
        cmocka_unit_test(goes_on_from_block_to_block),
        cmocka_unit_test(has_gradients_that_differences_confirm),
        cmocka_unit_test(adds_the_gradients_of_one_tensor_that_is_all_three),
        cmocka_unit_test(gives_the_same_bits_in_any_batch_and_any_threads),
        cmocka_unit_test(takes_heads_as_a_dimension),
        cmocka_unit_test(gives_zeros_to_queries_that_may_see_no_key),
        cmocka_unit_test(refuses_what_does_not_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
