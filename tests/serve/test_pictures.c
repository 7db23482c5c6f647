/* SPDX-License-Identifier: Apache-2.0 */
#include "oip_testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "data/image_write.h"
#include "serve/limits.h"
#include "serve/oip/tensor_text.h"

/**
 * @file
 * Models asked by pictures: bytes as a tensor, and what recorders ask for (DeepStack).
 */

/* A picture of one colour as a PNG. */
static void make_sized_png(uint32_t side, const uint8_t colour[3], davy_buffer *out)
{
    davy_image image = {0};

    assert_ok(davy_image_init(&image, side, side));
    for (size_t i = 0; i < (size_t) side * side; i++)
        memcpy(image.pixels + 3 * i, colour, 3);
    assert_ok(davy_image_append_png(&image, out));
    davy_image_clear(&image);
}

static void make_png(uint8_t red, uint8_t green, uint8_t blue, davy_buffer *out)
{
    make_sized_png(4, (const uint8_t[]){red, green, blue}, out);
}

static void bytes_of_a_picture_are_the_input(void **state)
{
    davy_buffer png = {0};
    size_t header;
    reply answer;

    (void) state;
    make_png(255, 0, 51, &png);
    answer = send_bytes("/v2/models/picture/infer", png.bytes, png.length,
                        "Inference-Header-Content-Length: 0");
    assert_code(answer, 200);
    header = (size_t) atol(reply_header(&answer, "Inference-Header-Content-Length"));
    assert_int_equal(answer.length, header + 12 * sizeof(float));
    for (size_t i = 0; i < 12; i++) {
        static const float colours[] = {1, -1, -0.6F}; /* (v / 255 - 0.5) / 0.5 */
        float pixel;

        memcpy(&pixel, answer.body + header + i * sizeof pixel, sizeof pixel);
        assert_near(pixel, colours[i / 4], 1e-6F);
    }
    reply_clear(&answer);
    answer = send_bytes("/v2/models/picture/infer", png.bytes, png.length / 2,
                        "Inference-Header-Content-Length: 0");
    assert_code(answer, 400);
    assert_non_null(strstr(answer.body, "input 'data': picture"));
    reply_clear(&answer);
    davy_buffer_clear(&png);
}

static reply send_picture(const char *path, const davy_buffer *picture, const char *more)
{
    davy_buffer body = {0};
    reply answer;

    davy_buffer_append_text(&body, "--xyz\r\nContent-Disposition: form-data; name=\"image\"; "
                                   "filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n");
    davy_buffer_append(&body, picture->bytes, picture->length);
    davy_buffer_append_text(&body, more);
    davy_buffer_append_text(&body, "\r\n--xyz--\r\n");
    answer = send_bytes(path, body.bytes, body.length,
                        "Content-Type: multipart/form-data; boundary=xyz");
    davy_buffer_clear(&body);
    return answer;
}

static void recorders_get_labels_and_boxes(void **state)
{
    static const char least[] =
        "\r\n--xyz\r\nContent-Disposition: form-data; name=\"min_confidence\"\r\n\r\n0.9";
    davy_buffer light = {0};
    const json_t *first;
    reply answer;

    (void) state;
    make_png(250, 250, 250, &light);
    answer = send_picture("/v1/vision/detection", &light, least);
    assert_code(answer, 200);
    assert_true(json_is_true(json_object_get(answer.json, "success")));
    assert_int_equal(json_array_size(json_object_get(answer.json, "predictions")), 1);
    first = json_array_get(json_object_get(answer.json, "predictions"), 0);
    assert_string_equal(text_at(first, "label"), "light");
    assert_true(json_number_value(json_object_get(first, "confidence")) > 0.9);
    assert_int_equal(json_integer_value(json_object_get(first, "x_max")), 4);
    reply_clear(&answer);
    answer = send_picture("/v1/vision/custom/detection", &light, "");
    assert_code(answer, 200);
    reply_clear(&answer);
    answer = send_picture("/v1/vision/custom/scale", &light, "");
    assert_code(answer, 501);
    assert_true(json_is_false(json_object_get(answer.json, "success")));
    reply_clear(&answer);
    answer = ask(&(request){
        .method = "POST", .path = "/v1/vision/custom/list", .key = plant_key(DAVY_ROLE_VIEWER)});
    assert_code(answer, 200);
    assert_int_equal(json_array_size(json_object_get(answer.json, "models")), 2);
    reply_clear(&answer);
    davy_buffer_clear(&light);
}

