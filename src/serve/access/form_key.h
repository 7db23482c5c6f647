/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/access/auth.h"

/**
 * @file
 * A key in a form: what DeepStack's clients show instead of a header. Private to the stage.
 *
 * Stage: serve. Little is read from a stranger: the first DAVY_HTTP_FORM_KEY_WITHIN bytes of a
 * form, of at most DAVY_HTTP_FORM_KEYS_MAX requests at a time. The field must come before the
 * picture, as these clients send it; who shows anything else, a header, a cookie or a certificate,
 * is known by that alone.
 */

/** After the headers: true when the key may come with the body, which is to be received. */
bool davy_form_key_await(davy_exchange *exchange, const davy_credentials *shown);

/**
 * A piece of the body is there: find the key and who has it.
 *
 * @param whole  no more will come
 * @return true when the call has a role now; else it has an answer, or `awaits_key` is still true
 */
bool davy_form_key_take(davy_exchange *exchange, bool whole);

/** It is not awaited any more. */
void davy_form_key_drop(davy_exchange *exchange);
