/* A pack as clients see it: enough to draw forms, tables and flows (GET /packs). */
#include "base/json_fields.h"

#include <stdio.h>
#include "base/money.h"
#include "pack/json.h"
#include "pack/model/field_value.h"
#include "pack/model/ledger.h"
#include "pack/model/print.h"

static void put_head(json_out *w, const char *name, label title) {
  json_open(w, '{');
  json_field_str(w, "name", name);
  json_field_label(w, "title", title);
}

static void put_words(json_out *w, const char *key, const char *const *words) {
  json_key(w, key);
  json_open(w, '[');
  for (; words && *words; words++) json_put_str(w, *words);
  json_close(w, ']');
}

static void begin(json_out *w, const char *key) {
  json_key(w, key);
  json_open(w, '[');
}

static void put_type(json_out *w, const cel_type *t) {
  AUTO_BUF buf b = {0};
  cel_type_print(&b, t);
  json_key(w, "type");
  json_put_buf(w, &b);
  type_put_measure(w, t);
}

void type_put_measure(json_out *w, const cel_type *t) {
  if (cel_type_unit(t)[0]) json_field_str(w, "unit", cel_type_unit(t));
  if (cel_type_decimals(t) >= 0) json_field_int(w, "decimals", cel_type_decimals(t));
}

/* ---- fields ---- */

static const char *const type_names[] = {
    [FIELD_TEXT] = "text", [FIELD_INT] = "int",       [FIELD_MONEY] = "money",
    [FIELD_RATE] = "rate", [FIELD_NUMBER] = "number", [FIELD_DATE] = "date",
    [FIELD_BOOL] = "bool", [FIELD_CHOICE] = "choice", [FIELD_CHOICES] = "choices"};
static const char *const format_names[] = {[FORMAT_NONE] = NULL,
                                           [FORMAT_RESIDENT_ID] = "resident_id",
                                           [FORMAT_DOCUMENT] = "document",
                                           [FORMAT_CREDIT_CODE] = "credit_code",
                                           [FORMAT_DISABILITY_CARD] = "disability_card",
                                           [FORMAT_PHONE] = "phone",
                                           [FORMAT_MEASURE] = "measure",
                                           [FORMAT_TIME] = "time",
                                           [FORMAT_FOLLOW_UP] = "follow_up",
                                           [FORMAT_OFFICER] = "officer",
                                           [FORMAT_OFFICERS] = "officers",
                                           [FORMAT_FILES] = "files",
                                           [FORMAT_PLACE] = "place",
                                           [FORMAT_ZONE] = "zone"};
static const char *const privacy_names[] = {
    [PRIVACY_OPEN] = "open", [PRIVACY_MASKED] = "masked", [PRIVACY_HIDDEN] = "hidden"};

static void put_limit(json_out *w, const char *key, const field *f, int64_t n) {
  char own[32];
  json_key(w, key);
  if (f->min > f->max || n == INT64_MIN || n == INT64_MAX) {
    json_put_null(w);
  } else if (f->type == FIELD_RATE || f->type == FIELD_NUMBER) {
    rate_format(n, own);
    json_put_str(w, own);
  } else if (f->type == FIELD_DATE) {
    day_format((day)n, own);
    json_put_str(w, own);
  } else {
    json_put_int(w, n);
  }
}

/* Left out where there is none. */
static void put_source(json_out *w, const char *key, const cel_program *p) {
  if (!p) return;
  AUTO_BUF buf b = {0};
  cel_program_browser_source(&b, p);
  json_field_buf(w, key, &b);
}

static void put_choices(json_out *w, const field *f) {
  begin(w, "values");
  for (size_t i = 0; i < f->choice_count; i++) {
    json_open(w, '{');
    json_field_str(w, "code", f->choices[i].code);
    json_field_label(w, "title", f->choices[i].title);
    if (f->choices[i].group.zh[0]) json_field_label(w, "group", f->choices[i].group);
    put_source(w, "applies_when", f->choices[i].applies_when);
    if (f->choices[i].from != DAY_NONE) json_field_day(w, "from", f->choices[i].from);
    if (f->choices[i].to != DAY_NONE) json_field_day(w, "to", f->choices[i].to);
    json_close(w, '}');
  }
  json_close(w, ']');
}

