/* Owned fields: who writes them, and a first taking-in. */
#include "engine/rules/owned.h"

#include "engine/eval/display.h"
#include "engine/eval/unit_eval.h"
#include "engine/rules/derived_events.h"
#include "engine/rules/reevaluate.h"
#include "engine/units/repo_write.h"
#include "pack/model/field_value.h"

#include <stdio.h>

enum { OWNERS_NAMED = 3 };

/* ---- refusing ---- */

static void name_owners(const field *f, owner_type type, bool english, buf *b) {
  size_t n = 0;
  for (size_t i = 0; i < f->owner_count; i++) {
    const owner *o = &f->owners[i];
    if (o->type != type || n++ >= OWNERS_NAMED) continue;
    if (english)
      buf_printf(b, "%s\"%s\"", b->bytes ? ", " : "", o->title.en);
    else
      buf_printf(b, "“%s”", o->title.zh);
  }
  if (n > OWNERS_NAMED) buf_str(b, english ? " …" : "等");
}

static bool refuse(const field *f, err *e) {
  AUTO_BUF buf zh = {0}, en = {0};
  owner_type type = f->owner_count ? f->owners[0].type : OWNER_TRANSITION;
  name_owners(f, type, false, &zh);
  name_owners(f, type, true, &en);
  if (!buf_ok(&zh) || !buf_ok(&en)) return err_memory(e);
  const char *who = zh.at ? zh.at : "", *who_en = en.at ? en.at : "";
  if (!f->owner_count)
    return err_set(e, ERR_NOT_ALLOWED, f->name,
                   "“%s”只在首次录入名册时写入，不能另行填写；如系登记错误，请提出更正。",
                   "\"%s\" is written only when a register is first taken in; if it is wrong, "
                   "propose a correction.",
                   LABEL(f->title));
  switch (type) {
  case OWNER_TRANSITION:
    return err_set(
        e, ERR_NOT_ALLOWED, f->name,
        "“%s”由%s这一步写入，请在个案里办理；如系登记错误，请提出更正。",
        "\"%s\" is written by the step %s: take it in the case; if it is wrong, propose a "
        "correction.",
        LABEL(f->title), ZH_EN(who, who_en));
  case OWNER_MEASURE:
    return err_set(e, ERR_NOT_ALLOWED, f->name,
                   "“%s”由措施%s写入，请提出措施；如系登记错误，请提出更正。",
                   "\"%s\" is written by the measure %s: propose it; if it is wrong, propose a "
                   "correction.",
                   LABEL(f->title), ZH_EN(who, who_en));
  case OWNER_EVENT:
    return err_set(e, ERR_NOT_ALLOWED, f->name,
                   "“%s”由%s登记写入，请登记这件事；如系登记错误，请提出更正。",
                   "\"%s\" is written by recording %s: record it; if it is wrong, propose a "
                   "correction.",
                   LABEL(f->title), ZH_EN(who, who_en));
  }
  return false;
}

bool owned_refuse(const kind *k, const bool *given, err *e) {
  for (size_t i = 0; i < k->field_count; i++)
    if (given[i] && field_is_owned(&k->fields[i])) return refuse(&k->fields[i], e);
  return true;
}

bool owned_json(command_context *ctx, const kind *k, const bool *given, const value *values,
                text *ret, bool *ret_any, err *e) {
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  *ret_any = false;
  json_open(&w, '{');
  for (size_t i = 0; i < k->field_count; i++) {
    if (!given[i] || !field_is_owned(&k->fields[i])) continue;
    *ret_any = true;
    json_key(&w, k->fields[i].name);
    if (values && values[i].type != VALUE_UNKNOWN)
      field_put_json(&w, &k->fields[i], &values[i], SHOWN_CLEAR);
    else
      json_put_null(&w);
  }
  json_close(&w, '}');
  json *tree = buf_ok(&b) ? json_parse(ctx->a, buf_view(&b), e) : NULL;
  if (!tree) return buf_ok(&b) ? false : err_memory(e);
  *ret = context_canonical(ctx, tree);
  return ret->at || err_memory(e);
}

