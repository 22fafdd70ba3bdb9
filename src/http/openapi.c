/* OpenAPI 3.1, built from the table of routes and the loaded packs. */
#include "http/handlers.h"
#include "http/server_internal.h"
#include "http/shapes.h"

#include <stdio.h>

/* ---- schemas of fields ---- */

static void field_schema(json_out *w, const field *f) {
  json_open(w, '{');
  json_field_str(w, "title", f->title.zh);
  json_field_open(w, "type", '[');
  switch (f->type) {
  case FIELD_INT:
  case FIELD_MONEY:
    json_put_str(w, "integer");
    break;
  case FIELD_BOOL:
    json_put_str(w, "boolean");
    break;
  case FIELD_CHOICES:
    json_put_str(w, "array");
    break;
  default:
    json_put_str(w, "string");
  }
  json_put_str(w, "null");
  json_close(w, ']');
  if (f->type == FIELD_DATE) json_field_str(w, "format", "date");
  if (f->type == FIELD_MONEY) json_field_str(w, "description", "fen");
  if (f->type == FIELD_RATE) json_field_str(w, "description", "a share as a decimal: \"0.65\"");
  if (f->type == FIELD_NUMBER) json_field_str(w, "description", "a decimal: \"81.4\"");
  if (f->unit[0]) json_field_str(w, "x-unit", f->unit);
  if (f->type == FIELD_CHOICE || f->type == FIELD_CHOICES) {
    if (f->type == FIELD_CHOICES) {
      json_field_open(w, "items", '{');
      json_field_str(w, "type", "string");
    }
    json_field_open(w, "enum", '[');
    for (size_t i = 0; i < f->choice_count; i++) json_put_str(w, f->choices[i].code);
    if (f->type == FIELD_CHOICE) json_put_null(w);
    json_close(w, ']');
    if (f->type == FIELD_CHOICES) json_close(w, '}');
  }
  json_close(w, '}');
}

static void fields_schema(json_out *w, const char *name, const char *suffix, label title,
                          const field *fields, size_t count, bool required) {
  char key[160];
  snprintf(key, sizeof key, "%s%s", suffix, name);
  json_field_open(w, key, '{');
  json_field_str(w, "title", title.zh);
  json_field_str(w, "type", "object");
  json_key(w, "additionalProperties");
  json_put_bool(w, false);
  json_field_open(w, "properties", '{');
  for (size_t i = 0; i < count; i++) {
    json_key(w, fields[i].name);
    field_schema(w, &fields[i]);
  }
  json_close(w, '}');
  if (required) {
    json_field_open(w, "required", '[');
    for (size_t i = 0; i < count; i++)
      if (fields[i].required) json_put_str(w, fields[i].name);
    json_close(w, ']');
  }
  json_close(w, '}');
}

/* ---- schemas ---- */

static void put_schemas(request *q, json_out *w) {
  json_field_open(w, "schemas", '{');
  shape_put_schemas(w);
  for (size_t p = 0; p < request_packs(q)->count; p++) {
    const pack *k = request_packs(q)->packs[p];
    for (size_t i = 0; i < k->kind_count; i++)
      fields_schema(w, k->kinds[i].name, "fields_of_", k->kinds[i].title, k->kinds[i].fields,
                    k->kinds[i].field_count, false);
    for (size_t i = 0; i < k->event_count; i++)
      if (!k->events[i].derived)
        fields_schema(w, k->events[i].name, "fields_of_event_", k->events[i].title,
                      k->events[i].fields, k->events[i].field_count, true);
    for (size_t i = 0; i < k->measure_count; i++)
      fields_schema(w, k->measures[i].name, "form_of_measure_", k->measures[i].title,
                    k->measures[i].fields, k->measures[i].field_count, true);
    for (size_t i = 0; i < k->workflow_count; i++)
      for (size_t t = 0; t < k->workflows[i].transition_count; t++) {
        const transition *tr = &k->workflows[i].transitions[t];
        char name[120];
        snprintf(name, sizeof name, "%s_%s", k->workflows[i].name, tr->name);
        fields_schema(w, name, "form_of_step_", tr->title, tr->fields, tr->field_count, true);
      }
  }
  json_close(w, '}');
}

/* ---- paths ---- */

