/* OpenAPI 3.1, built from the table of routes and the loaded packs. */
#include "http/handlers.h"
#include "http/server_internal.h"

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

/* ---- schemas that are the same for every pack ---- */

/* "name:type", separated by blanks; `name~` may be missing, `type?` may be null, `[type]` is a list
 * of it, a capital letter names another schema. */
static const struct {
  const char *name, *members;
} fixed[] = {
    {"Label", "zh:string en:string"},
    {"Problem", "type:string title:string status:int code:string detail:string place:string "
                "zh:string en:string"},
    {"Health", "ok:bool county:string seq:int role:string"},
    {"Done", "done:bool"},
    {"SignIn", "login:string password:string"},
    {"Officer", "id:uuid name:string login:string posts:[map] rights:[string] admin:bool"},
    {"SessionAnswer", "token~:string expires:string officer:Officer"},
    {"Packs", "county:map today:date packs:[map]"},
    {"Area", "code:string name:string level:string parent:string"},
    {"AreaList", "items:[Area]"},
    {"Ref", "kind:string id:uuid? root:uuid? root_kind:string title:string area:string "
            "area_name:string"},
    {"Subject", "id:uuid kind:string parent:uuid? root:uuid area:string area_name:string "
                "title:string version:int created:int colour~:string fields:map"},
    {"SubjectList", "items:[Subject] next:string?"},
    {"SubjectNew", "area~:string parent~:uuid since~:date fields:map"},
    {"SubjectChange", "area~:string parent~:uuid since~:date fields~:map note~:string"},
    {"Event", "id:uuid kind:string subject:uuid root:uuid on:date at:string officer:uuid? "
              "officer_name:string withdrawn:bool fields:map shows~:[Shown]"},
    {"Shown", "name:string title:Label text:string"},
    {"EventNew", "subject:uuid on:date fields:map replaces~:uuid"},
    {"Consequences", "raised:[Finding] resolved:[Finding] cases:[Case]"},
    {"EventAnswer", "seq:int event:Event consequences:Consequences"},
    {"Finding", "id:uuid rule:string title:Label colour:string subject:Ref since:date "
                "until:date? case:uuid? says:Label reasons:[map]"},
    {"FindingList", "items:[Finding] next:string?"},
    {"Case", "id:uuid process:string workflow:string title:Label state:string state_title:Label "
             "closed:bool subject:Ref opened:date since:date deadline:date? overdue:bool "
             "days_left:int? relapses:int version:int findings:[Finding] steps~:[map] next~:[map] "
             "measures~:[Measure]"},
    {"CaseList", "items:[Case] next:string?"},
    {"Transition", "id~:uuid transition:string form~:map note~:string"},
    {"Measure", "id:uuid kind:string title:Label subject:Ref case:uuid? state:string amount:int? "
                "per:string? paid:int fund:string form:map note:string since:date version:int "
                "next:[string] trace:any"},
    {"MeasureChange", "kind~:string subject~:uuid case~:uuid form~:map state~:string note~:string"},
    {"Due", "today:date overdue:[Case] soon:[Case] open:[Case] approvals:[Measure] counts:map"},
    {"File", "subject:Subject children:[Subject] variables:[map] cannot_tell:[map] "
             "findings:[Finding] cases:[Case] measures:[Measure] events:[Event]"},
    {"Explanation",
     "kind:string name:string title:Label inputs:[Explanation] formula~:string op~:string "
     "text~:string value~:any missing~:[map] since~:date? until~:date? source~:string "
     "source_title~:Label at~:string officer_name~:string window~:map count~:int events~:[map] "
     "unit~:string reference~:string subject~:string colour~:string now~:any now_text~:string "
     "deadline~:date? case~:uuid event~:uuid says~:Label reasons~:[map] trace~:any seen~:bool "
     "cut~:bool"},
    {"History", "items:[map] next:string?"},
    {"Import",
     "id:uuid layout:string file:string state:string rows:int good:int bad:int "
     "created:int changed:int same:int absent~:int errors:[map] absent_rows~:[map] sample:[map]"},
    {"Question", "pack~:string as_of~:date area~:string by~:string set~:map list~:map"},
    {"Simulation", "as_of:date seq:int area:string area_name:string subjects:int enters:int "
                   "leaves:int set:[map] rules:[map] areas:[map] categories:[map] list~:map"},
    {"EntryList", "items:[map] next:string?"},
    {"KeyList", "items:[map]"},
    {"Indicators",
     "pack:string from:date to:date area:string area_name:string seq:int items:[map]"},
    {"IndicatorRows",
     "pack:string from:date to:date area:string area_name:string seq:int "
     "name:string title:Label definition:Label unit:string items:[map] next:string?"},
    {"Fund", "kind:string id:uuid key:string title:string budget:int? paid:int payments:int "
             "promised:int promises:int left:int?"},
    {"FundList", "today:date items:[Fund]"},
    {"Payment", "id:uuid kind:string title:Label on:date fund:string period:string amount:int "
                "subject:Ref measure:uuid? measure_title~:Label"},
    {"PaymentList", "items:[Payment] next:string?"},
    {"Duty", "pack:string duty:string title:Label kind:string event:string period:string from:date "
             "to:date form:string each:string officer:uuid? officer_name:string? area:string "
             "area_name:string set:int need:int done:int excused:int today:int days_left:int "
             "state:string why:Label"},
    {"FileStored", "name:string type:string bytes:int"},
    {"Place", "id:uuid title:string key:string? place:string? sort:string? colour:string "
              "area:string"},
    {"PlaceList", "sort:string? items:[Place] more:bool"},
    {"DutyList", "day:date today:date items:[Duty] next:string?"},
    {"DutySubject", "subject:Ref need:int done:int last:date? since:date state:string why:Label"},
    {"DutySubjects", "day:date items:[DutySubject] next:string?"},
    {"ExcuseNew", "duty~:string officer~:uuid kind~:string subject~:uuid from:date to:date "
                  "reason:string stand_in~:uuid"},
    {"Excuse", "id:uuid duty:string duty_title:Label officer:uuid? officer_name:string? "
               "subject~:Ref area:string from:date to:date reason:string stand_in:uuid? "
               "stand_in_name:string? said_by:string? withdrawn:bool"},
    {"ExcuseList", "items:[Excuse]"},
    {"OfficerListed", "id:uuid login:string name:string role_title:Label area:string "
                      "area_name:string"},
    {"OfficerList", "items:[OfficerListed]"},
};

