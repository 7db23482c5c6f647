/* SPDX-License-Identifier: Apache-2.0 */
#include "collect/modbus_plan.h"

#include "collect/modbus_value.h"
#include "collect/source.h"

#include <stdlib.h>
#include <string.h>

#define ADDRESS_END ((uint32_t) 65536)

static int compare_items(const void *a, const void *b)
{
    const davy_modbus_item *x = a, *y = b;

    if (x->table != y->table)
        return x->table < y->table ? -1 : 1;
    if (x->address != y->address)
        return x->address < y->address ? -1 : 1;
    if (x->width != y->width)
        return x->width < y->width ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static uint32_t item_end(const davy_modbus_item *item)
{
    return item->address + item->width;
}

/* The request that reads items[first .. first + count). */
static davy_modbus_request cover(const davy_modbus_plan *plan, size_t first, size_t count)
{
    const davy_modbus_item *items = plan->items + first;
    uint32_t end = 0;

    for (size_t i = 0; i < count; i++)
        if (item_end(&items[i]) > end)
            end = item_end(&items[i]);
    return (davy_modbus_request){.table = items[0].table,
                                 .address = items[0].address,
                                 .count = (uint16_t) (end - items[0].address),
                                 .first = first,
                                 .items = count};
}

/* True when the item can be read with a request that ends at `end`. */
static bool fits(const davy_modbus_request *request, const davy_modbus_item *item)
{
    bool bits = davy_modbus_is_bits(request->table);
    uint32_t end = request->address + request->count;

    return item->table == request->table &&
           item->address <= end + (bits ? DAVY_MODBUS_GAP_BITS : DAVY_MODBUS_GAP_REGISTERS) &&
           item_end(item) - request->address <=
               (bits ? DAVY_MODBUS_BITS_MAX : DAVY_MODBUS_REGISTERS_MAX);
}

void davy_modbus_plan_merge(davy_modbus_plan *plan)
{
    davy_modbus_request *request = NULL;

    plan->request_count = 0;
    for (size_t i = 0; i < plan->item_count; i++) {
        if (!request || !fits(request, &plan->items[i])) {
            request = &plan->requests[plan->request_count++];
            *request = cover(plan, i, 1);
            continue;
        }
        request->items++;
        if (item_end(&plan->items[i]) > request->address + request->count)
            request->count = (uint16_t) (item_end(&plan->items[i]) - request->address);
    }
}

davy_status davy_modbus_plan_init(davy_modbus_plan *plan, const davy_site *site,
                                  const davy_site_source *config)
{
    plan->items = calloc(config->bound_count + 1, sizeof *plan->items);
    plan->requests = calloc(config->bound_count + 1, sizeof *plan->requests);
    if (!plan->items || !plan->requests)
        return davy_fail(DAVY_ERR_NOMEM, "source '%s': %zu signals", config->name,
                         config->bound_count);
    for (size_t i = 0; i < config->bound_count; i++) {
        const davy_site_signal *signal = davy_source_signal(site, config, i);
        davy_modbus_item *item = &plan->items[plan->item_count++];
        bool bits = davy_modbus_is_bits(signal->from.table);

        *item = (davy_modbus_item){.index = (uint32_t) i,
                                   .table = signal->from.table,
                                   .address = signal->from.address,
                                   .width = bits ? 1 : davy_modbus_width(signal->from.type)};
        if (item_end(item) > ADDRESS_END)
            return davy_fail(DAVY_ERR_INVALID, "signal '%s' reaches past register 65535",
                             signal->path);
    }
    qsort(plan->items, plan->item_count, sizeof *plan->items, compare_items);
    davy_modbus_plan_merge(plan);
    return DAVY_OK;
}

void davy_modbus_plan_clear(davy_modbus_plan *plan)
{
    free(plan->items);
    free(plan->requests);
    *plan = (davy_modbus_plan){0};
}

/* Items before the cut: at the widest gap, else nearest the middle; 0 when there is no place. */
static size_t find_cut(const davy_modbus_item *items, size_t count)
{
    uint32_t end = item_end(&items[0]), widest = 0;
    size_t cut = 0, middle = 0;

    for (size_t i = 1; i < count; i++) {
        uint32_t gap = items[i].address > end ? items[i].address - end : 0;

        if (gap > widest) {
            widest = gap;
            cut = i;
        }
        if ((items[i].address != items[i - 1].address || items[i].width != items[i - 1].width) &&
            (middle == 0 || i <= count / 2))
            middle = i;
        if (item_end(&items[i]) > end)
            end = item_end(&items[i]);
    }
    return widest > 0 ? cut : middle;
}

bool davy_modbus_plan_split(davy_modbus_plan *plan, size_t request)
{
    davy_modbus_request old = plan->requests[request];
    size_t cut = find_cut(plan->items + old.first, old.items);

    if (cut == 0)
        return false;
    memmove(&plan->requests[request + 2], &plan->requests[request + 1],
            (plan->request_count - request - 1) * sizeof *plan->requests);
    plan->request_count++;
    plan->requests[request] = cover(plan, old.first, cut);
    plan->requests[request + 1] = cover(plan, old.first + cut, old.items - cut);
    return true;
}
