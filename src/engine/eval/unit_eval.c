/* Giving expressions the values of the names they use. */
#include "engine/eval/unit_eval.h"

#include <stdio.h>

/* A value that was computed, and whether it hangs on days that are (see unit.provisional). */
typedef struct memo {
  value v; /* type VALUE_ERROR with error NULL: not yet */
  bool provisional;
} memo;

/* What was computed about one subject, so that it is computed once. */
typedef struct subject_memo {
  memo *variables, *aggregates; /* by index in the pack */
  value as_record;              /* the subject as an open record */
  bool has_record;
} subject_memo;

/* The same of an event: variables by index in the pack. */
typedef struct event_memo {
  const event *of;
  memo *variables;
} event_memo;

/* A chain of a kind's variables may reach an aggregate, and with it a chain of an event's, and of
 * an earlier one's. */
enum { VARIABLE_DEPTH_MAX = 3 * PACK_VARIABLE_CHAIN_MAX };

static const memo not_yet = {.v = {.type = VALUE_ERROR}};

static bool is_earlier(const variable *v) {
  return v->earlier || v->count_earlier;
}

/* Its number among the memos; SIZE_MAX: not of this unit. */
static size_t memo_number(const unit *u, const record *about) {
  if (about == u->root) return 0;
  for (size_t i = 0; i < u->child_count; i++)
    if (u->children[i] == about) return i + 1;
  return SIZE_MAX;
}

/* ---- values ---- */

/* A caller asked about a record that the unit does not hold. */
static value not_of_unit(unit *u) {
  err *why = ARENA_NEW(u->a, err);
  if (!why) return value_no_memory();
  err_set(why, ERR_INTERNAL, NULL, "要计算的对象不在这份档案里；这是程序的错误，请报告。",
          "What is asked about is not part of this unit; this is an error of the program, please "
          "report it.");
  return (value){.type = VALUE_ERROR, .error = why};
}

/* NULL: *failed is the error. */
static subject_memo *memo_of(unit *u, const record *about, value *failed) {
  size_t at = memo_number(u, about);
  if (!u->memos) u->memos = ARENA_ARRAY(u->a, 1 + u->child_count, subject_memo);
  if (u->memos && at != SIZE_MAX) return &u->memos[at];
  *failed = u->memos ? not_of_unit(u) : value_no_memory();
  return NULL;
}

static value too_deep(unit *u, const variable *v) {
  err *why = ARENA_NEW(u->a, err);
  if (!why) return value_no_memory();
  err_set(why, ERR_BAD_EXPR, v->name, "“%s”的公式一层套一层，太深了，请把它改短。",
          "The formulas behind \"%s\" use one another too deeply; make the chain shorter.",
          LABEL(v->title));
  return (value){.type = VALUE_ERROR, .error = why};
}

/* Known fields as a record; a field that is not there is unknown under `path`. */
static value record_value(arena *a, const field *fields, size_t count, const value *values,
                          const char *path) {
  value_map *m = ARENA_NEW(a, value_map);
  value_pair *pairs = ARENA_ARRAY(a, count, value_pair);
  if (!m || !pairs || !path) return value_no_memory();
  for (size_t i = 0; i < count; i++)
    if (values[i].type != VALUE_UNKNOWN)
      pairs[m->count++] = (value_pair){value_string(text_of(fields[i].name)), values[i]};
  m->pairs = pairs;
  m->open = true;
  m->path = path;
  return (value){.type = VALUE_MAP, .map = m};
}

static value subject_value(unit *u, const record *r, const char *path) {
  value failed;
  subject_memo *m = memo_of(u, r, &failed);
  if (!m) return failed;
  if (!m->has_record) {
    m->as_record = record_value(u->a, r->kind->fields, r->kind->field_count, r->fields, path);
    m->has_record = true;
  }
  return m->as_record;
}

/* The subject of an event, as its own kind's or its parent's list calls it. */
static value about_value(unit *u, const event *ev) {
  const record *r = unit_subject(u, &ev->subject);
  if (!r) return value_missing(u->a, ev->kind->name);
  if (r == u->root) return subject_value(u, r, r->kind->name);
  size_t n = 0;
  for (size_t i = 0; u->children[i] != r; i++) n += u->children[i]->kind == r->kind;
  return subject_value(u, r, arena_printf(u->a, "%s[%zu]", r->kind->plural, n));
}

