/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Losses and their gradients against PyTorch 1.13 (torch.nn.functional, or the same formula written
 * in torch where it has no such loss: focal, pinball, contrastive), and against differences.
 */
#include "nn/op.h"

#include "gradient.h"

struct loss_case {
    const char *op;
    void (*set)(davy_graph *graph, davy_node *node); /* attributes; NULL: none */
    int rank;
    int64_t dims[2];
    const float *x;
    davy_tensor target, third; /* type NONE: absent */
    double loss;
    const float *diff; /* [elements of x] */
    bool kinks;        /* where differences say nothing */
};

#define FLOATS(r, a, b, ...)                                                                    \
    {                                                                                           \
        .type = DAVY_TYPE_F32, .rank = (r), .dims = {(a), (b)}, .data = (float[]){__VA_ARGS__}, \
    }
#define VALUES(...) ((const float[]){__VA_ARGS__})

static davy_graph *build(const struct loss_case *c, davy_value *x, davy_value *loss)
{
    davy_graph *graph;
    davy_value in[3] = {DAVY_VALUE_NONE, DAVY_VALUE_NONE, DAVY_VALUE_NONE};
    davy_node *node;

    assert_ok(davy_graph_create(c->op, 0, &graph));
    in[0] = *x = davy_graph_parameter(graph, "x", DAVY_ROLE_PARAMETER, c->rank, c->dims);
    memcpy(graph->values[*x].tensor.data, c->x, davy_tensor_bytes(&graph->values[*x].tensor));
    in[1] = davy_graph_constant(graph, "target", &c->target);
    if (c->third.type != DAVY_TYPE_NONE)
        in[2] = davy_graph_constant(graph, "third", &c->third);
    node = davy_graph_node(graph, c->op, in, c->third.type != DAVY_TYPE_NONE ? 3 : 2, 1);
    if (node && c->set)
        c->set(graph, node);
    *loss = node ? node->out[0] : DAVY_VALUE_NONE;
    return graph;
}

struct ready {
    davy_graph *graph;
    davy_value x, loss;
    davy_plan *plan;
    davy_runner *runner;
    davy_pool *pool;
    davy_memory arena, diffs;
};

static davy_status make_ready(const struct loss_case *c, bool training, struct ready *ready)
{
    davy_plan_options options = {.env = {.kernels = davy_kernels_best(),
                                         .training = training,
                                         .threads = 1,
                                         .memory_max = (size_t) 1 << 30},
                                 .changing = true};
    davy_status status;

    ready->graph = build(c, &ready->x, &ready->loss);
    options.loss = ready->loss;
    status = davy_plan_create(ready->graph, NULL, &options, &ready->plan);
    if (status != DAVY_OK)
        return status;
    assert_ok(davy_runner_create(ready->plan, ready->pool, &ready->runner));
    davy_runner_bind(ready->runner, davy_memory_reserve(&ready->arena, ready->plan->arena_bytes),
                     davy_memory_reserve(&ready->diffs, ready->plan->diff_bytes + 1));
    return DAVY_OK;
}

static void done(struct ready *ready)
{
    davy_runner_destroy(ready->runner);
    davy_plan_destroy(ready->plan);
    davy_graph_destroy(ready->graph);
    davy_memory_clear(&ready->arena);
    davy_memory_clear(&ready->diffs);
}

static float loss_of(struct ready *ready)
{
    return *davy_f32(davy_runner_value(ready->runner, ready->loss));
}

static void close_to(const char *what, double value, double expected)
{
    if (!(fabs(value - expected) <= 2e-6 * (1e-2 + fabs(expected))))
        fail_msg("%s is %.9g and not %.9g", what, value, expected);
}