/* ---- a first taking-in ---- */

bool taking_in_read(command_context *ctx, taking_in *ret, err *e) {
  const json *given = json_get(ctx->command->body, "taking_in");
  *ret = (taking_in){.given = given != NULL, .on = ctx->today};
  if (!given) return true;
  ret->source = text_trim(json_text(given, "source"));
  if (!ret->source.bytes || text_points(ret->source) > 200)
    return err_set(e, ERR_BAD_INPUT, "taking_in.source",
                   "请写明数据来自哪个系统或名册，最多 200 字。",
                   "Say which system or register this comes from, in at most 200 characters.");
  text on = json_text(given, "on");
  if (!on.bytes) return true;
  if (day_parse(on, &ret->on) && ret->on <= ctx->today) return true;
  return err_set(e, ERR_BAD_INPUT, "taking_in.on",
                 "名册的日期要是不晚于今天的日期，例如 2024-03-01。",
                 "The register's day is one such as 2024-03-01, not later than today.");
}

bool taking_in_authorize(command_context *ctx, const taking_in *t, const pack *p, const char *area,
                         const uuid *root, err *e) {
  day until = DAY_NONE;
  if (!t->given || context_may(ctx, RIGHT_TAKE_IN, p, area, root)) return true;
  if (!context_may(ctx, RIGHT_IMPORT, p, area, root))
    return rights_denied((label){"首次录入名册的状态", "take in the state of a register"}, e);
  if (!store_set_up_get(ctx->store, &until, e)) return false;
  if (until == DAY_NONE) return true;
  char on[11];
  day_format(until, on);
  return err_set(e, ERR_DENIED, "taking_in",
                 "建县录入已于 %s 结束，首次录入要由有“首次录入”权限的人办理。",
                 "The county's set-up ended on %s; who takes in a register now needs the right "
                 "take_in.",
                 on);
}

static const casework *case_in(const casework *cases, size_t count, const char *process,
                               const char *state) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(cases[i].process, process) == 0 &&
        (!cases[i].closed || strcmp(cases[i].state, state) == 0))
      return &cases[i];
  return NULL;
}

static bool case_id(const uuid *entry_id, const char *process, uuid *ret, err *e) {
  AUTO_BUF buf name = {0};
  buf_printf(&name, "taken_in/%s", process);
  if (!buf_ok(&name)) return err_memory(e);
  *ret = uuid_derived(entry_id, buf_view(&name));
  return true;
}

/* The case that goes with what was taken in, in the state where it stands. */
static bool open_case(command_context *ctx, unit *u, const workflow *flow, const taken_in *way,
                      const taking_in *t, err *e) {
  casework c = {.root = u->root->id,
                .subject = u->root->id,
                .kind = u->root->kind->name,
                .process = flow->process,
                .workflow = flow->name,
                .opened = ctx->today};
  value since = way->since ? unit_eval(u, u->root, &u->root->kind->scope, way->since, NULL)
                           : value_int(ctx->today);
  if (since.type == VALUE_INT && since.i <= ctx->today) c.opened = (day)since.i;
  memcpy(c.area, u->root->area, sizeof c.area);
  return case_id(&ctx->id, flow->process, &c.id, e) &&
         case_enter_state(ctx, u, &c, flow,
                          &(case_move){.to = way->state,
                                       .transition = CASE_TAKEN_IN,
                                       .form = TEXT("{}"),
                                       .note = t->source,
                                       .has_since = true,
                                       .since = c.opened},
                          e);
}