bool unit_counts(unit *u, const record *r) {
  if (r->kind->end_date_field < 0) return true;
  const value *over = &r->fields[r->kind->end_date_field];
  if (over->type != VALUE_INT) return true;
  unit_reevaluate_by(u, (day)over->i);
  return over->i > u->today;
}

static value children_value(unit *u, const kind *k) {
  value_list *list = ARENA_NEW(u->a, value_list);
  value *items = ARENA_ARRAY(u->a, u->child_count, value);
  if (!list || !items) return value_no_memory();
  for (size_t i = 0, n = 0; i < u->child_count; i++) {
    if (u->children[i]->kind != k) continue;
    const char *path = arena_printf(u->a, "%s[%zu]", k->plural, n++);
    if (unit_counts(u, u->children[i]))
      items[list->count++] = subject_value(u, u->children[i], path);
  }
  list->items = items;
  return (value){.type = VALUE_LIST, .list = list};
}

static value case_value(unit *u, const unit_extra *extra) {
  if (!extra || !extra->casework) return value_missing(u->a, "case");
  const casework *c = extra->casework;
  value_map *m = ARENA_NEW(u->a, value_map);
  value_pair *pairs = ARENA_ARRAY(u->a, 6, value_pair);
  if (!m || !pairs) return value_no_memory();
  pairs[0] = (value_pair){value_string(TEXT("opened")), value_int(c->opened)};
  pairs[1] = (value_pair){value_string(TEXT("since")), value_int(c->since)};
  pairs[2] = (value_pair){value_string(TEXT("state")), value_string(text_of(c->state))};
  pairs[3] = (value_pair){value_string(TEXT("relapses")), value_int(c->relapses)};
  pairs[4] = (value_pair){value_string(TEXT("measures")), value_int(extra->done_measures)};
  pairs[5] = (value_pair){value_string(TEXT("open_findings")), value_int(extra->open_findings)};
  *m = (value_map){.count = 6, .pairs = pairs, .path = ""};
  return (value){.type = VALUE_MAP, .map = m};
}

static void note_parameter(const unit *u, const parameter *p) {
  for (size_t i = 0; u->reads && i < u->reads->plan->count; i++)
    if (u->reads->plan->parameters[i] == p - u->pack->parameters)
      u->reads->read |= (uint64_t)1 << i;
}

static value parameter_value(unit *u, const parameter *p, day on) {
  note_parameter(u, p);
  unit_reevaluate_by(u, parameter_next_change(p, u->today));
  return parameter_at(p, u->a, on, NULL);
}

/* ---- running ---- */

typedef struct evaluation_scope {
  unit *u;
  const record *about; /* or: */
  const event *event;
  const name_scope *scope;
  const unit_extra *extra;
} evaluation_scope;

static value slot_value(void *context, int slot_number) {
  const evaluation_scope *q = context;
  unit *u = q->u;
  const slot *t = &q->scope->slots[slot_number];
  switch (t->kind) {
  case SLOT_FIELD: {
    if (!q->event) return q->about->fields[t->index];
    value v = q->event->fields[t->index];
    if (v.type != VALUE_UNKNOWN) return v;
    const event_kind *k = q->event->kind;
    const char *name = arena_printf(u->a, "%s.%s", k->name, k->fields[t->index].name);
    return name ? value_missing(u->a, name) : value_no_memory();
  }
  case SLOT_AGGREGATE:
    return unit_aggregate(u, q->about, &u->pack->aggregates[t->index]);
  case SLOT_VARIABLE:
    if (q->event) return unit_event_variable(u, q->event, &u->pack->variables[t->index]);
    return unit_variable(u, q->about, &u->pack->variables[t->index]);
  case SLOT_PARAMETER:
    return parameter_value(u, &u->pack->parameters[t->index], q->event ? q->event->on : u->today);
  case SLOT_CHILDREN:
    return children_value(u, &u->pack->kinds[t->index]);
  case SLOT_ABOUT:
    return q->event ? about_value(u, q->event) : value_missing(u->a, "about");
  case SLOT_PARENT:
    return subject_value(u, u->root, u->root->kind->name);
  case SLOT_CASE:
    return case_value(u, q->extra);
  case SLOT_FORM:
    if (!q->extra || !q->extra->form) return value_missing(u->a, "form");
    return record_value(u->a, q->extra->form_fields, q->extra->form_count, q->extra->form, "form");
  case SLOT_ON:
    return value_int(q->event ? q->event->on : u->today);
  case SLOT_AREA:
    return value_string(text_of(q->event ? q->event->area : q->about->area));
  }
  return value_missing(u->a, cel_env_name(q->scope->env, slot_number));
}

