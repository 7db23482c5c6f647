/* SPDX-License-Identifier: Apache-2.0 */
#include "models/registry/lineage.h"

#include "models/kinds/booster.h"
#include "models/kinds/support.h"

#include <cblas.h>
#include <protobuf-c/protobuf-c.h>
#include <sodium.h>

json_t *davy_lineage_column(const char *name, const char *unit, bool words)
{
    return json_pack("{ss ss ss}", "name", name, "unit", unit ? unit : "", "type",
                     words ? "category" : "number");
}

/* What numbers came out of; the bits of a trained model depend on the kernels of OpenBLAS. */
static json_t *make_libraries(void)
{
    json_t *list =
        json_pack("{ss ss ss ss}", "davy", DAVY_VERSION, "openblas", openblas_get_config(),
                  "protobuf-c", protobuf_c_version(), "libsodium", sodium_version_string());

#ifdef DAVY_HAVE_LIBSVM
    json_object_set_new(list, "libsvm", json_string(davy_support_version()));
#endif
#ifdef DAVY_HAVE_XGBOOST
    json_object_set_new(list, "xgboost", json_string(davy_booster_version()));
#endif
    return list;
}

davy_status davy_lineage_add(json_t *root, davy_lineage *lineage)
{
    const davy_train_options *options = lineage->options;
    json_t *data = json_object_get(root, "data");
    int failed = 0;

    failed |= json_object_set_new(root, "schema", lineage->schema);
    failed |= json_object_set_new(root, "preprocessing", lineage->preprocessing);
    failed |= json_object_set_new(root, "metrics", lineage->metrics);
    failed |= json_object_set_new(root, "settings", lineage->settings);
    failed |= json_object_set_new(root, "seed", json_integer((json_int_t) options->seed));
    failed |= json_object_set_new(root, "libraries", make_libraries());
    failed |= json_object_set_new(root, "parent", json_integer((json_int_t) lineage->version - 1));
    failed |= json_object_set_new(root, "author", json_string(lineage->author));
    failed |= json_object_set_new(data, "query", json_string(options->query ? options->query : ""));
    if (options->flows)
        failed |= json_object_set_new(root, "flows", json_string(options->flows));
    if (options->molecules)
        failed |= json_object_set_new(root, "molecules", json_string(options->molecules));
    failed |= json_object_set_new(root, "warnings", lineage->warnings);
    failed |= json_object_set_new(root, "summary", json_string(lineage->summary));
    return failed == 0 ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "model.json");
}
