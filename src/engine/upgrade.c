/* A new version of a pack: what it changes, and whether anything would be lost. */
#include "engine/upgrade.h"

#include "engine/init.h"
#include "engine/state.h"

static bool refuse_loss(err *e, const char *name, label what) {
  return err_set(e, ERR_NOT_ALLOWED, name, "新版业务包%s“%s”，而库里已有它的数据；请保留它。",
                 "The new version %s \"%s\", and there is data of it; keep it.", LABEL(what), name);
}

/* Columns that would go or change their type. */
static bool check_fields(const field *before, size_t before_count, const field *after,
                         size_t after_count, buf *plan, err *e) {
  for (size_t i = 0; i < before_count; i++) {
    const field *f = field_find(after, after_count, text_of(before[i].name));
    if (!f) return refuse_loss(e, before[i].name, (label){"去掉了", "drops the field"});
    if (f->type != before[i].type)
      return refuse_loss(e, before[i].name,
                         (label){"改变了类型：", "changes the type of the field"});
    for (size_t c = 0; c < before[i].choice_count; c++)
      if (!choice_find(f, text_of(before[i].choices[c].code)))
        return refuse_loss(e, before[i].choices[c].code, (label){"去掉了选项", "drops the choice"});
  }
  for (size_t i = 0; i < after_count; i++)
    if (!field_find(before, before_count, text_of(after[i].name)))
      buf_printf(plan, "+ %s (%s)\n", after[i].name, after[i].title.zh);
  return true;
}

static bool check_kinds(const pack *before, const pack *after, buf *plan, err *e) {
  for (size_t i = 0; i < before->kind_count; i++) {
    const kind *b = &before->kinds[i], *k = pack_kind(after, text_of(b->name));
    if (!k) return refuse_loss(e, b->name, (label){"去掉了", "drops the kind"});
    if (!check_fields(b->fields, b->field_count, k->fields, k->field_count, plan, e)) return false;
  }
  for (size_t i = 0; i < before->event_count; i++) {
    const event_kind *b = &before->events[i], *k = pack_event(after, text_of(b->name));
    if (!k) return refuse_loss(e, b->name, (label){"去掉了", "drops the kind of event"});
    if (!check_fields(b->fields, b->field_count, k->fields, k->field_count, plan, e)) return false;
  }
  return true;
}

/* Open cases stand in states that must go on existing. */
static bool check_states(engine *eng, const pack *before, const pack *after, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  state_count *counts = NULL;
  size_t count = 0;
  scope all = scope_all();
  if (!a) return err_memory(e);
  if (!store_case_counts(eng->store, a, &all, NULL, &counts, &count, e)) return false;
  for (size_t i = 0; i < count; i++) {
    if (!pack_kind(before, text_of(counts[i].kind))) continue; /* another pack's */
    const workflow *flow = pack_workflow(after, text_of(counts[i].workflow));
    if (!workflow_state(flow, counts[i].state))
      return refuse_loss(e, counts[i].state,
                         (label){"去掉了环节", "drops the state of open cases"});
  }
  return true;
}

/* What is listed for a person: names of rules and parameters that come, go or change. */
static void list_rules(const pack *before, const pack *after, buf *plan) {
  for (size_t i = 0; i < after->rule_count; i++) {
    bool was = false;
    for (size_t k = 0; k < before->rule_count; k++)
      was |= strcmp(before->rules[k].name, after->rules[i].name) == 0;
    if (!was) buf_printf(plan, "+ %s (%s)\n", after->rules[i].name, after->rules[i].title.zh);
  }
  for (size_t i = 0; i < before->rule_count; i++) {
    bool stays = false;
    for (size_t k = 0; k < after->rule_count; k++)
      stays |= strcmp(after->rules[k].name, before->rules[i].name) == 0;
    if (!stays) buf_printf(plan, "- %s (%s)\n", before->rules[i].name, before->rules[i].title.zh);
  }
}

static text file_of(const pack *p, const char *where) {
  const char *colon = strchr(where, ':');
  const size_t n = colon ? (size_t)(colon - where) : strlen(where);
  for (size_t i = 0; i < p->file_count; i++)
    if (strlen(p->files[i].path) == n && strncmp(p->files[i].path, where, n) == 0)
      return p->files[i].body;
  return TEXT("");
}

/* What recorded events set is not computed anew: that must be seen before. */
static void list_setters(const pack *before, const pack *after, buf *plan) {
  for (size_t i = 0; i < after->event_count; i++) {
    const event_kind *now = &after->events[i], *was = pack_event(before, text_of(now->name));
    if (!was || now->derived || (!was->set_count && !now->set_count) ||
        text_equal(file_of(before, was->defined_at), file_of(after, now->defined_at)))
      continue;
    buf_printf(plan,
               "= %s (%s): 以前登记的保留当时写入的，更正或撤回时才按新的算 / what was set stays, "
               "until a correction or withdrawal has it computed anew\n",
               now->name, now->title.zh);
  }
}

/* Local values that no parameter takes any more go: that must be seen before. */
static void list_values(const pack *before, const pack *after, buf *plan) {
  for (size_t i = 0; i < before->overlay_count; i++) {
    bool stays = false;
    for (size_t k = 0; k < after->overlay_count; k++)
      stays |= strcmp(after->overlay[k].path, before->overlay[i].path) == 0;
    if (!stays) buf_printf(plan, "- overlay/%s\n", before->overlay[i].path);
  }
}

static bool same_files(const pack_file *x, size_t x_count, const pack_file *y, size_t y_count) {
  bool same = x_count == y_count;
  for (size_t i = 0; same && i < x_count; i++) {
    bool found = false;
    for (size_t k = 0; k < y_count && !found; k++)
      found = strcmp(x[i].path, y[k].path) == 0 && text_equal(x[i].body, y[k].body);
    same = found;
  }
  return same;
}

static bool same_pack(const pack *x, const pack *y) {
  return same_files(x->files, x->file_count, y->files, y->file_count) &&
         same_files(x->overlay, x->overlay_count, y->overlay, y->overlay_count);
}

bool engine_upgrade(engine *eng, const char *pack_folder, const char *overlay, bool plan_only,
                    buf *plan, faults *f, err *e) {
  pack *after = engine_read_pack(eng, pack_folder, overlay, f);
  if (!after) return f->count ? (*e = f->items[0], false) : err_memory(e);
  const pack *before = catalog_pack(&eng->packs, text_of(after->name));
  bool ok = true;
  if (before && same_pack(before, after)) {
    pack_free(after);
    return true;
  }
  if (before) {
    buf_printf(plan, "%s %s → %s\n", after->name, before->version, after->version);
    ok = check_kinds(before, after, plan, e) && check_states(eng, before, after, e);
    if (ok) {
      list_rules(before, after, plan);
      list_setters(before, after, plan);
      list_values(before, after, plan);
    }
  } else {
    buf_printf(plan, "+ %s %s\n", after->name, after->version);
  }
  pack_free(after);
  if (ok && !buf_ok(plan)) ok = err_memory(e); /* half a plan is none */
  if (!ok || plan_only) return ok;
  if (!engine_begin(eng, e)) return false;
  if (engine_send_pack(eng, pack_folder, overlay, f, e)) return engine_commit(eng, e);
  engine_rollback(eng);
  return false;
}
