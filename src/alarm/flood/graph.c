/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/flood/graph.h"

#include "alarm/flood/circles.h"
#include "alarm/flood/upstream.h"

#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX

/* Assets of one circle are one node; an asset in no circle is a node alone. */
struct davy_plant_graph {
    size_t asset_count, node_count;
    uint32_t *nodes;       /* [asset_count] */
    uint32_t *first_arrow; /* [node_count + 1] into arrows */
    uint32_t *arrows;      /* nodes that a node feeds; one for each arrow between two nodes */
    uint32_t *indegree;    /* [node_count] */
    bool *lonely;          /* [node_count] no arrow at all */
    davy_arrows drawn;     /* between assets, as the site has them */
};

const char *davy_place_why_name(davy_place_why why)
{
    static const char *const names[] = {"source", "downstream", "first", "circle", "same", "time"};

    return names[why];
}

void davy_plant_graph_destroy(davy_plant_graph *graph)
{
    if (!graph)
        return;
    free(graph->nodes);
    free(graph->first_arrow);
    free(graph->arrows);
    free(graph->indegree);
    free(graph->lonely);
    davy_arrows_clear(&graph->drawn);
    free(graph);
}

/* Counts of the arrows that leave each node first, then the arrows at their places. */
static void fill_arrows(davy_plant_graph *graph, const davy_site *site, uint32_t *place)
{
    for (size_t i = 0; i < site->asset_count; i++) {
        const davy_site_asset *asset = &site->assets[i];
        uint32_t from = graph->nodes[i];

        for (size_t fed = 0; fed < asset->downstream_count; fed++) {
            uint32_t to = graph->nodes[asset->downstream[fed]];

            graph->lonely[from] = graph->lonely[to] = false;
            if (from == to)
                continue;
            if (graph->arrows)
                graph->arrows[place[from]] = to;
            graph->indegree[to] += graph->arrows != NULL;
            place[from]++;
        }
    }
}

static davy_status connect(davy_plant_graph *graph, const davy_site *site)
{
    size_t nodes = graph->node_count;
    uint32_t *place = calloc(nodes + 1, sizeof *place);

    graph->first_arrow = calloc(nodes + 1, sizeof *graph->first_arrow);
    graph->indegree = calloc(nodes + 1, sizeof *graph->indegree);
    graph->lonely = malloc((nodes + 1) * sizeof *graph->lonely);
    if (!place || !graph->first_arrow || !graph->indegree || !graph->lonely) {
        free(place);
        return davy_fail(DAVY_ERR_NOMEM, "graph of %zu assets", site->asset_count);
    }
    memset(graph->lonely, true, (nodes + 1) * sizeof *graph->lonely);
    fill_arrows(graph, site, place);
    for (size_t i = 0; i < nodes; i++)
        graph->first_arrow[i + 1] = graph->first_arrow[i] + place[i];
    graph->arrows = malloc((graph->first_arrow[nodes] + 1) * sizeof *graph->arrows);
    if (graph->arrows) {
        memcpy(place, graph->first_arrow, nodes * sizeof *place);
        fill_arrows(graph, site, place);
    }
    free(place);
    return graph->arrows ? DAVY_OK
                         : davy_fail(DAVY_ERR_NOMEM, "graph of %zu assets", site->asset_count);
}

davy_status davy_plant_graph_create(const davy_site *site, davy_plant_graph **out)
{
    davy_plant_graph *graph = calloc(1, sizeof *graph);
    davy_status status = DAVY_OK;

    if (!graph)
        return davy_fail(DAVY_ERR_NOMEM, "graph of %zu assets", site->asset_count);
    graph->asset_count = site->asset_count;
    status = davy_plant_circles(site, &graph->nodes, &graph->node_count);
    if (status == DAVY_OK)
        status = connect(graph, site);
    if (status == DAVY_OK)
        status = davy_arrows_make(site, &graph->drawn);
    if (status != DAVY_OK) {
        davy_plant_graph_destroy(graph);
        return status;
    }
    *out = graph;
    return DAVY_OK;
}

/* Ordering --------------------------------------------------------------------------------- */

/* What is known of a node while the order is made. */
struct visit {
    uint32_t first, count; /* its items, which stand together by time; count 0: it is quiet */
    uint32_t waits;        /* arrows that lead here and were not followed */
};