static void note_today(const unit *u, bool asked) {
  if (u->reads) u->reads->today |= asked;
}

static value run_program(unit *u, evaluation_scope *q, const cel_program *p) {
  cel_run r = {
      .a = u->a, .slot = slot_value, .context = q, .today = u->today, .calendar = u->calendar};
  value v = cel_eval(p, &r);
  if (r.asked_today) unit_reevaluate_by(u, u->today + 1);
  note_today(u, r.asked_today);
  u->provisional |= r.provisional;
  return v;
}

value unit_eval(unit *u, const record *about, const name_scope *sc, const cel_program *p,
                const unit_extra *extra) {
  evaluation_scope q = {.u = u, .about = about, .scope = sc, .extra = extra};
  return run_program(u, &q, p);
}

static memo *memos_new(arena *a, size_t count) {
  memo *list = ARENA_ARRAY(a, count, memo);
  for (size_t i = 0; list && i < count; i++) list[i] = not_yet;
  return list;
}

/* Whether it was computed before; then it is read once more. */
static bool memo_read(unit *u, const memo *known) {
  if (known->v.type == VALUE_ERROR && !known->v.error) return false;
  u->provisional |= known->provisional;
  return true;
}

/* Around what is computed: that alone tells whether it is provisional. */
static bool provisional_begin(unit *u) {
  bool before = u->provisional;
  u->provisional = false;
  return before;
}
static memo provisional_end(unit *u, bool before, value v) {
  memo out = {v, u->provisional};
  u->provisional |= before;
  return out;
}

value unit_variable(unit *u, const record *about, const variable *v) {
  value failed;
  subject_memo *m = memo_of(u, about, &failed);
  if (!m) return failed;
  if (u->variable_depth == VARIABLE_DEPTH_MAX) return too_deep(u, v);
  if (!m->variables) m->variables = memos_new(u->a, u->pack->variable_count);
  if (!m->variables) return value_no_memory();
  memo *known = &m->variables[v - u->pack->variables];
  if (memo_read(u, known)) return known->v;
  const dated_program *now = variable_formula(v, u->today);
  for (size_t i = 0; i < v->count; i++) unit_reevaluate_by(u, v->formulas[i].from);
  bool before = provisional_begin(u);
  u->variable_depth++;
  value out = now ? unit_eval(u, about, &about->kind->scope, now->program, NULL)
                  : value_missing(u->a, v->name);
  u->variable_depth--;
  *known = provisional_end(u, before, out);
  return out;
}

/* NULL: no memory. The memo of one event is reused for the next one of its kind, unless events of
 * the kind build on those before them. */
static memo *memo_of_event(unit *u, const event *ev) {
  size_t n = u->pack->variable_count;
  bool keep = unit_looks_back(u->pack, (size_t)ev->kind->index);
  for (size_t i = u->event_memo_count; i-- > 0;)
    if (u->event_memos[i].of == ev) return u->event_memos[i].variables;
  event_memo *m = NULL;
  for (size_t i = 0; !keep && i < u->event_memo_count && !m; i++)
    if (!unit_looks_back(u->pack, (size_t)u->event_memos[i].of->kind->index))
      m = &u->event_memos[i];
  if (!m) {
    event_memo *more =
        ARENA_GROW(u->a, u->event_memos, u->event_memo_count, &u->event_memo_room, event_memo);
    if (!more) return NULL;
    u->event_memos = more;
    m = &more[u->event_memo_count];
    if (!(m->variables = ARENA_ARRAY(u->a, n, memo))) return NULL;
    u->event_memo_count++;
  }
  m->of = ev;
  for (size_t i = 0; i < n; i++) m->variables[i] = not_yet;
  return m->variables;
}