#define FIELD(name) "--xyz\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n"

/* The form that DeepStack's clients send: fields first, then the picture. */
static void make_form(davy_buffer *out, const char *fields)
{
    davy_buffer light = {0};

    make_png(250, 250, 250, &light);
    davy_buffer_append_text(out, fields);
    davy_buffer_append_text(out, FIELD("image"));
    davy_buffer_append(out, light.bytes, light.length);
    davy_buffer_append_text(out, "\r\n--xyz--\r\n");
    davy_buffer_clear(&light);
}

static reply send_form(const char *key, const char *fields, bool chunked)
{
    static unsigned asked; /* from an address each: those with wrong keys wait */
    char from[16];
    davy_buffer form = {0};
    reply answer;

    (void) snprintf(from, sizeof from, "127.0.8.%u", asked++ % 250 + 1);
    make_form(&form, fields);
    answer = ask(&(request){.path = "/v1/vision/detection",
                            .key = key,
                            .body = form.bytes,
                            .length = form.length,
                            .headers = "Content-Type: multipart/form-data; boundary=xyz",
                            .from = from,
                            .chunked = chunked});
    davy_buffer_clear(&form);
    return answer;
}

static const char *key_field(const char *key)
{
    static char text[256];

    (void) snprintf(text, sizeof text, FIELD("api_key") "%s\r\n", key);
    return text;
}

/* A recorder has a field for the key and no header. */
static void a_recorder_may_show_its_key_in_the_form(void **state)
{
    const char *const viewer = plant_key(DAVY_ROLE_VIEWER);
    davy_key_terms terms = {.rate = 0};
    davy_buffer late = {0};
    char bound[DAVY_KEY_MAX];
    reply answer;

    (void) state;
    assert_ok(davy_key_set_models(&terms, "pump"));
    assert_ok(davy_keys_create(plant_system.keys, "bound", DAVY_ROLE_VIEWER, &terms, 1, bound));
    davy_buffer_append_text(&late, FIELD("pad"));
    for (size_t i = 0; i < DAVY_HTTP_FORM_KEY_WITHIN; i++)
        davy_buffer_append(&late, "x", 1);
    davy_buffer_printf(&late, "\r\n%s", key_field(viewer));
    {
        const struct {
            const char *key, *fields;
            long code;
        } cases[] = {
            {NULL, key_field(viewer), 200},
            {NULL, "", 401},
            {NULL, late.bytes, 401}, /* so much is not read from a stranger */
            {viewer, FIELD("api_key") "none\r\n", 200},
            {"davy_none", FIELD("api_key") "none\r\n", 401},
            {NULL, FIELD("api_key") "none\r\n", 401},
            {NULL, FIELD("api_key") "\r\n", 401},
        };

        for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++)
            for (int chunked = 0; chunked < 2; chunked++) {
                answer = send_form(cases[i].key, cases[i].fields, chunked);
                assert_code(answer, cases[i].code);
                assert_true(json_is_boolean(json_object_get(answer.json, "success")));
                reply_clear(&answer);
            }
    }
    answer = send_form(NULL, key_field(bound), false);
    assert_code(answer, 403);
    assert_non_null(strstr(answer.body, "may not use"));
    reply_clear(&answer);
    assert_ok(davy_keys_revoke(plant_system.keys, "bound"));
    davy_buffer_clear(&late);
}

/* Head of a form that another recorder sends slowly. */
static int begin_form(void)
{
    const int client = connect_raw("127.0.0.7");

    assert_true(send_raw(client, "POST /v1/vision/detection HTTP/1.1\r\nHost: x\r\n"
                                 "Content-Type: multipart/form-data; boundary=xyz\r\n"
                                 "Content-Length: 5000\r\n\r\n--xyz"));
    return client;
}

