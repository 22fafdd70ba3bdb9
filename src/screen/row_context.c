/* What a name means in a row: a column, a value, a formula; or, row by row, one value. */
#include "screen/screen_internal.h"

enum { DEPTH_MAX = 32 };

static const screen_table *root_of(const screen_table *t) {
  return t->root ? t->root : t;
}

const cel_program *formula_on(const variable *v, day on) {
  const dated_program *now = variable_formula(v, on);
  return now ? now->program : NULL;
}

static source source_value(value v) {
  return (source){.kind = SOURCE_VALUE, .value = v};
}

static const source memory_failed = {.kind = SOURCE_FAILED}, nothing = {.kind = SOURCE_NONE};

/* ---- parameters ---- */

/* A keyed parameter with one key set otherwise. */
static value with_key(const value *whole, const setting *x, arena *a) {
  size_t n = whole->type == VALUE_MAP ? whole->map->count : 0;
  value_map *m = ARENA_NEW(a, value_map);
  value_pair *pairs = ARENA_ARRAY(a, n + 1, value_pair);
  if (!m || !pairs) return value_missing(a, "");
  if (whole->type == VALUE_MAP) *m = *whole->map;
  m->count = 0;
  for (size_t i = 0; i < n; i++)
    if (!text_equal(whole->map->pairs[i].key.s, x->key)) pairs[m->count++] = whole->map->pairs[i];
  if (x->v.type != VALUE_UNKNOWN) pairs[m->count++] = (value_pair){value_string(x->key), x->v};
  m->pairs = pairs;
  m->open = true;
  if (!m->path) m->path = "";
  return (value){.type = VALUE_MAP, .map = m};
}

static value scenario_parameter(const scenario *w, int parameter, day on, arena *a) {
  const struct parameter *p = &w->s->p->parameters[parameter];
  value v = parameter_at(p, a, on, NULL);
  for (size_t i = 0; i < w->setting_count; i++) {
    const setting *x = &w->settings[i];
    if (x->parameter != parameter) continue;
    if (x->key.bytes)
      v = with_key(&v, x, a);
    else if (x->instead)
      v = parameter_at(x->instead, a, on, NULL);
    else
      v = x->v.type == VALUE_UNKNOWN ? value_missing(a, p->name) : x->v;
  }
  return v;
}

/* On the days of events: the value, if it is the same on all of them. */
static source parameter_of_events(const row_context *p, int parameter) {
  scenario *w = p->w;
  const struct parameter *of = &w->s->p->parameters[parameter];
  bool set = false;
  for (size_t i = 0; i < w->setting_count; i++) {
    const setting *x = &w->settings[i];
    if (x->parameter != parameter || x->key.bytes) continue;
    if (x->instead)
      of = x->instead;
    else
      set = true;
  }
  if (p->t->rows == 0) return source_value(scenario_parameter(w, parameter, w->on, w->a));
  day change = parameter_next_change(of, p->t->first_day);
  if (!set && change != DAY_NONE && change <= p->t->last_day) return nothing;
  return source_value(scenario_parameter(w, parameter, p->t->first_day, w->a));
}

bool scenario_sets(const scenario *w, const cel_program *p, const name_scope *sc) {
  size_t count = 0;
  const int *slots = p ? cel_program_slots(p, &count) : NULL;
  for (size_t i = 0; i < count; i++) {
    const slot *t = &sc->slots[slots[i]];
    if (t->kind == SLOT_VARIABLE) {
      const variable *v = &w->s->p->variables[t->index];
      for (size_t k = 0; k < v->count; k++)
        if (scenario_sets(w, v->formulas[k].program, sc)) return true;
    }
    for (size_t k = 0; t->kind == SLOT_PARAMETER && k < w->setting_count; k++)
      if (w->settings[k].parameter == t->index) return true;
  }
  return false;
}

bool program_counts_workdays(const pack *of, const cel_program *p, const name_scope *sc) {
  if (cel_program_counts_workdays(p)) return true;
  size_t count = 0;
  const int *slots = cel_program_slots(p, &count);
  for (size_t i = 0; i < count; i++) {
    const slot *t = &sc->slots[slots[i]];
    if (t->kind != SLOT_VARIABLE) continue;
    const variable *v = &of->variables[t->index];
    for (size_t k = 0; k < v->count; k++)
      if (program_counts_workdays(of, v->formulas[k].program, sc)) return true;
  }
  return false;
}

/* ---- columns ---- */

static source field_source(const screen_table *t, int index, const uint32_t *through) {
  const stored_column *f = &t->fields[index];
  if (!f->field || f->textual || !f->data) return nothing;
  return (source){.kind = SOURCE_COLUMN, .column = table_column(f), .through = through};
}

static source named_field(const screen_table *t, text name, const uint32_t *through) {
  const field *fields = t->kind ? t->kind->fields : t->event->fields;
  for (size_t i = 0; i < t->field_count; i++)
    if (text_is(name, fields[i].name)) return field_source(t, (int)i, through);
  return nothing;
}