static bool came_before(const event *ev, const event *y) {
  int order = when_compare(event_when(ev), event_when(y));
  if (order) return order < 0;
  return memcmp(ev->id.b, y->id.b, sizeof ev->id.b) < 0;
}

bool unit_earlier(unit *u, const event *ev, const variable *v, const event ***ret,
                  size_t *ret_count) {
  size_t all = u->event_counts[ev->kind->index], n = 0;
  day from = v->since == WINDOW_CALENDAR_MONTH ? day_month_start(ev->on) : day_year_start(ev->on);
  const event **list = ARENA_ARRAY(u->a, all, const event *);
  if (!list) return false;
  for (size_t i = all; i-- > 0;) { /* they lie newest first */
    const event *y = u->events[ev->kind->index][i];
    if (y->on >= from && !uuid_equal(&y->id, &ev->id) && came_before(y, ev) &&
        uuid_equal(&y->subject, &ev->subject))
      list[n++] = y;
  }
  *ret = list;
  *ret_count = n;
  return true;
}

/* The oldest first: each finds what it builds on already known. */
static value earlier_value(unit *u, const event *ev, const variable *v) {
  const event **list;
  size_t n;
  value sum = value_int(0);
  if (!unit_earlier(u, ev, v, &list, &n)) return value_no_memory();
  if (v->count_earlier) return value_int((int64_t)n);
  for (size_t i = 0; i < n; i++) {
    value part = unit_event_eval(u, list[i], v->earlier);
    if (part.type != VALUE_INT) return part;
    if (__builtin_add_overflow(sum.i, part.i, &sum.i)) return value_missing(u->a, v->name);
  }
  return sum;
}

value unit_event_variable(unit *u, const event *ev, const variable *v) {
  const size_t at = (size_t)(v - u->pack->variables);
  memo *memos = memo_of_event(u, ev);
  if (u->variable_depth == VARIABLE_DEPTH_MAX) return too_deep(u, v);
  if (!memos) return value_no_memory();
  if (memo_read(u, &memos[at])) return memos[at].v;
  const dated_program *then = variable_formula(v, ev->on);
  evaluation_scope q = {.u = u, .event = ev, .scope = &ev->kind->scope};
  bool before = provisional_begin(u);
  u->variable_depth++;
  value out = is_earlier(v) ? earlier_value(u, ev, v)
              : then        ? run_program(u, &q, then->program)
                            : value_missing(u->a, v->name);
  u->variable_depth--;
  memo known = provisional_end(u, before, out);
  if ((memos = memo_of_event(u, ev)))
    memos[at] = known; /* looked up again: others may have been computed meanwhile */
  return out;
}

value unit_event_eval(unit *u, const event *ev, const cel_program *p) {
  evaluation_scope q = {.u = u, .event = ev, .scope = &ev->kind->scope};
  return run_program(u, &q, p);
}

/* With fresh memos: a value computed before would hide which parameters this event reads. */
contribution unit_contribution(const unit *u, const aggregate *agg, const event *ev,
                               parameter_reads *reads) {
  unit own = *u;
  own.memos = NULL;
  own.event_memos = NULL;
  own.event_memo_count = own.event_memo_room = 0;
  own.variable_depth = 0;
  own.reads = reads;
  own.provisional = false;
  contribution s = {.on = ev->on,
                    .moment = ev->moment,
                    .seq = ev->seq,
                    .subject = ev->subject,
                    .result = CONTRIBUTES_YES};
  evaluation_scope q = {.u = &own, .event = ev, .scope = &ev->kind->scope};
  if (agg->where) {
    value yes = run_program(&own, &q, agg->where);
    s.where_read = reads->read;
    s.where_provisional = own.provisional;
    if (yes.type != VALUE_BOOL) {
      s.result = CONTRIBUTES_FAILED;
      s.v = yes;
      return s;
    }
    if (!yes.yes) s.result = CONTRIBUTES_NO;
  }
  reads->read = 0;
  own.provisional = false;
  if (agg->what && s.result == CONTRIBUTES_YES) s.v = run_program(&own, &q, agg->what);
  s.what_read = reads->read;
  s.what_provisional = own.provisional;
  return s;
}