static void put_type(json_out *w, text type) {
  static const struct {
    const char *word, *type, *format;
  } words[] = {{"string", "string", NULL}, {"uuid", "string", "uuid"}, {"date", "string", "date"},
               {"int", "integer", NULL},   {"bool", "boolean", NULL},  {"map", "object", NULL}};
  bool or_null = type.bytes && type.at[type.bytes - 1] == '?';
  if (or_null) type.bytes--;
  json_open(w, '{');
  if (type.at[0] == '[') {
    json_field_str(w, "type", "array");
    json_key(w, "items");
    put_type(w, (text){type.at + 1, type.bytes - 2});
  } else if (type.at[0] >= 'A' && type.at[0] <= 'Z') {
    char ref[120];
    snprintf(ref, sizeof ref, "#/components/schemas/%.*s", (int)type.bytes, type.at);
    json_field_str(w, "$ref", ref);
  }
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (!text_is(type, words[i].word)) continue;
    json_key(w, "type");
    if (or_null) json_open(w, '[');
    json_put_str(w, words[i].type);
    if (or_null) {
      json_put_str(w, "null");
      json_close(w, ']');
    }
    if (words[i].format) json_field_str(w, "format", words[i].format);
  }
  json_close(w, '}');
}

/* Calls back for each "name:type" of the list. */
static void each_member(const char *members,
                        void (*take)(json_out *w, text name, bool may_miss, text type),
                        json_out *w) {
  while (*members) {
    size_t n = strcspn(members, " ");
    const char *colon = memchr(members, ':', n);
    text name = {members, (size_t)(colon - members)};
    text type = {colon + 1, n - name.bytes - 1};
    bool may_miss = name.at[name.bytes - 1] == '~';
    if (may_miss) name.bytes--;
    take(w, name, may_miss, type);
    members += n;
    while (*members == ' ') members++;
  }
}

static void put_property(json_out *w, text name, bool may_miss, text type) {
  (void)may_miss;
  json_key_text(w, name);
  put_type(w, type);
}

static void put_required(json_out *w, text name, bool may_miss, text type) {
  (void)type;
  if (!may_miss) json_put_text(w, name);
}

static void put_fixed(json_out *w, size_t i) {
  json_field_open(w, fixed[i].name, '{');
  json_field_str(w, "type", "object");
  json_field_open(w, "properties", '{');
  each_member(fixed[i].members, put_property, w);
  json_close(w, '}');
  json_field_open(w, "required", '[');
  each_member(fixed[i].members, put_required, w);
  json_close(w, ']');
  json_close(w, '}');
}

static void put_schemas(request *q, json_out *w) {
  json_field_open(w, "schemas", '{');
  for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) put_fixed(w, i);
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

static void put_link(json_out *w, const char *key, const char *schema) {
  char ref[120];
  json_field_open(w, key, '{');
  snprintf(ref, sizeof ref, "#/components/schemas/%s", schema);
  json_field_str(w, "$ref", ref);
  json_close(w, '}');
}

static void put_content(json_out *w, const char *type, const char *schema) {
  json_field_open(w, "content", '{');
  json_field_open(w, type, '{');
  if (schema) put_link(w, "schema", schema);
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
  for (const char *at = r->query ? r->query : ""; *at;) {
    size_t n = strcspn(at, " ");
    put_parameter(w, "query", (text){at, n}, false);
    at += n;
    while (*at == ' ') at++;
  }
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
  json_put_text(w, buf_view(&says));
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
  const route *routes = q->loop->server->routes;
  size_t route_count = q->loop->server->route_count;
  county c;
  if (!store_county_read(request_store(q), &c, e)) return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_field_str(&w, "openapi", "3.1.0");
  json_field_open(&w, "info", '{');
  json_field_str(&w, "title", "即时 Jishi");
  json_field_str(&w, "version", "1");
  json_close(&w, '}');
  json_field_open(&w, "paths", '{');
  for (size_t i = 0; i < route_count; i++) {
    bool first = true; /* all methods of a path stand under it once */
    for (size_t k = 0; k < i; k++) first &= strcmp(routes[k].pattern, routes[i].pattern) != 0;
    if (!first) continue;
    json_field_open(&w, routes[i].pattern, '{');
    for (size_t k = i; k < route_count; k++)
      if (strcmp(routes[k].pattern, routes[i].pattern) == 0) put_operation(&w, &routes[k]);
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
