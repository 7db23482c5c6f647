/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kind.h"

#include <string.h>

static const davy_model_kind *const kinds[] = {
    &davy_model_pca,
    &davy_model_autoencoder,
    &davy_model_cnn,
    &davy_model_lstm,
    &davy_model_transformer,
    &davy_model_isolation,
    &davy_model_kmeans,
#ifdef DAVY_HAVE_LIBSVM
    &davy_model_svm,
#endif
    NULL,
};

const davy_model_kind *const *davy_model_kinds(void)
{
    return kinds;
}

const davy_model_kind *davy_model_kind_find(const char *name)
{
    if (strcmp(name, "auto") == 0)
        return kinds[0];
    for (size_t i = 0; kinds[i]; i++)
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    return NULL;
}

const char *davy_model_kind_names(void)
{
#ifdef DAVY_HAVE_LIBSVM
    return "auto, pca, autoencoder, cnn, lstm, transformer, isolation, kmeans, svm";
#else
    return "auto, pca, autoencoder, cnn, lstm, transformer, isolation, kmeans";
#endif
}