static void check_case(const struct loss_case *c)
{
    struct ready ready = {.graph = NULL};
    davy_value x, loss;

    assert_ok(make_ready(c, true, &ready));
    assert_ok(davy_runner_forward(ready.runner, NULL));
    close_to(c->op, (double) loss_of(&ready), c->loss);
    davy_runner_backward(ready.runner, 1.0F);
    for (int64_t i = 0; i < davy_tensor_count(&ready.graph->values[ready.x].tensor); i++)
        close_to(c->op, (double) davy_f32(davy_runner_diff(ready.runner, ready.x))[i],
                 (double) c->diff[i]);
    done(&ready);
    if (c->kinks)
        return;
    ready.graph = build(c, &x, &loss);
    gradient_check(ready.graph, loss, NULL);
}

static const float logits[] = {1.5F,   -0.5F, 0.25F, 0.0F, 2.0F, -1.0F,
                               -1.25F, 0.75F, 3.0F,  0.5F, 0.5F, -2.0F};
#define CLASSES                                                                         \
    {                                                                                   \
        .type = DAVY_TYPE_I64, .rank = 1, .dims = {4}, .data = (int64_t[]){0, 2, 2, 1}, \
    }
#define SOFT    FLOATS(2, 4, 3, 0.7F, 0.2F, 0.1F, 0.0F, 0.5F, 0.5F, 0.1F, 0.1F, 0.8F, 1.0F, 0.0F, 0.0F)
#define WEIGHTS FLOATS(1, 3, 0, 1.0F, 2.0F, 0.5F)

static void smooth_a_tenth(davy_graph *graph, davy_node *node)
{
    davy_node_set_float(graph, node, "smoothing", 0.1F);
}

static void smooth_a_fifth(davy_graph *graph, davy_node *node)
{
    davy_node_set_float(graph, node, "smoothing", 0.2F);
}

static void focus(davy_graph *graph, davy_node *node)
{
    davy_node_set_float(graph, node, "focal", 2.0F);
}

static void focus_less(davy_graph *graph, davy_node *node)
{
    davy_node_set_float(graph, node, "focal", 0.5F);
}

static void cross_entropy_is_pytorchs(void **state)
{
    const struct loss_case cases[] = {
        {.loss = 1.092049,
         .target = CLASSES,
         .diff = VALUES(-0.074171513F, 0.023795795F, 0.050375704F, 0.028548799F, 0.21094868F,
                        -0.23949748F, 0.0031849381F, 0.023533681F, -0.026718631F, 0.12007195F,
                        -0.12992805F, 0.0098561049F)},
        {.loss = 0.8650322,
         .target = CLASSES,
         .third = WEIGHTS,
         .diff = VALUES(-0.074171513F, 0.023795795F, 0.050375704F, 0.0142744F, 0.10547434F,
                        -0.11974874F, 0.0015924691F, 0.011766841F, -0.013359316F, 0.2401439F,
                        -0.2598561F, 0.01971221F)},
        {.loss = 0.96947634,
         .target = CLASSES,
         .third = WEIGHTS,
         .set = smooth_a_tenth,
         .diff = VALUES(-0.054574374F, 0.0075257234F, 0.047048632F, 0.0078443196F, 0.10287091F,
                        -0.11071524F, -0.0065285354F, -0.0033309148F, 0.0098594408F, 0.22180456F,
                        -0.23652877F, 0.014724201F)},
        {.loss = 1.0107991,
         .target = SOFT,
         .diff = VALUES(0.00082848966F, -0.026204206F, 0.025375703F, 0.028548799F, 0.085948676F,
                        -0.11449748F, -0.021815062F, -0.001466319F, 0.023281366F, -0.12992805F,
                        0.12007195F, 0.0098561049F)},
        {.loss = 1.1653031,
         .target = SOFT,
         .third = WEIGHTS,
         .set = smooth_a_fifth,
         .diff = VALUES(0.046122205F, -0.085888863F, 0.039766647F, 0.018543519F, 0.026836703F,
                        -0.045380231F, -0.03413995F, -0.054663282F, 0.088803232F, -0.092592329F,
                        0.090741009F, 0.0018513076F)},
        {.loss = 0.78486592,
         .target = CLASSES,
         .set = focus,
         .diff = VALUES(-0.017423006F, 0.005589671F, 0.011833334F, 0.033484511F, 0.24741895F,
                        -0.28090346F, 0.00010510224F, 0.00077660638F, -0.00088170933F, 0.07639166F,
                        -0.082662262F, 0.0062706093F)},
        {.loss = 0.7047106,
         .target = CLASSES,
         .third = WEIGHTS,
         .set = focus_less,
         .diff = VALUES(-0.057253942F, 0.018368283F, 0.038885657F, 0.014942392F, 0.11041018F,
                        -0.12535256F, 0.00076647324F, 0.0056635137F, -0.0064299903F, 0.23178805F,
                        -0.25081438F, 0.01902632F)},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        struct loss_case c = cases[i];

        c.op = "cross_entropy";
        c.rank = 2;
        c.dims[0] = 4;
        c.dims[1] = 3;
        c.x = logits;
        check_case(&c);
    }
}

