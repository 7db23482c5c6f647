/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/exporter.h"

#include "nn/op.h"
#include "nn/op/ml_tree.h"

#include <string.h>

/* Modes are numbers in a graph and words in a file. */
static void write_modes(davy_exporter *exporter, const davy_node *node)
{
    size_t count;
    const int64_t *modes = davy_node_ints(node, "nodes_modes", &count);
    const char **words = davy_export_take(exporter, count, sizeof *words);

    if (!words)
        return;
    for (size_t i = 0; i < count; i++) {
        if (modes[i] < DAVY_TREE_LEQ || modes[i] > DAVY_TREE_LEAF) {
            davy_export_refuse(exporter, node, "nodes_modes");
            return;
        }
        words[i] = davy_tree_mode_words[modes[i]];
    }
    davy_export_set_words(exporter, "nodes_modes", words, count);
}

void davy_export_trees(davy_exporter *exporter, const davy_node *node)
{
    const char *y =
        davy_export_op1(exporter, node->op->onnx, davy_export_last(exporter, node->in[0]));

    for (size_t i = 0; i < node->attribute_count; i++)
        if (strcmp(node->attributes[i].name, "nodes_modes") != 0)
            davy_export_copy(exporter, node, node->attributes[i].name);
    write_modes(exporter, node);
    for (size_t i = 1; i < node->out_count; i++)
        davy_export_made_last(exporter, node->out[i], davy_export_more(exporter));
    davy_export_made_last(exporter, node->out[0], y);
}