/* Folds one event's value in; false ends the fold with *sum as an error or unknown. */
static bool fold_event(const aggregate *agg, unit *u, evaluation_scope *q, value *sum, int64_t *n,
                       day *last_day, seen_subjects *seen) {
  if (agg->where) {
    value yes = run_program(u, q, agg->where);
    if (yes.type != VALUE_BOOL) {
      *sum = yes;
      return false;
    }
    if (!yes.yes) return true;
  }
  unit_reevaluate_by(u, aggregate_window_end(agg, q->event->on));
  if (agg->op == AGG_DAYS) {
    *n += q->event->on != *last_day; /* newest first: equal days stand together */
    *last_day = q->event->on;
    return true;
  }
  if (agg->op == AGG_SUBJECTS) {
    if (seen_subject_add(seen, u->a, &q->event->subject, n)) return true;
    *sum = value_no_memory();
    return false;
  }
  if (++*n, agg->op == AGG_COUNT) return true;
  if (agg->op == AGG_LAST && *n > 1) return true;
  value v = run_program(u, q, agg->what);
  if (v.type == VALUE_UNKNOWN || v.type == VALUE_ERROR) {
    *sum = v;
    return false;
  }
  bool first = *n == 1;
  if (agg->op == AGG_SUM || agg->op == AGG_MEAN) {
    if (__builtin_add_overflow(sum->i, v.i, &sum->i)) {
      *sum = aggregate_overflow(u, agg);
      return false;
    }
  } else if (first || agg->op == AGG_FIRST || (agg->op == AGG_MIN && v.i < sum->i) ||
             (agg->op == AGG_MAX && v.i > sum->i)) {
    *sum = v;
  }
  return true;
}

/* Over the events themselves. */
static value fold_events(unit *u, const record *about, const aggregate *agg) {
  const event_kind *k = &u->pack->events[agg->over];
  day from = aggregate_first_day(agg, u->today), last_day = DAY_NONE;
  value sum = value_int(0);
  int64_t n = 0;
  bool whole = true;
  seen_subjects seen = {0};
  for (size_t i = 0; whole && i < u->event_counts[agg->over]; i++) {
    const event *ev = u->events[agg->over][i];
    if (ev->on < from || ev->on > u->today) continue;
    if (about != u->root && !uuid_equal(&ev->subject, &about->id)) continue;
    evaluation_scope q = {.u = u, .event = ev, .scope = &k->scope};
    whole = fold_event(agg, u, &q, &sum, &n, &last_day, &seen);
  }
  if (!whole) return sum;
  if (agg->op == AGG_COUNT || agg->op == AGG_DAYS || agg->op == AGG_SUBJECTS) return value_int(n);
  if (n == 0 && agg->op != AGG_SUM) return value_missing(u->a, agg->name);
  return aggregate_finish(u, agg, sum, n);
}

value unit_aggregate(unit *u, const record *about, const aggregate *agg) {
  value failed;
  subject_memo *m = memo_of(u, about, &failed);
  if (!m) return failed;
  if (!m->aggregates) m->aggregates = memos_new(u->a, u->pack->aggregate_count);
  if (!m->aggregates) return value_no_memory();
  memo *known = &m->aggregates[agg - u->pack->aggregates];
  if (memo_read(u, known)) return known->v;
  const aggregate_index *index = u->indexes ? &u->indexes[agg - u->pack->aggregates] : NULL;
  bool before = provisional_begin(u);
  value out = index && index->indexable ? aggregate_index_value(u, about, agg, index)
                                        : fold_events(u, about, agg);
  *known = provisional_end(u, before, out);
  return out;
}

text unit_say(unit *u, const record *about, const name_scope *sc, const sentence *s,
              const unit_extra *extra) {
  AUTO_BUF buf b = {0};
  for (size_t i = 0; i < s->count; i++) {
    if (s->pieces[i].literal) {
      buf_str(&b, s->pieces[i].literal);
    } else {
      value v = unit_eval(u, about, sc, s->pieces[i].program, extra);
      value_print(&b, &v, cel_program_type(s->pieces[i].program));
    }
  }
  if (!buf_ok(&b)) arena_fail(u->a);
  char *copy = buf_ok(&b) ? arena_copy(u->a, b.at ? b.at : "", b.bytes) : NULL;
  return copy ? (text){copy, b.bytes} : TEXT("");
}