/* By hand: softmax is 1 and 0 to the last bit, so the loss is 0 and 2000, and with focal 1/2, whose
 * slope has a pole at p = 1 when it is written without care, too. */
static void cross_entropy_of_sure_answers_is_finite(void **state)
{
    static const float sure[] = {1000.0F, 0.0F, -1000.0F, -1000.0F, 0.0F, 1000.0F};
    struct loss_case c = {
        .op = "cross_entropy",
        .rank = 2,
        .dims = {2, 3},
        .x = sure,
        .loss = 1000.0,
        .target = {.type = DAVY_TYPE_I64, .rank = 1, .dims = {2}, .data = (int64_t[]){0, 0}},
        .diff = VALUES(0.0F, 0.0F, 0.0F, -0.5F, 0.0F, 0.5F),
        .kinks = true};

    (void) state;
    check_case(&c);
    c.set = focus_less;
    check_case(&c);
}

static void a_batch_without_weight_has_no_loss(void **state)
{
    struct loss_case c = {.op = "cross_entropy",
                          .rank = 2,
                          .dims = {4, 3},
                          .x = logits,
                          .target = CLASSES,
                          .third = FLOATS(1, 3, 0, 0.0F, 0.0F, 0.0F),
                          .loss = 0.0,
                          .diff = (const float[12]){0.0F}};

    (void) state;
    check_case(&c);
}

static void take_logits(davy_graph *graph, davy_node *node)
{
    davy_node_set_int(graph, node, "logits", 1);
}

static void halve_delta(davy_graph *graph, davy_node *node)
{
    davy_node_set_float(graph, node, "delta", 0.5F);
}

