/* What is expected after events and measures, rebuilt for a unit at a time. */
#include "engine/duties/follow_ups.h"

#include "engine/eval/record.h"
#include "engine/rules/derived_events.h"
#include "pack/model/field_value.h"

follow_up_state follow_up_state_on(const follow_up_row *x, day today) {
  if (!uuid_is_nil(&x->done)) return FOLLOW_UP_DONE;
  if (today < x->since) return FOLLOW_UP_WAITING;
  return x->due != DAY_NONE && today > x->due ? FOLLOW_UP_OVERDUE : FOLLOW_UP_DUE;
}

const char *follow_up_state_name(follow_up_state s) {
  static const char *const names[] = {"waiting", "due", "overdue", "done"};
  return names[s];
}

/* ---- what was recorded ---- */

/* An event or a measure with its answers. */
typedef struct recorded {
  uuid id, subject, officer;
  day on;
  const value *fields;
} recorded;

static value eval_recorded(const command_context *ctx, const pack *p, const name_scope *sc,
                           const recorded *x, const cel_program *program) {
  const lone_record r = {
      .scope = sc, .fields = x->fields, .pack = p, .on = x->on, .now = context_as_of(ctx)};
  return program ? eval_record(ctx->a, &r, program) : (value){.type = VALUE_UNKNOWN};
}

/* What is not known does not hold. */
static bool holds(const command_context *ctx, const pack *p, const name_scope *sc,
                  const recorded *x, const cel_program *when) {
  if (!when) return true;
  value v = eval_recorded(ctx, p, sc, x, when);
  return v.type == VALUE_BOOL && v.yes;
}

static recorded of_event(const event *ev) {
  return (recorded){ev->id, ev->subject, ev->officer, ev->on, ev->fields};
}

static bool events_of(command_context *ctx, const event_kind *k, const uuid *root, recorded **ret,
                      size_t *ret_count, err *e) {
  event **events = NULL;
  size_t count = 0;
  if (!store_events(ctx->store, ctx->a, &(event_query){.kind = k, .root = *root, .from = DAY_NONE},
                    &events, &count, e))
    return false;
  recorded *all = ARENA_ARRAY(ctx->a, count, recorded);
  if (!all) return err_memory(e);
  for (size_t i = 0; i < count; i++) all[i] = of_event(events[count - 1 - i]); /* oldest first */
  *ret = all;
  *ret_count = count;
  return true;
}

static bool is_approved(const measure *m) {
  return strcmp(m->state, "approved") == 0 || strcmp(m->state, "running") == 0 ||
         strcmp(m->state, "done") == 0;
}

static bool read_form(command_context *ctx, const measure_kind *k, const measure *m,
                      const value **ret, err *e) {
  const json *form = json_parse(ctx->a, m->form, e);
  value *fields = form ? ARENA_ARRAY(ctx->a, k->field_count, value) : NULL;
  if (!form) return false;
  if (!fields) return err_memory(e);
  for (size_t i = 0; i < k->field_count; i++) {
    const json *j = json_get(form, k->fields[i].name);
    err ignored = {0}; /* the pack of then may have read it otherwise */
    if (!j || !field_read_json(&k->fields[i], ctx->a, j, m->since, &fields[i], &ignored))
      fields[i] = value_missing(ctx->a, k->fields[i].name);
  }
  *ret = fields;
  return true;
}

static bool measures_of(command_context *ctx, const measure_kind *k, const uuid *root,
                        recorded **ret, size_t *ret_count, err *e) {
  measure *measures = NULL;
  size_t count = 0, n = 0;
  if (!store_measures_of(ctx->store, ctx->a, root, &measures, &count, e)) return false;
  recorded *all = ARENA_ARRAY(ctx->a, count, recorded);
  if (!all) return err_memory(e);
  for (size_t i = 0; i < count; i++) {
    const measure *m = &measures[i];
    if (strcmp(m->kind, k->name) != 0 || !is_approved(m)) continue;
    recorded *x = &all[n++];
    *x = (recorded){.id = m->id, .subject = m->subject, .on = m->since};
    if (!read_form(ctx, k, m, &x->fields, e)) return false;
  }
  *ret = all;
  *ret_count = n;
  return true;
}

/* ---- rows ---- */

static day day_or(const value *v, day otherwise) {
  return v->type == VALUE_INT ? (day)v->i : otherwise;
}

static bool is_answer_to(const follow_up *f, const recorded *done, const recorded *x) {
  uuid id;
  if (f->names >= 0) {
    const value *v = &done->fields[f->names];
    return v->type == VALUE_STRING && uuid_parse(v->s, &id) && uuid_equal(&id, &x->id);
  }
  return done->on >= x->on && uuid_equal(&done->subject, &x->subject) &&
         !uuid_equal(&done->id, &x->id);
}