static bool open_cases(command_context *ctx, const taking_in *t, const record *r, err *e) {
  const pack *p = catalog_pack_of(&ctx->engine->packs, r->kind);
  casework *cases = NULL;
  size_t count = 0;
  unit *u = NULL;
  for (size_t i = 0; i < p->workflow_count; i++) {
    const workflow *flow = &p->workflows[i];
    if (!flow->taken_in_count || flow->of != r->kind->index ||
        workflow_for(p, flow->process, flow->of, ctx->today) != flow)
      continue;
    if (!u && (!(u = unit_load(ctx->store, ctx->a, r->kind, &r->id, NULL, context_as_of(ctx), e)) ||
               !store_cases_of(ctx->store, ctx->a, &r->id, &cases, &count, e)))
      return false;
    for (size_t k = 0; k < flow->taken_in_count; k++) {
      const taken_in *way = &flow->taken_in[k];
      value v = unit_eval(u, u->root, &r->kind->scope, way->when, NULL);
      if (v.type != VALUE_BOOL || !v.yes) continue;
      if (!case_in(cases, count, flow->process, flow->states[way->state].name) &&
          !open_case(ctx, u, flow, way, t, e))
        return false;
      break;
    }
  }
  return true;
}

bool taking_in_note(command_context *ctx, const taking_in *t, const record *r, const bool *given,
                    const value *values, const value *before, err *e) {
  bool any = false;
  amendment x = {.id = ctx->id,
                 .seq = ctx->seq,
                 .way = "taking_in",
                 .state = "confirmed",
                 .kind = r->kind->name,
                 .subject = r->id,
                 .root = r->root,
                 .since = t->on,
                 .reason = t->source,
                 .officer = ctx->command->who.officer,
                 .at_ms = ctx->at_ms,
                 .note = TEXT(""),
                 .version = ctx->seq};
  if (!t->given || !owned_json(ctx, r->kind, given, values, &x.fields, &any, e)) return !t->given;
  if (!any) return true;
  memcpy(x.area, r->area, sizeof x.area);
  return owned_json(ctx, r->kind, given, before, &x.before, &any, e) &&
         store_amendment_put(ctx->store, &x, e) &&
         (r->kind->parent >= 0 || open_cases(ctx, t, r, e));
}

/* A case that the entry opened and nobody has touched since. */
static bool undo_case(command_context *ctx, const entry *x, const record *r, const workflow *flow,
                      err *e) {
  uuid id;
  casework *c = NULL;
  event *step = NULL;
  if (!case_id(&x->id, flow->process, &id, e) ||
      !store_case_find(ctx->store, ctx->a, &id, NULL, &c, e))
    return false;
  if (!c || c->version != x->seq) return true;
  const event_kind *made =
      pack_derived_event(catalog_pack_of(&ctx->engine->packs, r->kind), r->kind, "_step");
  const uuid step_id = step_event_id(&c->id, x->seq, c->state);
  if (made && !store_event_find(ctx->store, ctx->a, made, &step_id, NULL, &step, e)) return false;
  c->withdrawn = true;
  c->version = ctx->seq;
  return repo_save_case(ctx, c, e) && (!step || repo_save_withdrawal(ctx, step, e));
}

bool taking_in_undo(command_context *ctx, const entry *x, const record *r, err *e) {
  amendment *was = NULL;
  if (!store_amendment_find(ctx->store, ctx->a, &x->id, NULL, &was, e)) return false;
  if (!was || strcmp(was->way, "taking_in") != 0) return true;
  was->state = "withdrawn";
  was->decided_by = ctx->command->who.officer;
  was->decided_ms = ctx->at_ms;
  was->version = ctx->seq;
  if (!store_amendment_put(ctx->store, was, e)) return false;
  const pack *p = catalog_pack_of(&ctx->engine->packs, r->kind);
  for (size_t i = 0; r->kind->parent < 0 && i < p->workflow_count; i++)
    if (p->workflows[i].taken_in_count && p->workflows[i].of == r->kind->index &&
        !undo_case(ctx, x, r, &p->workflows[i], e))
      return false;
  return true;
}