static void losses_of_elements_are_pytorchs(void **state)
{
    static const float x[] = {0.5F, -1.25F, 2.0F, 0.0F, 3.5F, -0.75F};
    static const float p[] = {0.5F, 0.125F, 0.9F, 0.001F, 1.0F, 0.25F};
    static const float z[] = {0.5F, -1.25F, 20.0F, -90.0F, 3.5F, 90.0F};
    const struct loss_case cases[] = {
        {.op = "mse",
         .x = x,
         .target = FLOATS(1, 6, 0, 0.0F, -1.0F, 0.25F, 0.0F, 1.0F, 1.0F),
         .loss = 2.1145833,
         .diff = VALUES(0.16666667F, -0.083333336F, 0.58333337F, 0.0F, 0.83333337F, -0.58333337F)},
        {.op = "mae",
         .x = x,
         .target = FLOATS(1, 6, 0, 0.0F, -1.0F, 0.25F, 0.0F, 1.0F, 1.0F),
         .loss = 1.125,
         .kinks = true,
         .diff = VALUES(0.16666667F, -0.16666667F, 0.16666667F, 0.0F, 0.16666667F, -0.16666667F)},
        {.op = "mae",
         .x = x,
         .target = FLOATS(1, 6, 0, 0.0F, -1.0F, 0.25F, 1.0F, 1.0F, 1.0F),
         .loss = 1.125 + 1.0 / 6.0, /* by hand: the same without the tie */
         .diff = VALUES(0.16666667F, -0.16666667F, 0.16666667F, -0.16666667F, 0.16666667F,
                        -0.16666667F)},
        {.op = "huber",
         .x = x,
         .target = FLOATS(1, 6, 0, 0.0F, -1.0F, 0.25F, 0.0F, 1.0F, 1.0F),
         .loss = 0.77604169,
         .diff = VALUES(0.083333336F, -0.041666668F, 0.16666667F, 0.0F, 0.16666667F, -0.16666667F)},
        {.op = "huber",
         .x = x,
         .target = FLOATS(1, 6, 0, 0.0F, -1.0F, 0.25F, 0.0F, 1.0F, 1.0F),
         .loss = 0.46354166,
         .set = halve_delta,
         .kinks = true,
         .diff =
             VALUES(0.083333336F, -0.041666668F, 0.083333336F, 0.0F, 0.083333336F, -0.083333336F)},
        {.op = "bce",
         .x = p,
         .target = FLOATS(1, 6, 0, 1.0F, 0.0F, 0.75F, 0.0F, 1.0F, 1.0F),
         .loss = 0.47810665,
         .kinks = true,
         .diff = VALUES(-0.33333334F, 0.19047619F, 0.27777767F, 0.16683351F, 0.0F, -0.66666669F)},
        {.op = "bce",
         .x = z,
         .target = FLOATS(1, 6, 0, 1.0F, 0.0F, 0.75F, 0.0F, 1.0F, 1.0F),
         .loss = 0.95929271,
         .set = take_logits,
         .diff = VALUES(-0.062923439F, 0.037116688F, 0.041666668F, 0.0F, -0.0048853755F, 0.0F)},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        struct loss_case c = cases[i];

        c.rank = 1;
        c.dims[0] = 6;
        check_case(&c);
    }
}

static void bce_follows_its_slope(void **state)
{
    struct loss_case c = {.op = "bce", .rank = 1, .dims = {3}, .x = VALUES(0.5F, 0.25F, 0.7F)};
    davy_value x, loss;
    davy_graph *graph;

    (void) state;
    c.target = (davy_tensor) FLOATS(1, 3, 0, 1.0F, 0.0F, 0.4F);
    graph = build(&c, &x, &loss);
    gradient_check(graph, loss, NULL);
}

/* PyTorch: 100 where ln 0 is meant, and 1e12 / 2 as the slope. */
static void bce_of_wrong_certainty_is_finite(void **state)
{
    struct loss_case c = {.op = "bce",
                          .rank = 1,
                          .dims = {2},
                          .x = VALUES(0.0F, 1.0F),
                          .target = FLOATS(1, 2, 0, 1.0F, 0.0F),
                          .loss = 100.0,
                          .kinks = true,
                          .diff = VALUES(-5e11F, 5e11F)};

    (void) state;
    check_case(&c);
}

/* By hand: ln(1 + exp(-20)) = 2.0611536e-9, which 1 + exp(-20) in float does not show. */
static void bce_of_logits_keeps_small_losses(void **state)
{
    struct loss_case c = {.op = "bce",
                          .set = take_logits,
                          .rank = 1,
                          .dims = {1},
                          .x = VALUES(20.0F),
                          .target = FLOATS(1, 1, 0, 1.0F)};
    struct ready ready = {.graph = NULL};

    (void) state;
    assert_ok(make_ready(&c, false, &ready));
    assert_ok(davy_runner_forward(ready.runner, NULL));
    assert_near(loss_of(&ready) * 1e9F, 2.0611536F, 1e-5F);
    done(&ready);
}