static void find_done(const command_context *ctx, const pack *p, const follow_up *f,
                      const recorded *done, size_t count, const recorded *x, follow_up_row *row) {
  for (size_t i = 0; i < count; i++) {
    if (!is_answer_to(f, &done[i], x) || !holds(ctx, p, &f->done, &done[i], f->done_where))
      continue;
    if (uuid_is_nil(&row->done)) {
      row->done = done[i].id;
      row->done_on = done[i].on;
    }
    value v = eval_recorded(ctx, p, &f->done, &done[i], f->actual);
    if (v.type != VALUE_INT || __builtin_add_overflow(row->actual, v.i, &row->actual)) continue;
    row->has_actual = true;
  }
}

static bool row_of(command_context *ctx, const pack *p, const follow_up *f, const record *root,
                   const recorded *x, follow_up_row *ret, err *e) {
  value what = eval_recorded(ctx, p, &f->own, x, f->what),
        from = eval_recorded(ctx, p, &f->own, x, f->from),
        due = eval_recorded(ctx, p, &f->own, x, f->due),
        expected = eval_recorded(ctx, p, &f->own, x, f->expected);
  *ret = (follow_up_row){.root = root->id,
                         .id = x->id,
                         .pack = p->name,
                         .name = f->name,
                         .subject = x->subject,
                         .officer = x->officer,
                         .owner = "",
                         .what = value_text(&what),
                         .on = x->on,
                         .since = day_or(&from, x->on),
                         .due = day_or(&due, DAY_NONE),
                         .has_expected = expected.type == VALUE_INT,
                         .expected = expected.type == VALUE_INT ? expected.i : 0,
                         .done_on = DAY_NONE};
  memcpy(ret->area, root->area, sizeof ret->area);
  const value *owner = f->owner < 0 ? NULL : &x->fields[f->owner];
  if (owner && owner->type == VALUE_STRING)
    ret->owner = arena_copy(ctx->a, owner->s.at, owner->s.bytes);
  return ret->owner || err_memory(e);
}

/* The yes/no field of the event it follows that says whether it was done; −1. */
static int fulfilled_field(const pack *p, const follow_up *f) {
  const event_kind *k = f->after < 0 ? NULL : &p->events[f->after];
  for (size_t i = 0; k && i < k->field_count; i++)
    if (k->fields[i].fulfilled_in && strcmp(k->fields[i].fulfilled_in, f->name) == 0) return (int)i;
  return -1;
}

static bool set_fulfilled(command_context *ctx, const pack *p, const follow_up *f,
                          const recorded *x, const follow_up_row *row, err *e) {
  const int at = fulfilled_field(p, f);
  const bool done = !uuid_is_nil(&row->done);
  if (at < 0 || (x->fields[at].type == VALUE_BOOL && x->fields[at].yes == done)) return true;
  unit_cache_drop(ctx->engine->cache, &row->root);
  return store_event_set_flag(ctx->store, &p->events[f->after], &x->id, (size_t)at, done, e);
}

static bool rebuild(command_context *ctx, const pack *p, const follow_up *f, const uuid *root,
                    err *e) {
  record *r = NULL;
  recorded *all = NULL, *done = NULL;
  size_t count = 0, done_count = 0;
  if (!store_follow_ups_drop(ctx->store, root, p->name, f->name, e) ||
      !store_subject_find(ctx->store, ctx->a, &p->kinds[f->of], root, NULL, &r, e))
    return false;
  if (!r) return true;
  if (!(f->after >= 0 ? events_of(ctx, &p->events[f->after], root, &all, &count, e)
                      : measures_of(ctx, &p->measures[f->after_measure], root, &all, &count, e)))
    return false;
  bool read = false;
  for (size_t i = 0; i < count; i++) {
    follow_up_row row;
    if (!holds(ctx, p, &f->own, &all[i], f->when)) continue;
    if (!read && !events_of(ctx, &p->events[f->done_by], root, &done, &done_count, e)) return false;
    read = true;
    if (!row_of(ctx, p, f, r, &all[i], &row, e)) return false;
    find_done(ctx, p, f, done, done_count, &all[i], &row);
    if (!store_follow_up_put(ctx->store, &row, e) || !set_fulfilled(ctx, p, f, &all[i], &row, e))
      return false;
  }
  return true;
}

/* ---- when ---- */

static bool has_rows(command_context *ctx, const pack *p, const follow_up *f, const uuid *root,
                     bool *ret, err *e) {
  follow_up_row *rows = NULL;
  size_t count = 0;
  if (!store_follow_ups_of(ctx->store, ctx->a, root, &rows, &count, e)) return false;
  *ret = false;
  for (size_t i = 0; i < count; i++)
    *ret |= strcmp(rows[i].name, f->name) == 0 && strcmp(rows[i].pack, p->name) == 0;
  return true;
}

