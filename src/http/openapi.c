/* OpenAPI 3.1, built from the table of routes and the loaded packs. */
#include "http/handlers.h"

#include <stdio.h>

/* ---- schemas of fields ---- */

static void field_schema(json_out *w, const field *f) {
  json_open(w, '{');
  put_str(w, "title", f->title.zh);
  json_key(w, "type");
  json_open(w, '[');
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
  if (f->type == FIELD_DATE) put_str(w, "format", "date");
  if (f->type == FIELD_MONEY) put_str(w, "description", "fen");
  if (f->type == FIELD_CHOICE || f->type == FIELD_CHOICES) {
    if (f->type == FIELD_CHOICES) {
      json_key(w, "items");
      json_open(w, '{');
      put_str(w, "type", "string");
    }
    json_key(w, "enum");
    json_open(w, '[');
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
  json_key(w, key);
  json_open(w, '{');
  put_str(w, "title", title.zh);
  put_str(w, "type", "object");
  json_key(w, "additionalProperties");
  json_put_bool(w, false);
  json_key(w, "properties");
  json_open(w, '{');
  for (size_t i = 0; i < count; i++) {
    json_key(w, fields[i].name);
    field_schema(w, &fields[i]);
  }
  json_close(w, '}');
  if (required) {
    json_key(w, "required");
    json_open(w, '[');
    for (size_t i = 0; i < count; i++)
      if (fields[i].required) json_put_str(w, fields[i].name);
    json_close(w, ']');
  }
  json_close(w, '}');
}

/* ---- fixed schemas: written as JSON, since they are the same for every pack ---- */

#define REF(name) "{\"$ref\":\"#/components/schemas/" name "\"}"
#define LIST_OF(name)                                                                              \
  "{\"type\":\"object\",\"required\":[\"items\",\"next\"],\"properties\":{\"items\":{\"type\":"    \
  "\"array\",\"items\":" REF(name) "},\"next\":{}}}"
#define STRING "{\"type\":\"string\"}"
#define UUID "{\"type\":\"string\",\"format\":\"uuid\"}"
#define UUID_OR_NULL "{\"type\":[\"string\",\"null\"],\"format\":\"uuid\"}"
#define DATE "{\"type\":\"string\",\"format\":\"date\"}"
#define DATE_OR_NULL "{\"type\":[\"string\",\"null\"],\"format\":\"date\"}"
#define INTEGER "{\"type\":\"integer\"}"
#define BOOLEAN "{\"type\":\"boolean\"}"
#define ANY_MAP "{\"type\":\"object\"}"
#define ARRAY(items) "{\"type\":\"array\",\"items\":" items "}"

static const struct {
  const char *name, *schema;
} fixed[] = {
    {"Label", "{\"type\":\"object\",\"required\":[\"zh\",\"en\"],\"properties\":{\"zh\":" STRING
              ",\"en\":" STRING "}}"},
    {"Problem",
     "{\"type\":\"object\",\"required\":[\"type\",\"title\",\"status\",\"code\",\"detail\","
     "\"place\",\"zh\",\"en\"],\"properties\":{\"type\":" STRING ",\"title\":" STRING
     ",\"status\":" INTEGER ",\"code\":" STRING ",\"detail\":" STRING ",\"place\":" STRING
     ",\"zh\":" STRING ",\"en\":" STRING "}}"},
    {"Health", "{\"type\":\"object\",\"required\":[\"ok\",\"county\",\"seq\"],\"properties\":{"
               "\"ok\":" BOOLEAN ",\"county\":" STRING ",\"seq\":" INTEGER "}}"},
    {"Done", "{\"type\":\"object\",\"required\":[\"done\"],\"properties\":{\"done\":" BOOLEAN "}}"},
    {"SignIn", "{\"type\":\"object\",\"required\":[\"login\",\"password\"],\"properties\":{"
               "\"login\":" STRING ",\"password\":" STRING "}}"},
    {"Officer",
     "{\"type\":\"object\",\"required\":[\"id\",\"name\",\"login\",\"posts\",\"rights\","
     "\"admin\"],\"properties\":{\"id\":" UUID ",\"name\":" STRING ",\"login\":" STRING
     ",\"posts\":" ARRAY(ANY_MAP) ",\"rights\":" ARRAY(STRING) ",\"admin\":" BOOLEAN "}}"},
    {"SessionAnswer",
     "{\"type\":\"object\",\"required\":[\"expires\",\"officer\"],\"properties\":{"
     "\"token\":" STRING ",\"expires\":" STRING ",\"officer\":" REF("Officer") "}}"},
    {"Packs", "{\"type\":\"object\",\"required\":[\"county\",\"today\",\"packs\"],\"properties\":{"
              "\"county\":" ANY_MAP ",\"today\":" DATE ",\"packs\":" ARRAY(ANY_MAP) "}}"},
    {"Area", "{\"type\":\"object\",\"required\":[\"code\",\"name\",\"level\",\"parent\"],"
             "\"properties\":{\"code\":" STRING ",\"name\":" STRING ",\"level\":" STRING
             ",\"parent\":" STRING "}}"},
    {"AreaList", "{\"type\":\"object\",\"required\":[\"items\"],\"properties\":{\"items\":" ARRAY(
                     REF("Area")) "}}"},
    {"Ref", "{\"type\":\"object\",\"required\":[\"kind\",\"id\",\"root\",\"root_kind\","
            "\"title\",\"area\",\"area_name\"],\"properties\":{\"kind\":" STRING
            ",\"id\":" UUID_OR_NULL ",\"root\":" UUID_OR_NULL ",\"root_kind\":" STRING
            ",\"title\":" STRING ",\"area\":" STRING ",\"area_name\":" STRING "}}"},
    {"Subject", "{\"type\":\"object\",\"required\":[\"id\",\"kind\",\"parent\",\"root\",\"area\","
                "\"area_name\",\"title\",\"version\",\"created\",\"fields\"],\"properties\":{"
                "\"id\":" UUID ",\"kind\":" STRING ",\"parent\":" UUID_OR_NULL ",\"root\":" UUID
                ",\"area\":" STRING ",\"area_name\":" STRING ",\"title\":" STRING
                ",\"version\":" INTEGER ",\"created\":" INTEGER
                ",\"colour\":{\"enum\":[\"red\",\"yellow\",\"green\"]},\"fields\":" ANY_MAP "}}"},
    {"SubjectList", LIST_OF("Subject")},
    {"SubjectNew", "{\"type\":\"object\",\"required\":[\"fields\"],\"properties\":{\"area\":" STRING
                   ",\"parent\":" UUID ",\"since\":" DATE ",\"fields\":" ANY_MAP "}}"},
    {"SubjectChange", "{\"type\":\"object\",\"properties\":{\"area\":" STRING ",\"since\":" DATE
                      ",\"fields\":" ANY_MAP ",\"note\":" STRING "}}"},
    {"Event", "{\"type\":\"object\",\"required\":[\"id\",\"kind\",\"subject\",\"root\",\"on\","
              "\"at\",\"officer\",\"officer_name\",\"withdrawn\",\"fields\"],\"properties\":{"
              "\"id\":" UUID ",\"kind\":" STRING ",\"subject\":" UUID ",\"root\":" UUID
              ",\"on\":" DATE ",\"at\":" STRING ",\"officer\":" UUID_OR_NULL
              ",\"officer_name\":" STRING ",\"withdrawn\":" BOOLEAN ",\"fields\":" ANY_MAP "}}"},
    {"EventNew",
     "{\"type\":\"object\",\"required\":[\"subject\",\"on\",\"fields\"],\"properties\":{"
     "\"subject\":" UUID ",\"on\":" DATE ",\"fields\":" ANY_MAP "}}"},
    {"EventAnswer", "{\"type\":\"object\",\"required\":[\"seq\",\"event\",\"consequences\"],"
                    "\"properties\":{\"seq\":" INTEGER ",\"event\":" REF(
                        "Event") ",\"consequences\":{\"type\":\"object\",\"required\":["
                                 "\"raised\",\"resolved\",\"cases\"],\"properties\":{"
                                 "\"raised\":" ARRAY(REF("Finding")) ",\"resolved\":" ARRAY(
                                     REF("Finding")) ",\"cases\":" ARRAY(REF("Case")) "}}}"
                                                                                      "}"},
    {"Finding",
     "{\"type\":\"object\",\"required\":[\"id\",\"rule\",\"title\",\"colour\",\"subject\","
     "\"since\",\"until\",\"case\",\"says\",\"reasons\"],\"properties\":{\"id\":" UUID
     ",\"rule\":" STRING ",\"title\":" REF("Label") ",\"colour\":" STRING ",\"subject\":" REF(
         "Ref") ",\"since\":" DATE ",\"until\":" DATE_OR_NULL ",\"case\":" UUID_OR_NULL
                ",\"says\":" REF("Label") ",\"reasons\":" ARRAY(ANY_MAP) "}}"},
    {"FindingList", LIST_OF("Finding")},
    {"Case",
     "{\"type\":\"object\",\"required\":[\"id\",\"process\",\"workflow\",\"title\","
     "\"state\",\"state_title\",\"closed\",\"subject\",\"opened\",\"since\",\"deadline\","
     "\"overdue\",\"days_left\",\"relapses\",\"version\",\"findings\"],"
     "\"properties\":{\"id\":" UUID ",\"process\":" STRING ",\"workflow\":" STRING
     ",\"title\":" REF("Label") ",\"state\":" STRING ",\"state_title\":" REF(
         "Label") ",\"closed\":" BOOLEAN
                  ",\"subject\":" REF(
                      "Ref") ",\"opened\":" DATE ",\"since\":" DATE ",\"deadline\":" DATE_OR_NULL
                             ",\"overdue\":" BOOLEAN
                             ",\"days_left\":{\"type\":[\"integer\",\"null\"]},"
                             "\"relapses\":" INTEGER ",\"version\":" INTEGER
                             ",\"findings\":" ARRAY(REF("Finding")) ",\"steps\":" ARRAY(
                                 ANY_MAP) ",\"next\":" ARRAY(ANY_MAP) ",\"measures\""
                                                                      ":" ARRAY(REF("Measur"
                                                                                    "e")) "}}"},
    {"CaseList", LIST_OF("Case")},
    {"Transition", "{\"type\":\"object\",\"required\":[\"transition\"],\"properties\":{\"id\":" UUID
                   ",\"transition\":" STRING ",\"form\":" ANY_MAP ",\"note\":" STRING "}}"},
    {"Measure", "{\"type\":\"object\",\"required\":[\"id\",\"kind\",\"title\",\"subject\",\"case\","
                "\"state\",\"amount\",\"per\",\"form\",\"note\",\"since\",\"version\",\"next\","
                "\"trace\"],\"properties\":{\"id\":" UUID ",\"kind\":" STRING
                ",\"title\":" REF("Label") ",\"subject\":" REF(
                    "Ref") ",\"case\":" UUID_OR_NULL ",\"state\":" STRING
                           ",\"amount\":{\"type\":[\"integer\",\"null\"]},\"per\":" STRING
                           ",\"form\":" ANY_MAP ",\"note\":" STRING ",\"since\":" DATE
                           ",\"version\":" INTEGER ",\"next\":" ARRAY(STRING) ",\"trace\":{}}}"},
    {"MeasureChange",
     "{\"type\":\"object\",\"properties\":{\"kind\":" STRING ",\"subject\":" UUID ",\"case\":" UUID
     ",\"form\":" ANY_MAP ",\"state\":" STRING ",\"note\":" STRING "}}"},
    {"Due", "{\"type\":\"object\",\"required\":[\"today\",\"overdue\",\"soon\",\"open\","
            "\"approvals\",\"counts\"],\"properties\":{\"today\":" DATE
            ",\"overdue\":" ARRAY(REF("Case")) ",\"soon\":" ARRAY(REF("Case")) ",\"open\":" ARRAY(
                REF("Case")) ",\"approvals\":" ARRAY(REF("Measure")) ",\"counts\":" ANY_MAP "}}"},
    {"File",
     "{\"type\":\"object\",\"required\":[\"subject\",\"children\",\"variables\","
     "\"cannot_tell\",\"findings\",\"cases\",\"measures\",\"events\",\"history\"],"
     "\"properties\":{\"subject\":" REF("Subject") ",\"children\":" ARRAY(REF(
         "Subj"
         "ec"
         "t")) ",\"variables\":" ARRAY(ANY_MAP) ",\"cannot_tell\":" ARRAY(ANY_MAP) ",\"findings\""
                                                                                   ":" ARRAY(REF(
                                                                                       "F"
                                                                                       "i"
                                                                                       "n"
                                                                                       "d"
                                                                                       "i"
                                                                                       "n"
                                                                                       "g")) ",\"ca"
                                                                                             "ses\""
                                                                                             ":" ARRAY(REF("Case")) ",\"measures\":" ARRAY(REF("M"
                                                                                                                                               "e"
                                                                                                                                               "a"
                                                                                                                                               "s"
                                                                                                                                               "u"
                                                                                                                                               "r"
                                                                                                                                               "e")) ",\"events\":" ARRAY(REF("Event")) ",\"history\":" ARRAY(ANY_MAP) "}}"},
    {"Import", "{\"type\":\"object\",\"required\":[\"id\",\"layout\",\"file\",\"state\",\"rows\","
               "\"good\",\"bad\",\"created\",\"changed\",\"same\",\"errors\",\"sample\"],"
               "\"properties\":{\"id\":" UUID ",\"layout\":" STRING ",\"file\":" STRING
               ",\"state\":" STRING ",\"rows\":" INTEGER ",\"good\":" INTEGER ",\"bad\":" INTEGER
               ",\"created\":" INTEGER ",\"changed\":" INTEGER ",\"same\":" INTEGER
               ",\"errors\":" ARRAY(ANY_MAP) ",\"sample\":" ARRAY(ANY_MAP) "}}"},
    {"EntryList", "{\"type\":\"object\",\"required\":[\"items\",\"next\"],\"properties\":{"
                  "\"items\":" ARRAY(ANY_MAP) ",\"next\":{\"type\":[\"integer\",\"null\"]}}}"},
};

static void put_schemas(request *q, json_out *w) {
  json_key(w, "schemas");
  json_open(w, '{');
  for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
    json_key(w, fixed[i].name);
    json_put_raw(w, text_of(fixed[i].schema));
  }
  for (size_t p = 0; p < request_packs(q)->count; p++) {
    const pack *k = request_packs(q)->packs[p];
    for (size_t i = 0; i < k->kind_count; i++)
      fields_schema(w, k->kinds[i].name, "fields_of_", k->kinds[i].title, k->kinds[i].fields,
                    k->kinds[i].field_count, false);
    for (size_t i = 0; i < k->event_count; i++)
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

static void put_ref(json_out *w, const char *key, const char *schema) {
  char ref[120];
  json_key(w, key);
  json_open(w, '{');
  snprintf(ref, sizeof ref, "#/components/schemas/%s", schema);
  put_str(w, "$ref", ref);
  json_close(w, '}');
}

static void put_content(json_out *w, const char *type, const char *schema) {
  json_key(w, "content");
  json_open(w, '{');
  json_key(w, type);
  json_open(w, '{');
  if (schema) put_ref(w, "schema", schema);
  json_close(w, '}');
  json_close(w, '}');
}

static void put_parameter(json_out *w, const char *where, text name, bool required) {
  json_open(w, '{');
  json_key(w, "name");
  json_put_text(w, name);
  put_str(w, "in", where);
  put_bool(w, "required", required);
  json_key(w, "schema");
  json_put_raw(w, TEXT("{\"type\":\"string\"}"));
  json_close(w, '}');
}

static void put_parameters(json_out *w, const route *r) {
  json_key(w, "parameters");
  json_open(w, '[');
  for (const char *at = strchr(r->pattern, '{'); at; at = strchr(at, '{')) {
    const char *end = strchr(at, '}');
    put_parameter(w, "path", (text){at + 1, (size_t)(end - at - 1)}, true);
    at = end;
  }
  for (const char *at = r->query; *at;) {
    size_t n = strcspn(at, " ");
    put_parameter(w, "query", (text){at, n}, false);
    at += n;
    while (*at == ' ') at++;
  }
  json_close(w, ']');
}

static void put_operation(json_out *w, const route *r) {
  char method[8] = "";
  for (size_t i = 0; r->method[i] && i < 7; i++) method[i] = (char)(r->method[i] | 32);
  json_key(w, method);
  json_open(w, '{');
  put_str(w, "summary", r->summary_zh);
  put_str(w, "description", r->summary_en);
  put_parameters(w, r);
  if (r->takes || r->upload) {
    json_key(w, "requestBody");
    json_open(w, '{');
    put_bool(w, "required", true);
    put_content(w, r->upload ? "application/octet-stream" : "application/json", r->takes);
    json_close(w, '}');
  }
  json_key(w, "responses");
  json_open(w, '{');
  json_key(w, "2XX");
  json_open(w, '{');
  put_str(w, "description", r->summary_en);
  if (r->gives) put_content(w, "application/json", r->gives);
  json_close(w, '}');
  json_key(w, "default");
  json_open(w, '{');
  put_str(w, "description", "problem");
  put_content(w, "application/problem+json", "Problem");
  json_close(w, '}');
  json_close(w, '}');
  if (r->access == ACCESS_SIGNED_IN) {
    json_key(w, "security");
    json_put_raw(w, TEXT("[{\"bearer\":[]},{\"cookie\":[]}]"));
  }
  json_close(w, '}');
}

void handle_openapi(request *q) {
  county c;
  err e;
  if (!store_county_read(request_store(q), &c, &e)) {
    request_fail(q, &e);
    return;
  }
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  put_str(&w, "openapi", "3.1.0");
  json_key(&w, "info");
  json_open(&w, '{');
  put_str(&w, "title", "即时 Jishi");
  put_str(&w, "version", "1");
  json_close(&w, '}');
  json_key(&w, "paths");
  json_open(&w, '{');
  for (size_t i = 0; i < route_count; i++) {
    bool first = true; /* all methods of a path stand under it once */
    for (size_t k = 0; k < i; k++) first &= strcmp(routes[k].pattern, routes[i].pattern) != 0;
    if (!first) continue;
    json_key(&w, routes[i].pattern);
    json_open(&w, '{');
    for (size_t k = i; k < route_count; k++)
      if (strcmp(routes[k].pattern, routes[i].pattern) == 0) put_operation(&w, &routes[k]);
    json_close(&w, '}');
  }
  json_close(&w, '}');
  json_key(&w, "components");
  json_open(&w, '{');
  put_schemas(q, &w);
  json_key(&w, "securitySchemes");
  json_put_raw(&w, TEXT("{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\"},\"cookie\":{"
                        "\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"jishi_session\"}}"));
  json_close(&w, '}');
  json_close(&w, '}');
}
