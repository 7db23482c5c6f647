/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kind.h"

#include <string.h>

static const davy_model_kind *const kinds[] = {
    &davy_model_pca,  &davy_model_autoencoder, &davy_model_cnn,
    &davy_model_lstm, &davy_model_transformer,
#ifdef DAVY_HAVE_LIBSVM
    &davy_model_svm,
#endif
};

const davy_model_kind *davy_model_kind_find(const char *name)
{
    if (strcmp(name, "auto") == 0)
        return kinds[0];
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(kinds); i++)
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    return NULL;
}

const char *davy_model_kind_names(void)
{
#ifdef DAVY_HAVE_LIBSVM
    return "auto, pca, autoencoder, cnn, lstm, transformer, svm";
#else
    return "auto, pca, autoencoder, cnn, lstm, transformer";
#endif
}