static void set_quantiles(davy_graph *graph, davy_node *node)
{
    davy_node_set_floats(graph, node, "quantiles", VALUES(0.1F, 0.5F, 0.9F), 3);
}

static void pinball_is_the_formula(void **state)
{
    struct loss_case c = {.op = "pinball",
                          .set = set_quantiles,
                          .rank = 2,
                          .dims = {2, 3},
                          .x = VALUES(0.5F, 1.0F, 2.0F, -1.0F, 0.0F, 0.5F),
                          .target = FLOATS(1, 2, 0, 1.5F, -0.25F),
                          .loss = 0.1125,
                          .diff = VALUES(-0.016666668F, -0.083333336F, 0.016666671F, -0.016666668F,
                                         0.083333336F, 0.016666671F)};

    (void) state;
    check_case(&c);
    c.target.rank = 2; /* [N, 1] is as good */
    c.target.dims[1] = 1;
    check_case(&c);
}

static void set_margin(davy_graph *graph, davy_node *node)
{
    davy_node_set_float(graph, node, "margin", 1.5F);
}

static void set_temperature(davy_graph *graph, davy_node *node)
{
    davy_node_set_float(graph, node, "temperature", 0.5F);
}

static void contrastive_is_the_formula(void **state)
{
    static const float a[] = {1.0F, 0.5F, -0.5F, 2.0F, 0.25F, -1.0F};
    const struct loss_case pairs = {.op = "contrastive",
                                    .set = set_margin,
                                    .rank = 2,
                                    .dims = {3, 2},
                                    .x = a,
                                    .target =
                                        FLOATS(2, 3, 2, 0.75F, 1.0F, 0.5F, 1.5F, 1.0F, -0.25F),
                                    .third = FLOATS(1, 3, 0, 1.0F, 0.0F, 0.0F),
                                    .loss = 0.10856959,
                                    .diff = VALUES(0.083333336F, -0.16666667F, 0.11388026F,
                                                   -0.056940131F, 0.10355341F, 0.10355341F)};
    const struct loss_case views = {.op = "contrastive",
                                    .set = set_temperature,
                                    .rank = 2,
                                    .dims = {3, 2},
                                    .x = a,
                                    .target =
                                        FLOATS(2, 3, 2, 0.75F, 1.0F, 0.5F, 1.5F, 1.0F, -0.25F),
                                    .loss = 0.98352623,
                                    .diff = VALUES(0.090758882F, -0.18151778F, 0.0063807219F,
                                                   0.0015951917F, -0.20676926F, -0.051692337F)};

    (void) state;
    check_case(&pairs);
    check_case(&views);
}

/* Both sides are learnt: the gradients of both by differences. */
static void contrastive_moves_both_sides(void **state)
{
    (void) state;
    for (int form = 0; form < 2; form++) {
        davy_graph *graph;
        davy_value in[3];
        davy_node *node;

        assert_ok(davy_graph_create("contrastive", 0, &graph));
        in[0] = davy_graph_parameter(graph, "a", DAVY_ROLE_PARAMETER, 2, (int64_t[]){5, 7});
        in[1] = davy_graph_parameter(graph, "b", DAVY_ROLE_PARAMETER, 2, (int64_t[]){5, 7});
        in[2] = davy_graph_constant(graph, "same",
                                    &(davy_tensor) FLOATS(1, 5, 0, 1.0F, 0.0F, 1.0F, 0.0F, 0.0F));
        gradient_fill_parameters(graph, 1.0F);
        node = davy_graph_node(graph, "contrastive", in, form ? 3 : 2, 1);
        davy_node_set_float(graph, node, "margin", 5.0F); /* no pair beyond it */
        davy_node_set_float(graph, node, "temperature", 0.7F);
        gradient_check(graph, node->out[0], NULL);
    }
}