static void strangers_that_send_forms_are_few_and_slow_ones_are_read(void **state)
{
    /* A few more than fit: the form that asks whether all are there takes the place of one. */
    int clients[DAVY_HTTP_FORM_KEYS_MAX + 8];
    davy_buffer form = {0};
    char head[256], *said;
    long code = 0;
    reply answer;
    int client;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(clients); i++)
        clients[i] = begin_form();
    for (int i = 0; i < 200 && code != 401; i++) { /* until all of them are there */
        answer = send_form(NULL, key_field(plant_key(DAVY_ROLE_VIEWER)), false);
        code = answer.code;
        reply_clear(&answer);
    }
    assert_int_equal(code, 401);
    answer = send_form(plant_key(DAVY_ROLE_VIEWER), "", false);
    assert_code(answer, 200);
    reply_clear(&answer);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(clients); i++)
        close(clients[i]);
    for (int i = 0; i < 200 && code != 200; i++) { /* until they are known to be gone */
        answer = send_form(NULL, key_field(plant_key(DAVY_ROLE_VIEWER)), false);
        code = answer.code;
        reply_clear(&answer);
    }
    assert_int_equal(code, 200);
    make_form(&form, key_field(plant_key(DAVY_ROLE_VIEWER)));
    client = connect_raw(NULL);
    (void) snprintf(head, sizeof head,
                    "POST /v1/vision/detection HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                    "Content-Type: multipart/form-data; boundary=xyz\r\n"
                    "Content-Length: %zu\r\n\r\n",
                    form.length);
    assert_true(send_raw(client, head));
    for (size_t i = 0; i < form.length; i++)
        assert_int_equal(send(client, form.bytes + i, 1, MSG_NOSIGNAL), 1);
    said = read_raw(client, NULL);
    assert_memory_equal(said, "HTTP/1.1 200", 12);
    free(said);
    close(client);
    davy_buffer_clear(&form);
}

static void assert_prediction(const json_t *predictions, size_t index, const char *label,
                              const int ends[4])
{
    static const char *const keys[] = {"x_min", "y_min", "x_max", "y_max"};
    const json_t *one = json_array_get(predictions, index);

    assert_string_equal(text_at(one, "label"), label);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(json_integer_value(json_object_get(one, keys[i])), ends[i]);
}

/*
 * A picture of 40 x 40 lies at 5..15, 0..10 of an input of 20 x 10, at a quarter of its size. So
 * the first box, 10 x 10 at (10, 5), is all of it; the third, 5 x 5 at (7.5, 2.5), its upper left
 * quarter; the second is the first again (9 x 10: 0.9 of it); the fourth, 2 x 2 at (2, 5), lies on
 * the grey beside it.
 */
static void recorders_get_the_boxes_of_a_detector(void **state)
{
    static const char least[] =
        "\r\n--xyz\r\nContent-Disposition: form-data; name=\"min_confidence\"\r\n\r\n0.7";
    davy_buffer picture = {0};
    const json_t *found;
    reply answer;

    (void) state;
    make_sized_png(40, (const uint8_t[]){9, 9, 9}, &picture);
    answer = send_picture("/v1/vision/custom/finder", &picture, "");
    assert_code(answer, 200);
    found = json_object_get(answer.json, "predictions");
    assert_int_equal(json_array_size(found), 2);
    assert_prediction(found, 0, "person", (const int[]){0, 0, 40, 40});
    assert_prediction(found, 1, "fire", (const int[]){0, 0, 20, 20});
    assert_near(json_number_value(json_object_get(json_array_get(found, 0), "confidence")), 0.8,
                1e-6);
    reply_clear(&answer);
    answer = send_picture("/v1/vision/custom/finder", &picture, least);
    assert_int_equal(json_array_size(json_object_get(answer.json, "predictions")), 1);
    reply_clear(&answer);
    davy_buffer_clear(&picture);
}

static const json_t *output_named(const json_t *answer, const char *name)
{
    const json_t *list = json_object_get(answer, "outputs");

    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(text_at(json_array_get(list, i), "name"), name) == 0)
            return json_array_get(list, i);
    fail_msg("no output %s", name);
    return NULL;
}

/* The same by the Open Inference Protocol: two pictures, then numbers of the input itself, whose
 * boxes are in its own pixels, the one on the grey among them. */
