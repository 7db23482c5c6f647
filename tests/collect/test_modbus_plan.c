/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/modbus_plan.h"

#include "plant.h"

/* Plan signals given as table, address and type. */
static void make_plan(davy_modbus_plan *plan, struct plant *plant, const davy_site_from *from,
                      size_t count)
{
    plant_init(plant, "modbus", count);
    for (size_t i = 0; i < count; i++)
        plant->signals[i].from = from[i];
    *plan = (davy_modbus_plan){0};
    assert_ok(davy_modbus_plan_init(plan, &plant->site, &plant->source));
}

static void expect_request(const davy_modbus_plan *plan, size_t index, uint32_t address,
                           uint16_t count, size_t items)
{
    assert_true(index < plan->request_count);
    assert_int_equal(plan->requests[index].address, address);
    assert_int_equal(plan->requests[index].count, count);
    assert_int_equal(plan->requests[index].items, items);
}

static davy_site_from holding(uint16_t address, davy_modbus_type type)
{
    return (davy_site_from){.table = DAVY_MODBUS_HOLDING, .address = address, .type = type};
}

static void registers_that_lie_together_are_read_together(void **state)
{
    const davy_site_from from[] = {
        holding(30, DAVY_MODBUS_FLOAT32), holding(10, DAVY_MODBUS_INT16),
        holding(11, DAVY_MODBUS_FLOAT64),
        holding(15 + DAVY_MODBUS_GAP_REGISTERS, DAVY_MODBUS_INT16),
        holding(15 + 2 * DAVY_MODBUS_GAP_REGISTERS + 2, DAVY_MODBUS_INT16)};
    davy_modbus_plan plan;
    struct plant plant;

    (void) state;
    make_plan(&plan, &plant, from, DAVY_ARRAY_LENGTH(from));
    assert_int_equal(plan.request_count, 2);
    expect_request(&plan, 0, 10, 22, 4);
    expect_request(&plan, 1, 49, 1, 1);
    assert_int_equal(plan.items[0].index, 1);
    davy_modbus_plan_clear(&plan);
}

static void tables_are_read_apart(void **state)
{
    const davy_site_from from[] = {{.table = DAVY_MODBUS_INPUT, .address = 1},
                                   {.table = DAVY_MODBUS_HOLDING, .address = 1},
                                   {.table = DAVY_MODBUS_COIL, .address = 1},
                                   {.table = DAVY_MODBUS_DISCRETE, .address = 1}};
    davy_modbus_plan plan;
    struct plant plant;

    (void) state;
    make_plan(&plan, &plant, from, DAVY_ARRAY_LENGTH(from));
    assert_int_equal(plan.request_count, 4);
    davy_modbus_plan_clear(&plan);
}

/* The limits of the specification, 125 registers and 2,000 bits: exactly full is one request. */
static void requests_end_at_the_limits_of_the_protocol(void **state)
{
    static davy_site_from from[DAVY_MODBUS_REGISTERS_MAX + 1];
    davy_modbus_plan plan;
    struct plant plant;

    (void) state;
    for (uint16_t i = 0; i < DAVY_ARRAY_LENGTH(from); i++)
        from[i] = holding(i, DAVY_MODBUS_UINT16);
    make_plan(&plan, &plant, from, DAVY_MODBUS_REGISTERS_MAX);
    assert_int_equal(plan.request_count, 1);
    expect_request(&plan, 0, 0, 125, 125);
    davy_modbus_plan_clear(&plan);
    make_plan(&plan, &plant, from, DAVY_MODBUS_REGISTERS_MAX + 1);
    assert_int_equal(plan.request_count, 2);
    expect_request(&plan, 1, 125, 1, 1);
    davy_modbus_plan_clear(&plan);

    for (uint16_t i = 0; i < 17; i++)
        from[i] = (davy_site_from){.table = DAVY_MODBUS_COIL, .address = (uint16_t) (i * 125)};
    make_plan(&plan, &plant, from, 17); /* bits 0 to 2000 are one too many */
    assert_int_equal(plan.request_count, 2);
    expect_request(&plan, 0, 0, 1876, 16);
    davy_modbus_plan_clear(&plan);
}