static bool is_of_measure(const pack *p, const follow_up *f, const event *ev) {
  if (f->after_measure < 0 || !ev->kind->derived) return false;
  const event_kind *made = pack_derived_event(p, &p->kinds[f->of], "_measure");
  const value *name = made == ev->kind ? &ev->fields[DERIVED_MEASURE] : NULL;
  return name && name->type == VALUE_STRING && text_is(name->s, p->measures[f->after_measure].name);
}

bool follow_ups_on_event(command_context *ctx, const event *ev, err *e) {
  const pack *p = catalog_pack_of_event(&ctx->engine->packs, ev->kind);
  for (size_t i = 0; i < p->follow_up_count; i++) {
    const follow_up *f = &p->follow_ups[i];
    const recorded x = of_event(ev);
    bool touched = is_of_measure(p, f, ev) ||
                   (f->after == ev->kind->index && holds(ctx, p, &f->own, &x, f->when));
    if (!touched && f->done_by == ev->kind->index && !has_rows(ctx, p, f, &ev->root, &touched, e))
      return false;
    if (touched && !rebuild(ctx, p, f, &ev->root, e)) return false;
  }
  return true;
}

bool follow_ups_of_unit(command_context *ctx, const pack *p, const uuid *root, err *e) {
  for (size_t i = 0; i < p->follow_up_count; i++)
    if (!rebuild(ctx, p, &p->follow_ups[i], root, e)) return false;
  return true;
}

bool follow_ups_forget(command_context *ctx, const pack *p, err *e) {
  return store_follow_ups_clear(ctx->store, p->name, e);
}

typedef struct recount {
  command_context *ctx;
  const pack *p;
  uuid root; /* the last that was done: events come by root */
  bool any;
} recount;

static bool recount_root(void *context, const event *ev, err *e) {
  recount *r = context;
  if (r->any && uuid_equal(&r->root, &ev->root)) return true;
  r->any = true;
  r->root = ev->root;
  arena *one AUTO_ARENA = arena_new(0);
  command_context each = *r->ctx;
  each.a = one;
  return one ? arena_whole(one, follow_ups_of_unit(&each, r->p, &ev->root, e), e) : err_memory(e);
}

bool follow_ups_recount(command_context *ctx, const pack *p, err *e) {
  for (size_t k = 0; k < p->event_count; k++) {
    bool used = false;
    for (size_t i = 0; i < p->follow_up_count; i++) {
      const follow_up *f = &p->follow_ups[i];
      used |= f->after == (int)k ||
              (f->after_measure >= 0 &&
               pack_derived_event(p, &p->kinds[f->of], "_measure") == &p->events[k]);
    }
    recount r = {.ctx = ctx, .p = p};
    if (used && !store_events_scan(ctx->store, &p->events[k], NULL, recount_root, &r, e))
      return false;
  }
  return true;
}

/* ---- which one an answer names ---- */

static bool resolve(command_context *ctx, const pack *p, const event *ev, const field *fd,
                    value *ret_v, err *e) {
  follow_up_row *rows = NULL;
  const follow_up_row *meant = NULL;
  size_t count = 0;
  uuid id = {{0}};
  char own[37];
  if (ret_v->type != VALUE_STRING) return true;
  bool by_id = uuid_parse(ret_v->s, &id);
  if (!store_follow_ups_of(ctx->store, ctx->a, &ev->root, &rows, &count, e)) return false;
  for (size_t i = 0; i < count && !meant; i++) {
    const follow_up *f = pack_follow_up(p, text_of(rows[i].name));
    if (!f || strcmp(rows[i].pack, p->name) != 0 || f->done_by != ev->kind->index) continue;
    bool called = text_is(ret_v->s, f->name) || text_is(ret_v->s, f->title.zh) ||
                  text_is(ret_v->s, f->title.en);
    if (by_id ? uuid_equal(&rows[i].id, &id) : called && uuid_is_nil(&rows[i].done))
      meant = &rows[i];
  }
  if (!meant)
    return err_set(e, ERR_BAD_INPUT, fd->name, "这里没有这件待办的事，请从列表里选。",
                   "No such thing is to be done here; choose from the list.");
  uuid_format(&meant->id, own);
  const char *copy = arena_text(ctx->a, own);
  if (!copy) return err_memory(e);
  *ret_v = value_string(text_of(copy));
  return true;
}

bool follow_ups_resolve(command_context *ctx, event *ev, err *e) {
  const pack *p = catalog_pack_of_event(&ctx->engine->packs, ev->kind);
  for (size_t i = 0; i < ev->kind->field_count; i++)
    if (ev->kind->fields[i].format == FORMAT_FOLLOW_UP &&
        !resolve(ctx, p, ev, &ev->kind->fields[i], &ev->fields[i], e))
      return false;
  return true;
}