struct order {
    const davy_plant_graph *graph;
    struct visit *visits; /* [node_count] */
    davy_placed *items;   /* sorted by node, then time */
    uint32_t *quiet;      /* stack of quiet nodes to follow */
    size_t quiet_count;
    uint32_t *heap; /* first items of what is ready, the earliest on top */
    size_t heap_count;
    davy_placed *out;
    size_t out_count;
};

static uint32_t node_of(const davy_plant_graph *graph, size_t asset)
{
    return asset < graph->asset_count ? graph->nodes[asset] : NONE;
}

static int compare_times(const davy_placed *a, const davy_placed *b)
{
    if (a->time_ns != b->time_ns)
        return a->time_ns < b->time_ns ? -1 : 1;
    return (a->item > b->item) - (a->item < b->item);
}

static int compare_nodes(const void *a, const void *b, void *graph)
{
    uint32_t x = node_of(graph, ((const davy_placed *) a)->asset);
    uint32_t y = node_of(graph, ((const davy_placed *) b)->asset);

    return x != y ? (x > y) - (x < y) : compare_times(a, b);
}

static bool is_before(const struct order *order, uint32_t a, uint32_t b)
{
    return compare_times(&order->items[a], &order->items[b]) < 0;
}

static void push(struct order *order, uint32_t item)
{
    size_t at = order->heap_count++;

    for (; at > 0 && is_before(order, item, order->heap[(at - 1) / 2]); at = (at - 1) / 2)
        order->heap[at] = order->heap[(at - 1) / 2];
    order->heap[at] = item;
}

static uint32_t pop(struct order *order)
{
    uint32_t top = order->heap[0], item = order->heap[--order->heap_count];
    size_t at = 0, child;

    while ((child = 2 * at + 1) < order->heap_count) {
        if (child + 1 < order->heap_count &&
            is_before(order, order->heap[child + 1], order->heap[child]))
            child++;
        if (!is_before(order, order->heap[child], item))
            break;
        order->heap[at] = order->heap[child];
        at = child;
    }
    order->heap[at] = item;
    return top;
}

/* All that is upstream of this node is placed. */
static void make_ready(struct order *order, uint32_t node)
{
    if (order->visits[node].count > 0)
        push(order, order->visits[node].first);
    else
        order->quiet[order->quiet_count++] = node;
}

/* What a node feeds waits for one less. */
static void follow(struct order *order, uint32_t node)
{
    const davy_plant_graph *graph = order->graph;

    for (uint32_t i = graph->first_arrow[node]; i < graph->first_arrow[node + 1]; i++)
        if (--order->visits[graph->arrows[i]].waits == 0)
            make_ready(order, graph->arrows[i]);
}

static void follow_quiet(struct order *order)
{
    while (order->quiet_count > 0)
        follow(order, order->quiet[--order->quiet_count]);
}

static void place_node(struct order *order, uint32_t node)
{
    const struct visit *visit = &order->visits[node];

    for (uint32_t i = 0; i < visit->count; i++)
        order->out[order->out_count++] = order->items[visit->first + i];
    follow(order, node);
}

static void group_items(struct order *order, size_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t node = node_of(order->graph, order->items[i].asset);

        if (node == NONE)
            push(order, i);
        else if (order->visits[node].count++ == 0)
            order->visits[node].first = i;
    }
}

static void make_order(struct order *order, size_t count)
{
    const davy_plant_graph *graph = order->graph;

    for (uint32_t node = 0; node < graph->node_count; node++)
        order->visits[node] = (struct visit){.waits = graph->indegree[node]};
    qsort_r(order->items, count, sizeof *order->items, compare_nodes, (void *) graph);
    group_items(order, count);
    for (uint32_t node = 0; node < graph->node_count; node++)
        if (graph->indegree[node] == 0)
            make_ready(order, node);
    follow_quiet(order);
    while (order->heap_count > 0) {
        uint32_t item = pop(order);
        uint32_t node = node_of(graph, order->items[item].asset);

        if (node == NONE)
            order->out[order->out_count++] = order->items[item];
        else
            place_node(order, node);
        follow_quiet(order);
    }
}

/* Explaining ------------------------------------------------------------------------------- */