static source variable_source(const row_context *p, const variable *v) {
  if (v->earlier || v->count_earlier) return nothing; /* row by row */
  const cel_program *now = formula_on(v, p->t->event ? p->t->first_day : p->w->on);
  /* a formula of events that changes among their days goes row by row */
  if (p->t->event && p->t->rows && now != formula_on(v, p->t->last_day)) return nothing;
  if (!now) return source_value(value_missing(p->w->a, v->name));
  return (source){.kind = SOURCE_PROGRAM, .program = now};
}

static source aggregate_source(const row_context *p, const aggregate *g, const uint32_t *through) {
  source s = {.kind = SOURCE_COLUMN, .through = through};
  if (!aggregate_in_column(g)) return nothing;
  return compute_aggregate(p->w, g, &s.column) ? s : memory_failed;
}

/* Inside the body of a fold: a name of the root, seen from its children's rows. */
static source outer_slot(const row_context *p, const slot *t) {
  scenario *w = p->w;
  const screen_table *root = root_of(p->t);
  const pack *of = w->s->p;
  source s = {.kind = SOURCE_COLUMN, .through = p->t->owner};
  switch (t->kind) {
  case SLOT_FIELD:
    return field_source(root, t->index, p->t->owner);
  case SLOT_AGGREGATE:
    return aggregate_source(p, &of->aggregates[t->index], p->t->owner);
  case SLOT_PARAMETER:
    return source_value(scenario_parameter(w, t->index, w->on, w->a));
  case SLOT_VARIABLE: {
    const cel_program *now = formula_on(&of->variables[t->index], w->on);
    if (!now) return source_value(value_missing(w->a, of->variables[t->index].name));
    const cel_kind k = cel_program_type(now)->kind;
    if (k != CEL_BOOL && k != CEL_INT) return nothing;
    return compute_program(w, root, p->scope, now, &s.column) ? s : memory_failed;
  }
  default:
    return nothing;
  }
}

static source place_slot(void *context, int number) {
  const row_context *p = context;
  const slot *t = &p->scope->slots[number];
  scenario *w = p->w;
  if (p->fold) return outer_slot(p, t);
  switch (t->kind) {
  case SLOT_FIELD:
    return field_source(p->t, t->index, NULL);
  case SLOT_AGGREGATE:
    return aggregate_source(p, &w->s->p->aggregates[t->index], NULL);
  case SLOT_VARIABLE:
    return variable_source(p, &w->s->p->variables[t->index]);
  case SLOT_PARAMETER:
    if (p->t->event) return parameter_of_events(p, t->index);
    return source_value(scenario_parameter(w, t->index, w->on, w->a));
  case SLOT_ON:
    if (!p->t->event) return source_value(value_int(w->on));
    return (source){.kind = SOURCE_COLUMN,
                    .column = {.lane = LANE_INT32,
                               .data = p->t->on,
                               .least = p->t->first_day < 0 ? p->t->first_day : 0,
                               .most = p->t->last_day > 0 ? p->t->last_day : 0}};
  default:
    return nothing;
  }
}

static source place_slot_field(void *context, int number, text name) {
  const row_context *p = context;
  const slot_kind what = p->scope->slots[number].kind;
  if (p->fold) return nothing;
  if (what == SLOT_ABOUT) return named_field(p->t->about, name, p->t->subject);
  return what == SLOT_PARENT && p->t->root ? named_field(p->t->root, name, p->t->owner) : nothing;
}

static source place_local_field(void *context, int local, text name) {
  const row_context *p = context;
  bool ours = p->fold && (local == p->fold->local || !p->fold->body);
  for (size_t i = 0; p->fold && i < p->fold->filter_count; i++)
    ours |= local == p->fold->filters[i].local;
  return ours ? named_field(p->t, name, NULL) : nothing;
}

static source place_fold(void *context, const fold *f) {
  const row_context *p = context;
  source out = nothing;
  if (p->fold || p->t->root || p->scope->slots[f->slot].kind != SLOT_CHILDREN) return nothing;
  return compute_fold(p->w, p->t, p->scope, f, &out) ? out : memory_failed;
}

/* ---- row by row ---- */

static const err no_value = {
    .code = ERR_BAD_EXPR, .zh = "算不出来。", .en = "It cannot be computed."};

static value column_value(const column *c, size_t row, arena *a, const char *name) {
  if (c->failed && bit_of(c->failed, row)) return (value){.type = VALUE_ERROR, .error = &no_value};
  if (c->known && !bit_of(c->known, row)) return value_missing(a, name);
  return value_int(c->lane == LANE_INT32 ? ((const int32_t *)c->data)[row]
                                         : ((const int64_t *)c->data)[row]);
}