static void a_value_cut_by_the_end_of_the_table_is_refused(void **state)
{
    davy_modbus_plan plan = {0};
    struct plant plant;

    (void) state;
    plant_init(&plant, "modbus", 1);
    plant.signals[0].from = holding(65535, DAVY_MODBUS_FLOAT32);
    assert_fails(davy_modbus_plan_init(&plan, &plant.site, &plant.source), DAVY_ERR_INVALID,
                 "'A/s0' reaches past register 65535");
    davy_modbus_plan_clear(&plan);
    plant.signals[0].from = holding(65534, DAVY_MODBUS_FLOAT32);
    assert_ok(davy_modbus_plan_init(&plan, &plant.site, &plant.source));
    davy_modbus_plan_clear(&plan);
}

static void a_refused_block_is_cut_at_its_widest_gap_first(void **state)
{
    const davy_site_from from[] = {holding(0, DAVY_MODBUS_INT16), holding(1, DAVY_MODBUS_INT16),
                                   holding(4, DAVY_MODBUS_INT16), holding(10, DAVY_MODBUS_INT16)};
    davy_modbus_plan plan;
    struct plant plant;

    (void) state;
    make_plan(&plan, &plant, from, 4);
    assert_true(davy_modbus_plan_split(&plan, 0));
    expect_request(&plan, 0, 0, 5, 3);
    expect_request(&plan, 1, 10, 1, 1);
    assert_true(davy_modbus_plan_split(&plan, 0));
    expect_request(&plan, 0, 0, 2, 2);
    expect_request(&plan, 1, 4, 1, 1);
    expect_request(&plan, 2, 10, 1, 1);
    assert_true(davy_modbus_plan_split(&plan, 0));
    assert_false(davy_modbus_plan_split(&plan, 0));
    assert_int_equal(plan.request_count, 4);
    davy_modbus_plan_merge(&plan);
    assert_int_equal(plan.request_count, 1);
    davy_modbus_plan_clear(&plan);
}

static void items_of_one_place_are_never_cut_apart(void **state)
{
    const davy_site_from from[] = {holding(7, DAVY_MODBUS_INT8L), holding(7, DAVY_MODBUS_INT8H),
                                   holding(7, DAVY_MODBUS_BIT), holding(7, DAVY_MODBUS_FLOAT32)};
    davy_modbus_plan plan;
    struct plant plant;

    (void) state;
    make_plan(&plan, &plant, from, 4);
    expect_request(&plan, 0, 7, 2, 4);
    assert_true(davy_modbus_plan_split(&plan, 0)); /* the float may reach too far, alone */
    expect_request(&plan, 0, 7, 1, 3);
    expect_request(&plan, 1, 7, 2, 1);
    assert_false(davy_modbus_plan_split(&plan, 0));
    davy_modbus_plan_clear(&plan);
}

/* One bad register among 100: cutting in halves takes at most two requests for each of log2(100),
 * rounded up, levels. */
static void one_bad_register_costs_few_requests(void **state)
{
    static davy_site_from from[100];
    davy_modbus_plan plan;
    struct plant plant;

    (void) state;
    for (uint16_t i = 0; i < 100; i++)
        from[i] = holding(i, DAVY_MODBUS_INT16);
    make_plan(&plan, &plant, from, 100);
    for (size_t i = 0; i < plan.request_count; i++)
        while (plan.requests[i].address <= 63 &&
               plan.requests[i].address + plan.requests[i].count > 63)
            if (!davy_modbus_plan_split(&plan, i))
                break;
    assert_true(plan.request_count <= 8);
    davy_modbus_plan_clear(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registers_that_lie_together_are_read_together),
        cmocka_unit_test(tables_are_read_apart),
        cmocka_unit_test(requests_end_at_the_limits_of_the_protocol),
        cmocka_unit_test(a_value_cut_by_the_end_of_the_table_is_refused),
        cmocka_unit_test(a_refused_block_is_cut_at_its_widest_gap_first),
        cmocka_unit_test(items_of_one_place_are_never_cut_apart),
        cmocka_unit_test(one_bad_register_costs_few_requests),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