static void an_output_may_be_asked_for_as_boxes(void **state)
{
    davy_buffer picture = {0}, base64 = {0}, body = {0};
    const json_t *ends;
    reply answer;

    (void) state;
    make_sized_png(40, (const uint8_t[]){9, 9, 9}, &picture);
    davy_base64_write(&base64, (davy_bytes){picture.bytes, picture.length});
    davy_buffer_append(&base64, "", 1);
    davy_buffer_printf(&body,
                       "{\"inputs\":[{\"name\":\"data\",\"shape\":[2],\"datatype\":\"BYTES\","
                       "\"parameters\":{\"content_type\":\"base64\"},\"data\":[\"%s\",\"%s\"]}],"
                       "\"outputs\":[{\"name\":\"output0\",\"parameters\":{\"boxes\":true}}]}",
                       base64.bytes, base64.bytes);
    davy_buffer_append(&body, "", 1);
    answer = infer("/v2/models/finder/infer", body.bytes);
    assert_code(answer, 200);
    assert_int_equal(json_array_size(json_object_get(answer.json, "outputs")), 4);
    ends = json_object_get(output_named(answer.json, "output0.boxes"), "data");
    assert_int_equal(json_array_size(ends), 2 * 2 * 4);
    assert_near(json_number_value(json_array_get(ends, 2)), 40, 1e-4);
    assert_near(json_number_value(json_array_get(ends, 7)), 20, 1e-4);
    assert_string_equal(
        json_string_value(
            json_array_get(json_object_get(output_named(answer.json, "output0.label"), "data"), 3)),
        "fire");
    assert_int_equal(json_integer_value(json_array_get(
                         json_object_get(output_named(answer.json, "output0.sample"), "data"), 2)),
                     1);
    reply_clear(&answer);
    davy_buffer_reset(&body);
    davy_buffer_append_text(&body, "{\"inputs\":[{\"name\":\"data\",\"shape\":[1,10,20,3],"
                                   "\"datatype\":\"FP32\",\"data\":[0");
    for (size_t i = 1; i < 600; i++)
        davy_buffer_append_text(&body, ",0");
    davy_buffer_append_text(&body, "]}],\"outputs\":[{\"name\":\"output0\",\"parameters\":"
                                   "{\"boxes\":true}}]}");
    davy_buffer_append(&body, "", 1);
    answer = infer("/v2/models/finder/infer", body.bytes);
    assert_code(answer, 200);
    ends = json_object_get(output_named(answer.json, "output0.boxes"), "data");
    assert_int_equal(json_array_size(ends), 3 * 4);
    assert_near(json_number_value(json_array_get(ends, 0)), 1, 1e-6);
    assert_near(json_number_value(json_array_get(ends, 2)), 3, 1e-6);
    reply_clear(&answer);
    answer = infer("/v2/models/simple/infer",
                   "{\"inputs\":[{\"name\":\"INPUT0\",\"shape\":[1,4],\"datatype\":"
                   "\"FP32\",\"data\":[1,2,3,4]},{\"name\":\"INPUT1\",\"shape\":[1,4],"
                   "\"datatype\":\"FP32\",\"data\":[1,2,3,4]}],\"outputs\":[{\"name\":"
                   "\"OUTPUT0\",\"parameters\":{\"boxes\":true}}]}");
    assert_code(answer, 400);
    assert_non_null(strstr(answer.body, "output 'OUTPUT0' of model 'simple' gives no boxes"));
    reply_clear(&answer);
    davy_buffer_clear(&picture);
    davy_buffer_clear(&base64);
    davy_buffer_clear(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_of_a_picture_are_the_input),
        cmocka_unit_test(recorders_get_labels_and_boxes),
        cmocka_unit_test(recorders_get_the_boxes_of_a_detector),
        cmocka_unit_test(an_output_may_be_asked_for_as_boxes),
        cmocka_unit_test(a_recorder_may_show_its_key_in_the_form),
        cmocka_unit_test(strangers_that_send_forms_are_few_and_slow_ones_are_read),
    };

    return cmocka_run_group_tests(tests, oip_start, oip_stop);
}