/* Closed to typing: by whom it is written instead. */
static void put_owners(json_out *w, const field *f) {
  static const char *const types[] = {
      [OWNER_TRANSITION] = "transition", [OWNER_MEASURE] = "measure", [OWNER_EVENT] = "event"};
  json_field_bool(w, "owned", field_is_owned(f));
  if (!f->owner_count) return;
  begin(w, "owners");
  for (size_t i = 0; i < f->owner_count; i++) {
    const owner *o = &f->owners[i];
    json_open(w, '{');
    json_field_str(w, "type", types[o->type]);
    json_field_str(w, "workflow", o->workflow);
    json_field_str(w, "name", o->name);
    json_field_label(w, "title", o->title);
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_field(json_out *w, const field *f) {
  put_head(w, f->name, f->title);
  json_field_label(w, "help", f->help);
  json_field_str(w, "type", type_names[f->type]);
  json_field_str(w, "format", format_names[f->format]);
  json_field_str(w, "privacy", privacy_names[f->privacy]);
  json_field_bool(w, "required", f->required);
  json_field_bool(w, "long", f->long_text);
  put_limit(w, "min", f, f->min);
  put_limit(w, "max", f, f->max);
  put_choices(w, f);
  json_field_str(w, "fact", f->fact);
  json_field_str(w, "of", f->of);
  put_source(w, "applies_when", f->applies_when);
  if (f->empty_title.zh[0]) json_field_label(w, "empty_title", f->empty_title);
  type_put_measure(w, f->type_in_cel);
  json_field_bool(w, "filled", field_is_filled(f));
  put_owners(w, f);
  json_field_str(w, "initial", f->initial);
  put_source(w, "filled_from", f->filled_from);
  json_close(w, '}');
}

void fields_put_json(json_out *w, const field *fields, size_t count) {
  json_open(w, '[');
  for (size_t i = 0; i < count; i++) put_field(w, &fields[i]);
  json_close(w, ']');
}

/* Without those of groups that are not `seen`. */
static void put_fields(json_out *w, const field *fields, size_t count, uint32_t seen) {
  begin(w, "fields");
  for (size_t i = 0; i < count; i++)
    if (!(fields[i].groups & ~seen)) put_field(w, &fields[i]);
  json_close(w, ']');
}

static void put_list(json_out *w, const char *key, const field *fields, const int *list,
                     size_t count, uint32_t seen) {
  begin(w, key);
  for (size_t i = 0; i < count; i++)
    if (!(fields[list[i]].groups & ~seen)) json_put_str(w, fields[list[i]].name);
  json_close(w, ']');
}

/* ---- parts ---- */

static void put_roles(json_out *w, const pack *p) {
  begin(w, "roles");
  for (size_t i = 0; i < p->role_count; i++) {
    const role *r = &p->roles[i];
    const char *may[10] = {NULL};
    size_t n = 0;
    if (r->registers) may[n++] = "register";
    if (r->records) may[n++] = "record";
    if (r->imports) may[n++] = "import";
    if (r->decides) may[n++] = "decide";
    if (r->sees_clear) may[n++] = "see_clear";
    if (r->corrects) may[n++] = "correct";
    if (r->takes_in) may[n++] = "take_in";
    if (r->forgets) may[n++] = "forget";
    put_head(w, r->name, r->title);
    put_words(w, "may", may);
    json_field_str(w, "sees", r->sees_own ? "own" : "area");
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_names_in(json_out *w, const char *of, const field *fields, size_t count,
                         uint32_t group) {
  char name[2 * 64 + 2];
  for (size_t i = 0; i < count; i++) {
    if (!(fields[i].groups & group)) continue;
    snprintf(name, sizeof name, "%s.%s", of, fields[i].name);
    json_put_str(w, name);
  }
}

static void put_field_groups(json_out *w, const pack *p) {
  begin(w, "field_groups");
  for (size_t g = 0; g < p->group_count; g++) {
    const uint32_t bit = 1u << g;
    put_head(w, p->groups[g].name, p->groups[g].title);
    begin(w, "clear");
    for (size_t i = 0; i < p->role_count; i++)
      if (p->roles[i].clear & bit) json_put_str(w, p->roles[i].name);
    json_close(w, ']');
    begin(w, "masked");
    for (size_t i = 0; i < p->role_count; i++)
      if (p->roles[i].masked & bit) json_put_str(w, p->roles[i].name);
    json_close(w, ']');
    begin(w, "fields");
    for (size_t i = 0; i < p->kind_count; i++)
      put_names_in(w, p->kinds[i].name, p->kinds[i].fields, p->kinds[i].field_count, bit);
    for (size_t i = 0; i < p->event_count; i++)
      put_names_in(w, p->events[i].name, p->events[i].fields, p->events[i].field_count, bit);
    json_close(w, ']');
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_role_names(json_out *w, const pack *p, const kind *k, const char *key,
                           bool (*does)(const pack *, const role *, const kind *)) {
  begin(w, key);
  for (size_t i = 0; i < p->role_count; i++)
    if (does(p, &p->roles[i], k)) json_put_str(w, p->roles[i].name);
  json_close(w, ']');
}

static void put_kinds(json_out *w, const pack *p, uint32_t seen) {
  begin(w, "kinds");
  for (size_t i = 0; i < p->kind_count; i++) {
    const kind *k = &p->kinds[i];
    put_head(w, k->name, k->title);
    json_field_str(w, "plural", k->plural);
    json_field_str(w, "parent", k->parent < 0 ? NULL : p->kinds[k->parent].name);
    json_field_str(w, "key", k->key < 0 ? NULL : k->fields[k->key].name);
    json_field_str(w, "label", k->fields[k->title_field].name);
    json_field_str(w, "registered_at", area_level_name((area_level)k->registered_at));
    json_field_str(w, "end_date_field",
                   k->end_date_field < 0 ? NULL : k->fields[k->end_date_field].name);
    json_field_str(w, "account_field",
                   k->account_field < 0 ? NULL : k->fields[k->account_field].name);
    put_role_names(w, p, k, "seen_by", role_sees);
    put_role_names(w, p, k, "registered_by", role_registers);
    put_list(w, "alike", k->fields, k->alike, k->alike_count, seen);
    put_list(w, "list", k->fields, k->list, k->list_count, seen);
    put_fields(w, k->fields, k->field_count, seen);
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_events(json_out *w, const pack *p, uint32_t seen) {
  begin(w, "events");
  for (size_t i = 0; i < p->event_count; i++) {
    const event_kind *k = &p->events[i];
    if (k->groups & ~seen) continue;
    put_head(w, k->name, k->title);
    json_field_str(w, "about", p->kinds[k->about].name);
    put_words(w, "who", k->who);
    json_field_bool(w, "derived", k->derived);
    json_key(w, "payment");
    if (k->payment) {
      json_open(w, '{');
      json_field_str(w, "fund", k->fields[k->payment->fund].name);
      json_field_str(w, "measure",
                     k->payment->measure < 0 ? NULL : k->fields[k->payment->measure].name);
      json_field_str(w, "fund_kind", p->kinds[k->payment->fund_kind].name);
      json_close(w, '}');
    } else {
      json_put_null(w);
    }
    put_list(w, "list", k->fields, k->list, k->list_count, seen);
    put_fields(w, k->fields, k->field_count, seen);
    json_close(w, '}');
  }
  json_close(w, ']');
}

/* A parameter's value: decimals within maps and brackets are texts, too. */
static void put_value(json_out *w, const value *v, const char *type) {
  char own[32];
  switch (v->type) {
  case VALUE_BOOL:
    json_put_bool(w, v->yes);
    break;
  case VALUE_STRING:
    json_put_text(w, v->s);
    break;
  case VALUE_INT:
    if (strcmp(type, "rate") == 0 || strcmp(type, "number") == 0) {
      rate_format(v->i, own);
      json_put_str(w, own);
    } else if (strcmp(type, "date") == 0) {
      day_format((day)v->i, own);
      json_put_str(w, own);
    } else {
      json_put_int(w, v->i);
    }
    break;
  case VALUE_MAP:
    json_open(w, '{');
    for (size_t i = 0; i < v->map->count; i++) {
      const value_pair *pair = &v->map->pairs[i];
      json_key_text(w, pair->key.s);
      bool rate = !v->map->open && text_is(pair->key.s, "rate");
      put_value(w, &pair->item, rate ? "rate" : type);
    }
    json_close(w, '}');
    break;
  case VALUE_LIST:
    json_open(w, '[');
    for (size_t i = 0; i < v->list->count; i++) put_value(w, &v->list->items[i], type);
    json_close(w, ']');
    break;
  default:
    json_put_null(w);
  }
}

void parameter_put_value(json_out *w, const parameter *p, const value *v) {
  put_value(w, v, p->kind);
}

static void put_parameters(json_out *w, const pack *p) {
  static const char *const forms[] = {
      [PARAM_VALUE] = "value", [PARAM_SCALE] = "scale", [PARAM_KEYED] = "keyed"};
  begin(w, "parameters");
  for (size_t i = 0; i < p->parameter_count; i++) {
    const parameter *m = &p->parameters[i];
    put_head(w, m->name, m->title);
    json_field_str(w, "type", m->kind);
    type_put_measure(w, m->one);
    json_field_str(w, "form", forms[m->form]);
    begin(w, "values");
    for (size_t k = 0; k < m->value_count; k++) {
      json_open(w, '{');
      json_field_day(w, "from", m->values[k].from);
      json_key(w, "value");
      put_value(w, &m->values[k].v, m->kind);
      json_field_str(w, "reference",
                     m->values[k].reference ? m->values[k].reference : m->reference);
      json_close(w, '}');
    }
    json_close(w, ']');
    json_field_bool(w, "set", m->value_count > 0);
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_aggregates(json_out *w, const pack *p) {
  static const char *const ops[] = {[AGG_COUNT] = "count",
                                    [AGG_SUM] = "sum",
                                    [AGG_LAST] = "last",
                                    [AGG_FIRST] = "first",
                                    [AGG_MIN] = "min",
                                    [AGG_MAX] = "max",
                                    [AGG_MEAN] = "mean",
                                    [AGG_DAYS] = "distinct_days",
                                    [AGG_SUBJECTS] = "distinct_subjects"};
  static const char *const windows[] = {[WINDOW_ALL] = "all",
                                        [WINDOW_DAYS] = "days",
                                        [WINDOW_MONTHS] = "months",
                                        [WINDOW_CALENDAR_MONTH] = "calendar_month",
                                        [WINDOW_CALENDAR_YEAR] = "calendar_year"};
  begin(w, "aggregates");
  for (size_t i = 0; i < p->aggregate_count; i++) {
    const aggregate *g = &p->aggregates[i];
    put_head(w, g->name, g->title);
    json_field_str(w, "of", p->kinds[g->of].name);
    json_field_str(w, "over", p->events[g->over].name);
    json_field_str(w, "op", ops[g->op]);
    json_field_str(w, "window", windows[g->window]);
    json_key(w, "length");
    json_put_int(w, g->length);
    put_type(w, g->type);
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_variables(json_out *w, const pack *p) {
  begin(w, "variables");
  for (size_t i = 0; i < p->variable_count; i++) {
    const variable *v = &p->variables[i];
    put_head(w, v->name, v->title);
    json_field_str(w, "of", v->of >= 0 ? p->kinds[v->of].name : p->events[v->of_event].name);
    put_type(w, v->type);
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_indicators(json_out *w, const pack *p) {
  begin(w, "indicators");
  for (size_t i = 0; i < p->indicator_count; i++) {
    const indicator *x = &p->indicators[i];
    put_head(w, x->name, x->title);
    json_field_label(w, "definition", x->definition);
    json_field_label(w, "group", x->group);
    json_field_str(w, "of", x->of >= 0 ? p->kinds[x->of].name : p->events[x->of_event].name);
    json_field_bool(w, "of_events", x->of < 0);
    put_type(w, x->type);
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_sample_plans(json_out *w, const pack *p) {
  begin(w, "samples");
  for (size_t i = 0; i < p->sample_plan_count; i++) {
    const sample_plan *x = &p->sample_plans[i];
    put_head(w, x->name, x->title);
    json_field_label(w, "definition", x->definition);
    json_field_str(w, "of", p->kinds[x->of].name);
    json_field_str(w, "for", x->for_kind < 0 ? NULL : p->kinds[x->for_kind].name);
    json_field_str(w, "check", p->events[x->check].name);
    json_field_bool(w, "strata", x->by_area != STRATA_NO_AREA || x->by_count > 0);
    begin(w, "results");
    for (size_t k = 0; k < x->result_count; k++) {
      put_head(w, x->results[k].name, x->results[k].title);
      json_field_label(w, "definition", x->results[k].definition);
      json_close(w, '}');
    }
    json_close(w, ']');
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_ledgers(json_out *w, const pack *p) {
  begin(w, "ledgers");
  for (size_t i = 0; i < p->ledger_count; i++) {
    const ledger_spec *x = &p->ledgers[i];
    put_head(w, x->name, x->title);
    const text rows = json_text(x->asked, "rows");
    const event_kind *event = pack_event(p, rows);
    json_field_text(w, "rows", rows);
    json_field_str(w, "of", event ? p->kinds[event->about].name : pack_kind(p, rows)->name);
    json_field_str(w, "per", x->has_period ? period_name(x->per) : NULL);
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_prints(json_out *w, const pack *p) {
  begin(w, "prints");
  for (size_t i = 0; i < p->print_count; i++) {
    const print_spec *x = &p->prints[i];
    put_head(w, x->name, x->title);
    json_field_str(w, "rows", x->event ? x->event->name : x->kind ? x->kind->name : "area");
    json_field_str(w, "of", x->kind ? x->kind->name : NULL);
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_duties(json_out *w, const pack *p) {
  begin(w, "conditions");
  for (size_t i = 0; i < p->condition_count; i++) {
    const condition *c = &p->conditions[i];
    put_head(w, c->name, c->title);
    json_field_str(w, "over", p->events[c->over].name);
    json_close(w, '}');
  }
  json_close(w, ']');
  begin(w, "duties");
  for (size_t i = 0; i < p->duty_count; i++) {
    const duty *d = &p->duties[i];
    put_head(w, d->name, d->title);
    json_field_str(w, "of", p->kinds[d->of].name);
    json_field_str(w, "counted_event", p->events[d->counted_event].name);
    put_words(w, "who", d->who);
    json_field_str(w, "period", period_name(d->period));
    begin(w, "excused_by");
    for (size_t k = 0; k < d->excuse_count; k++) json_put_str(w, p->conditions[d->excuses[k]].name);
    json_close(w, ']');
    begin(w, "reasons");
    for (size_t k = 0; k < d->reason_count; k++) {
      json_open(w, '{');
      json_field_str(w, "zh", d->reasons[k].zh);
      json_field_str(w, "en", d->reasons[k].en);
      json_close(w, '}');
    }
    json_close(w, ']');
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_rules(json_out *w, const pack *p) {
  begin(w, "rules");
  for (size_t i = 0; i < p->rule_count; i++) {
    const rule *r = &p->rules[i];
    put_head(w, r->name, r->title);
    json_field_str(w, "of", p->kinds[r->of].name);
    json_field_day(w, "from", r->from);
    json_field_day(w, "to", r->to);
    json_field_str(w, "colour", colour_name(r->colour));
    json_field_str(w, "opens_process", r->opens_process);
    json_field_str(w, "per", r->per);
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_transition(json_out *w, const workflow *f, const transition *t, uint32_t seen) {
  put_head(w, t->name, t->title);
  begin(w, "from");
  for (size_t i = 0; i < t->from_count; i++) json_put_str(w, f->states[t->from[i]].name);
  json_close(w, ']');
  json_field_str(w, "to", f->states[t->to].name);
  put_words(w, "who", t->who);
  put_words(w, "not_by", t->not_by);
  put_fields(w, t->fields, t->field_count, seen);
  json_field_bool(w, "guarded", t->when != NULL);
  json_close(w, '}');
}

static void put_workflows(json_out *w, const pack *p, uint32_t seen) {
  begin(w, "workflows");
  for (size_t i = 0; i < p->workflow_count; i++) {
    const workflow *f = &p->workflows[i];
    put_head(w, f->name, f->title);
    json_field_str(w, "process", f->process);
    json_field_str(w, "of", p->kinds[f->of].name);
    json_field_day(w, "from", f->from);
    json_field_day(w, "to", f->to);
    json_field_str(w, "start", f->states[f->start].name);
    begin(w, "states");
    for (size_t s = 0; s < f->state_count; s++) {
      put_head(w, f->states[s].name, f->states[s].title);
      json_field_bool(w, "closed", f->states[s].closed);
      json_close(w, '}');
    }
    json_close(w, ']');
    begin(w, "transitions");
    for (size_t t = 0; t < f->transition_count; t++) put_transition(w, f, &f->transitions[t], seen);
    json_close(w, ']');
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_measures(json_out *w, const pack *p, uint32_t seen) {
  begin(w, "measures");
  for (size_t i = 0; i < p->measure_count; i++) {
    const measure_kind *m = &p->measures[i];
    put_head(w, m->name, m->title);
    json_key(w, "group");
    put_head(w, m->group, m->group_title);
    json_close(w, '}');
    json_field_str(w, "of", p->kinds[m->of].name);
    put_fields(w, m->fields, m->field_count, seen);
    json_field_str(w, "per", m->per);
    put_words(w, "propose", m->propose);
    put_words(w, "approve", m->approve);
    json_field_bool(w, "needs_case", m->needs_case);
    json_field_str(w, "fund", m->fund < 0 ? NULL : m->fields[m->fund].name);
    json_field_bool(w, "has_amount", m->amount != NULL);
    json_close(w, '}');
  }
  json_close(w, ']');
}

/* Of lists that are compared: what may be recorded of those found, and what is asked for it. */
static void put_compare(json_out *w, const pack *p, const import_compare *c) {
  if (!c) return;
  const event_kind *k = c->event < 0 ? NULL : &p->events[c->event];
  json_field_open(w, "compare", '{');
  json_field_str(w, "event", k ? k->name : NULL);
  json_field_open(w, "ask", '[');
  for (size_t i = 0; i < c->asked_count; i++) json_put_str(w, k->fields[c->asked[i]].name);
  json_close(w, ']');
  json_close(w, '}');
}

void pack_put_json(json_out *w, const pack *p, uint32_t seen) {
  char hex[65];
  hash_format(&p->hash, hex);
  put_head(w, p->name, p->title);
  json_field_str(w, "version", p->version);
  json_field_str(w, "hash", hex);
  put_roles(w, p);
  put_field_groups(w, p);
  put_kinds(w, p, seen);
  put_events(w, p, seen);
  put_parameters(w, p);
  put_aggregates(w, p);
  put_variables(w, p);
  put_indicators(w, p);
  put_ledgers(w, p);
  put_prints(w, p);
  put_sample_plans(w, p);
  put_duties(w, p);
  put_rules(w, p);
  put_workflows(w, p, seen);
  put_measures(w, p, seen);
  begin(w, "imports");
  for (size_t i = 0; i < p->import_count; i++) {
    put_head(w, p->imports[i].name, p->imports[i].title);
    put_compare(w, p, p->imports[i].compare);
    json_close(w, '}');
  }
  json_close(w, ']');
  json_close(w, '}');
}