static void nothing_is_learnt_for_a_row_without_direction(void **state)
{
    struct loss_case c = {.op = "contrastive",
                          .set = set_temperature,
                          .rank = 2,
                          .dims = {2, 2},
                          .x = VALUES(0.0F, 0.0F, 1.0F, 0.0F),
                          .target = FLOATS(2, 2, 2, 0.0F, 1.0F, 1.0F, 1.0F)};
    struct ready ready = {.graph = NULL};
    const float *diff;

    (void) state;
    assert_ok(make_ready(&c, true, &ready));
    assert_ok(davy_runner_forward(ready.runner, NULL));
    assert_true(isfinite(loss_of(&ready)));
    davy_runner_backward(ready.runner, 1.0F);
    diff = davy_f32(davy_runner_diff(ready.runner, ready.x));
    assert_true(diff[0] == 0.0F && diff[1] == 0.0F && diff[3] != 0.0F);
    done(&ready);
}

/* 3 x 5000 elements are several chunks, which two threads share. */
static void one_thread_and_two_agree_to_the_bit(void **state)
{
    static const char *const ops[] = {"mse", "bce", "cross_entropy", "pinball"};
    static float x[15000], t[15000], diff[2][15000], loss[2];

    (void) state;
    for (uint64_t i = 0; i < DAVY_ARRAY_LENGTH(x); i++) {
        x[i] = davy_random_uniform(1, 1, i);
        t[i] = davy_random_uniform(1, 2, i);
    }
    for (size_t op = 0; op < DAVY_ARRAY_LENGTH(ops); op++) {
        struct loss_case c = {
            .op = ops[op],
            .rank = 2,
            .dims = {5000, 3},
            .x = x,
            .set = op == 3 ? set_quantiles : NULL,
            .target = {
                .type = DAVY_TYPE_F32, .rank = 2, .dims = {5000, op == 3 ? 1 : 3}, .data = t}};

        for (size_t threads = 1; threads <= 2; threads++) {
            struct ready ready = {.graph = NULL};

            assert_ok(davy_pool_create(threads, &ready.pool));
            assert_ok(make_ready(&c, true, &ready));
            assert_ok(davy_runner_forward(ready.runner, NULL));
            davy_runner_backward(ready.runner, 1.0F);
            loss[threads - 1] = loss_of(&ready);
            memcpy(diff[threads - 1], davy_runner_diff(ready.runner, ready.x)->data, sizeof x);
            done(&ready);
            davy_pool_destroy(ready.pool);
        }
        assert_memory_equal(&loss[0], &loss[1], sizeof loss[0]);
        assert_memory_equal(diff[0], diff[1], sizeof diff[0]);
    }
}

static void a_nan_shows_in_every_loss(void **state)
{
    static const char *const ops[] = {"mse",           "mae",     "huber",      "bce",
                                      "cross_entropy", "pinball", "contrastive"};

    (void) state;
    for (size_t op = 0; op < DAVY_ARRAY_LENGTH(ops); op++) {
        struct loss_case c = {.op = ops[op],
                              .rank = 2,
                              .dims = {2, 3},
                              .x = VALUES(0.5F, 0.25F, NAN, 0.25F, 0.5F, 0.25F),
                              .set = strcmp(ops[op], "pinball") ? NULL : set_quantiles,
                              .target = FLOATS(2, 2, 3, 0.1F, 0.2F, 0.3F, 0.4F, 0.5F, 0.6F)};
        struct ready ready = {.graph = NULL};

        if (strcmp(ops[op], "pinball") == 0)
            c.target.dims[1] = 1;
        assert_ok(make_ready(&c, true, &ready));
        assert_ok(davy_runner_forward(ready.runner, NULL));
        if (!isnan(loss_of(&ready)))
            fail_msg("%s of NaN is %g", ops[op], (double) loss_of(&ready));
        done(&ready);
    }
}

static void bad_delta(davy_graph *graph, davy_node *node)
{
    davy_node_set_float(graph, node, "delta", 0.0F);
}