static value record_of(const row_context *p, const screen_table *t, size_t row, arena *a,
                       const char *path) {
  value_map *m = ARENA_NEW(a, value_map);
  value_pair *pairs = ARENA_ARRAY(a, t->field_count + 1, value_pair);
  if (!m || !pairs) return value_missing(a, "");
  for (size_t i = 0; i < t->field_count; i++) {
    if (!t->fields[i].field || !bit_of(t->fields[i].known, row)) continue;
    pairs[m->count++] = (value_pair){value_string(text_of(t->fields[i].field->name)),
                                     stored_value(p->w->s, &t->fields[i], row, a)};
  }
  m->pairs = pairs;
  m->open = true;
  m->path = path;
  return (value){.type = VALUE_MAP, .map = m};
}

static value children_of(const row_context *p, const screen_table *t, size_t row, arena *a) {
  const screen_table *root = p->t;
  value_list *list = ARENA_NEW(a, value_list);
  if (!list) return value_missing(a, "");
  for (size_t i = 0; i < root->part_count; i++) {
    if (root->parts[i] != t) continue;
    const row_block *b = &root->blocks[row * root->part_count + i];
    value *items = ARENA_ARRAY(a, b->count + 1, value);
    if (!items) return value_missing(a, "");
    for (uint32_t k = 0; k < b->count; k++)
      if (bit_of(p->w->live[t->kind->index], b->first + k))
        items[list->count++] = record_of(p, t, b->first + k, a, t->kind->plural);
    list->items = items;
  }
  return (value){.type = VALUE_LIST, .list = list};
}

typedef struct cell_context {
  const row_context *p;
  size_t row;
  arena *a;
  int depth;
  bool provisional; /* working days of a year without a holiday notice were counted */
} cell_context;

static value cell_at(cell_context *c, int number);

static value cell_slot(void *context, int number) {
  return cell_at(context, number);
}

static value variable_cell(cell_context *c, const variable *v) {
  const screen_table *t = c->p->t;
  if (v->earlier || v->count_earlier) return compute_earlier(c->p->w, t, v, c->row, c->a);
  const cel_program *now = formula_on(v, t->event ? t->on[c->row] : c->p->w->on);
  if (!now || c->depth == DEPTH_MAX) return value_missing(c->a, v->name);
  c->depth++;
  cel_run run = {.a = c->a,
                 .slot = cell_slot,
                 .context = c,
                 .today = c->p->w->on,
                 .calendar = c->p->w->s->calendar};
  value out = cel_eval(now, &run);
  c->depth--;
  c->provisional |= run.provisional;
  return out;
}

static value cell_at(cell_context *c, int number) {
  const row_context *p = c->p;
  const screen_table *t = p->t;
  scenario *w = p->w;
  const slot *x = &p->scope->slots[number];
  const pack *of = w->s->p;
  switch (x->kind) {
  case SLOT_FIELD:
    return stored_value(w->s, &t->fields[x->index], c->row, c->a);
  case SLOT_AGGREGATE: {
    column computed;
    if (!aggregate_in_column(&of->aggregates[x->index]))
      return compute_aggregate_row(w, &of->aggregates[x->index], c->row, c->a);
    if (!compute_aggregate(w, &of->aggregates[x->index], &computed)) return value_missing(c->a, "");
    return column_value(&computed, c->row, c->a, of->aggregates[x->index].name);
  }
  case SLOT_VARIABLE:
    return variable_cell(c, &of->variables[x->index]);
  case SLOT_PARAMETER:
    return scenario_parameter(w, x->index, t->event ? t->on[c->row] : w->on, c->a);
  case SLOT_CHILDREN:
    return children_of(p, &w->s->subjects[x->index], c->row, c->a);
  case SLOT_PARENT:
    return record_of(p, t->root, t->owner[c->row], c->a, t->root->kind->name);
  case SLOT_ABOUT:
    return record_of(p, t->about, t->subject[c->row], c->a, t->about->kind->name);
  case SLOT_ON:
    return value_int(t->event ? t->on[c->row] : w->on);
  case SLOT_AREA: {
    const screen_table *where = t->event ? t->about : t;
    size_t row = t->event ? t->subject[c->row] : c->row;
    return value_string(text_of(w->s->areas[where->area[row]].area));
  }
  default:
    return value_missing(c->a, cel_env_name(p->scope->env, number));
  }
}

value row_context_eval(const row_context *p, const cel_program *program, size_t row, arena *a,
                       bool *ret_provisional) {
  cell_context c = {.p = p, .row = row, .a = a};
  cel_run run = {
      .a = a, .slot = cell_slot, .context = &c, .today = p->w->on, .calendar = p->w->s->calendar};
  value v = cel_eval(program, &run);
  if (ret_provisional) *ret_provisional = c.provisional || run.provisional;
  return v;
}

static value place_cell(void *context, int number, size_t row, arena *a) {
  const row_context *p = context;
  if (row >= p->t->rows) return value_missing(a, ""); /* padding */
  cell_context c = {.p = p, .row = row, .a = a};
  return cell_at(&c, number);
}

column_ask row_context_ask(row_context *p) {
  return (column_ask){.context = p,
                      .slot = place_slot,
                      .slot_field = place_slot_field,
                      .local_field = place_local_field,
                      .fold = place_fold,
                      .cell = place_cell,
                      .today = p->w->on,
                      .calendar = p->w->s->calendar};
}