struct told {
    const davy_plant_graph *graph;
    davy_upstream *upstream; /* [asset_count] of those in alarm */
    size_t *first;           /* [node_count] its first asset in the order, or DAVY_SITE_NONE */
    bool *seen;              /* [asset_count] it stands above */
    size_t *assets;          /* in alarm, in their order */
    size_t asset_count;
};

static void explain_first(const struct told *told, davy_placed *placed)
{
    const uint32_t node = told->graph->nodes[placed->asset];
    const davy_upstream *upstream = &told->upstream[placed->asset];

    if (upstream->of == DAVY_SITE_NONE) {
        placed->why = told->graph->lonely[node] ? DAVY_PLACE_TIME : DAVY_PLACE_SOURCE;
        return;
    }
    placed->why =
        told->graph->nodes[upstream->of] == node ? DAVY_PLACE_FIRST : DAVY_PLACE_DOWNSTREAM;
    placed->of = upstream->of;
    placed->steps = upstream->steps;
}

static void explain(struct told *told, davy_placed *placed)
{
    const uint32_t node = node_of(told->graph, placed->asset);

    placed->of = DAVY_SITE_NONE;
    placed->steps = 0;
    if (node == NONE) {
        placed->why = DAVY_PLACE_TIME;
    } else if (told->seen[placed->asset]) {
        placed->why = DAVY_PLACE_SAME;
        placed->of = placed->asset;
    } else if (told->first[node] != DAVY_SITE_NONE) {
        placed->why = DAVY_PLACE_CIRCLE;
        placed->of = told->first[node];
    } else {
        told->first[node] = placed->asset;
        explain_first(told, placed);
    }
    if (node != NONE)
        told->seen[placed->asset] = true;
}

static davy_status find_upstream(struct told *told, const davy_placed *items, size_t count)
{
    davy_status status;

    for (size_t i = 0; i < count; i++)
        if (items[i].asset < told->graph->asset_count && !told->seen[items[i].asset]) {
            told->seen[items[i].asset] = true;
            told->assets[told->asset_count++] = items[i].asset;
        }
    status =
        davy_upstream_find(&told->graph->drawn, told->assets, told->asset_count, told->upstream);
    memset(told->seen, 0, told->graph->asset_count * sizeof *told->seen);
    return status;
}

static davy_status explain_all(const davy_plant_graph *graph, davy_placed *items, size_t count)
{
    const size_t assets = graph->asset_count + 1;
    struct told told = {.graph = graph};
    davy_status status;

    told.upstream = calloc(assets, sizeof *told.upstream);
    told.first = calloc(assets, sizeof *told.first);
    told.seen = calloc(assets, sizeof *told.seen);
    told.assets = calloc(assets, sizeof *told.assets);
    if (told.upstream && told.first && told.seen && told.assets)
        status = find_upstream(&told, items, count);
    else
        status = davy_fail(DAVY_ERR_NOMEM, "order of %zu alarms", count);
    if (status == DAVY_OK) {
        for (size_t node = 0; node < graph->node_count; node++)
            told.first[node] = DAVY_SITE_NONE;
        for (size_t i = 0; i < count; i++)
            explain(&told, &items[i]);
    }
    free(told.upstream);
    free(told.first);
    free(told.seen);
    free(told.assets);
    return status;
}

davy_status davy_plant_graph_order(const davy_plant_graph *graph, davy_placed *items, size_t count)
{
    size_t nodes = graph->node_count;
    struct order order = {.graph = graph, .out = items};
    davy_status status = DAVY_OK;

    order.visits = calloc(nodes + 1, sizeof *order.visits);
    order.quiet = malloc((nodes + 1) * sizeof *order.quiet);
    order.heap = malloc((count + 1) * sizeof *order.heap);
    order.items = malloc((count + 1) * sizeof *order.items);
    if (order.visits && order.quiet && order.heap && order.items) {
        memcpy(order.items, items, count * sizeof *items);
        make_order(&order, count);
    } else {
        status = davy_fail(DAVY_ERR_NOMEM, "order of %zu alarms", count);
    }
    free(order.visits);
    free(order.quiet);
    free(order.heap);
    free(order.items);
    return status == DAVY_OK ? explain_all(graph, items, count) : status;
}