static void bad_smoothing(davy_graph *graph, davy_node *node)
{
    davy_node_set_float(graph, node, "smoothing", 1.5F);
}

static void bad_quantiles(davy_graph *graph, davy_node *node)
{
    davy_node_set_floats(graph, node, "quantiles", VALUES(0.1F, 0.5F, 1.0F), 3);
}

static void refuses_what_makes_no_sense(void **state)
{
    const struct {
        struct loss_case c;
        const char *words;
    } cases[] = {
        {{.op = "mse", .dims = {2, 3}, .target = FLOATS(2, 3, 2, 0)}, "against"},
        {{.op = "huber", .dims = {2, 3}, .target = FLOATS(2, 2, 3, 0), .set = bad_delta},
         "delta 0"},
        {{.op = "cross_entropy", .dims = {4, 3}, .target = CLASSES, .set = bad_smoothing},
         "smoothing 1.5"},
        {{.op = "cross_entropy", .dims = {2, 3}, .target = CLASSES}, "targets are int64[4]"},
        {{.op = "cross_entropy", .dims = {4, 2}, .target = CLASSES, .third = WEIGHTS},
         "3 weights for 2 classes"},
        {{.op = "pinball", .dims = {2, 3}, .target = FLOATS(1, 2, 0, 0)}, "0 quantiles"},
        {{.op = "pinball", .dims = {2, 3}, .target = FLOATS(1, 2, 0, 0), .set = bad_quantiles},
         "quantile 1 "},
        {{.op = "contrastive", .dims = {2, 3}, .target = FLOATS(2, 2, 3, 0), .third = WEIGHTS},
         "3 answers for 2 pairs"},
        {{.op = "mae", .dims = {0, 3}, .target = FLOATS(2, 0, 3, 0)}, "nothing"},
    };

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        static float zeros[16];
        struct loss_case c = cases[i].c;
        struct ready ready = {.graph = NULL};

        c.rank = 2;
        c.x = zeros;
        c.target.data = c.target.type == DAVY_TYPE_F32 ? zeros : c.target.data;
        assert_fails(make_ready(&c, true, &ready), DAVY_ERR_INVALID, cases[i].words);
        done(&ready);
    }
}

static void a_class_that_is_none_is_named(void **state)
{
    struct loss_case c = {
        .op = "cross_entropy",
        .rank = 2,
        .dims = {4, 3},
        .x = logits,
        .target = {
            .type = DAVY_TYPE_I64, .rank = 1, .dims = {4}, .data = (int64_t[]){0, 1, 3, -1}}};
    struct ready ready = {.graph = NULL};

    (void) state;
    assert_ok(make_ready(&c, true, &ready));
    assert_fails(davy_runner_forward(ready.runner, NULL), DAVY_ERR_INVALID,
                 "sample 2 is of class 3; there are 3");
    done(&ready);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cross_entropy_is_pytorchs),
        cmocka_unit_test(cross_entropy_of_sure_answers_is_finite),
        cmocka_unit_test(a_batch_without_weight_has_no_loss),
        cmocka_unit_test(losses_of_elements_are_pytorchs),
        cmocka_unit_test(bce_follows_its_slope),
        cmocka_unit_test(bce_of_wrong_certainty_is_finite),
        cmocka_unit_test(bce_of_logits_keeps_small_losses),
        cmocka_unit_test(pinball_is_the_formula),
        cmocka_unit_test(contrastive_is_the_formula),
        cmocka_unit_test(contrastive_moves_both_sides),
        cmocka_unit_test(nothing_is_learnt_for_a_row_without_direction),
        cmocka_unit_test(one_thread_and_two_agree_to_the_bit),
        cmocka_unit_test(a_nan_shows_in_every_loss),
        cmocka_unit_test(refuses_what_makes_no_sense),
        cmocka_unit_test(a_class_that_is_none_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