/* `type`: as in shapes.def; NULL: any bytes. */
static void put_content(json_out *w, const char *media, const char *type) {
  json_field_open(w, "content", '{');
  json_field_open(w, media, '{');
  if (type) {
    json_key(w, "schema");
    shape_put_schema(w, text_of(type));
  }
  json_close(w, '}');
  json_close(w, '}');
}

static void put_parameter(json_out *w, const char *where, text name, bool required) {
  json_open(w, '{');
  json_field_text(w, "name", name);
  json_field_str(w, "in", where);
  json_field_bool(w, "required", required);
  json_key(w, "schema");
  json_put_raw(w, TEXT("{\"type\":\"string\"}"));
  json_close(w, '}');
}

static void put_parameters(json_out *w, const route *r) {
  json_field_open(w, "parameters", '[');
  for (const char *at = strchr(r->pattern, '{'); at; at = strchr(at, '{')) {
    const char *end = strchr(at, '}');
    put_parameter(w, "path", (text){at + 1, (size_t)(end - at - 1)}, true);
    at = end;
  }
  text word;
  for (text left = text_of(r->query ? r->query : ""); text_next_word(&left, &word);)
    put_parameter(w, "query", word, false);
  for (text left = text_of(r->list ? "format encoding columns sort" : "");
       text_next_word(&left, &word);)
    put_parameter(w, "query", word, false);
  json_close(w, ']');
}

static void put_operation(json_out *w, const route *r) {
  char method[8] = "";
  for (size_t i = 0; i < 7 && r->method[i]; i++) method[i] = (char)(r->method[i] | 32);
  json_field_open(w, method, '{');
  json_field_str(w, "summary", r->title.zh);
  json_key(w, "description");
  AUTO_BUF buf says = {0};
  buf_printf(&says, "%s.%s%s", r->title.en, r->details ? " " : "", r->details ? r->details : "");
  json_put_buf(w, &says);
  put_parameters(w, r);
  if (r->takes || r->upload) {
    json_field_open(w, "requestBody", '{');
    json_field_bool(w, "required", true);
    put_content(w, r->upload ? "application/octet-stream" : "application/json", r->takes);
    json_close(w, '}');
  }
  json_field_open(w, "responses", '{');
  json_field_open(w, "2XX", '{');
  json_field_str(w, "description", r->title.en);
  if (r->gives && strchr(r->gives, '/'))
    put_content(w, r->gives, NULL);
  else if (r->gives)
    put_content(w, "application/json", r->gives);
  json_close(w, '}');
  json_field_open(w, "default", '{');
  json_field_str(w, "description", "problem");
  put_content(w, "application/problem+json", "Problem");
  json_close(w, '}');
  json_close(w, '}');
  if (r->access != ACCESS_OPEN) {
    json_key(w, "security");
    json_put_raw(w, TEXT("[{\"bearer\":[]},{\"cookie\":[]}]"));
  }
  json_close(w, '}');
}

bool handle_openapi(request *q, err *e) {
  const route *listed = q->loop->server->routes;
  size_t listed_count = q->loop->server->route_count;
  county c;
  if (!store_county_get(request_store(q), &c, e)) return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_field_str(&w, "openapi", "3.1.0");
  json_field_open(&w, "info", '{');
  json_field_str(&w, "title", "即时 Jishi");
  json_field_str(&w, "version", JISHI_VERSION);
  json_close(&w, '}');
  json_field_open(&w, "paths", '{');
  for (size_t i = 0; i < listed_count; i++) {
    bool first = true; /* all methods of a path stand under it once */
    for (size_t k = 0; k < i; k++) first &= strcmp(listed[k].pattern, listed[i].pattern) != 0;
    if (!first) continue;
    json_field_open(&w, listed[i].pattern, '{');
    for (size_t k = i; k < listed_count; k++)
      if (strcmp(listed[k].pattern, listed[i].pattern) == 0) put_operation(&w, &listed[k]);
    json_close(&w, '}');
  }
  json_close(&w, '}');
  json_field_open(&w, "components", '{');
  put_schemas(q, &w);
  json_key(&w, "securitySchemes");
  json_put_raw(&w, TEXT("{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\"},\"cookie\":{"
                        "\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"jishi_session\"}}"));
  json_close(&w, '}');
  json_close(&w, '}');
  return true;
}
