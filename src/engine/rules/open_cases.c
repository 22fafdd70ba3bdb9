/* What an open case holds fast. */
#include "engine/rules/open_cases.h"

#include "store/rows/cases.h"

typedef struct open_list {
  casework *rows;
  size_t count;
} open_list;

/* `unit`: of anybody in the record's unit. */
static bool open_cases_of(command_context *ctx, const record *r, bool unit, open_list *ret,
                          err *e) {
  casework *all = NULL;
  size_t count = 0;
  if (!store_cases_of(ctx->store, ctx->a, &r->root, &all, &count, e)) return false;
  *ret = (open_list){.rows = all};
  for (size_t i = 0; i < count; i++)
    if (!all[i].closed && (unit || uuid_equal(&all[i].subject, &r->id))) all[ret->count++] = all[i];
  return true;
}

static label case_title(const command_context *ctx, const kind *k, const casework *c) {
  const pack *p = catalog_pack_of(&ctx->engine->packs, k);
  for (size_t i = 0; i < p->workflow_count; i++)
    if (strcmp(p->workflows[i].name, c->workflow) == 0) return p->workflows[i].title;
  return (label){c->workflow, c->workflow};
}

bool open_cases_let_end(command_context *ctx, const record *r, const bool *changed,
                        const value *after, err *e) {
  const int at = r->kind->end_date_field;
  open_list open;
  if (at < 0 || !changed[at] || after[at].type == VALUE_UNKNOWN ||
      value_equal(&after[at], &r->fields[at]))
    return true;
  if (!open_cases_of(ctx, r, r->kind->parent < 0, &open, e)) return false;
  if (!open.count) return true;
  const label title = case_title(ctx, r->kind, &open.rows[0]);
  return err_set(e, ERR_CONFLICT, r->kind->fields[at].name,
                 "“%s”还没有办结，不能填写“%s”。请先在个案里办结。",
                 "The case \"%s\" is open; \"%s\" cannot be filled in before it is closed by its "
                 "own steps.",
                 LABEL(title), LABEL(r->kind->fields[at].title));
}

static bool both_open(const command_context *ctx, const kind *k, const open_list *a,
                      const open_list *b, err *e) {
  for (size_t i = 0; i < a->count; i++)
    for (size_t j = 0; j < b->count; j++) {
      if (strcmp(a->rows[i].process, b->rows[j].process) != 0) continue;
      const label title = case_title(ctx, k, &a->rows[i]);
      err_set(e, ERR_CONFLICT, "from", "两条登记各有一件“%s”没有办结，请先办结一件再合并。",
              "Both have an open case \"%s\"; close one of them first.", LABEL(title));
      return true;
    }
  return false;
}

bool open_cases_let_merge(command_context *ctx, const record *gone, const record *stays, err *e) {
  open_list of_gone, of_stays;
  const kind *k = gone->kind;
  if (!open_cases_of(ctx, gone, false, &of_gone, e) ||
      !open_cases_of(ctx, stays, false, &of_stays, e))
    return false;
  if (both_open(ctx, k, &of_gone, &of_stays, e)) return false;
  for (size_t i = 0; i < k->field_count; i++) {
    const value *a = &gone->fields[i], *b = &stays->fields[i];
    const bool a_known = a->type != VALUE_UNKNOWN, b_known = b->type != VALUE_UNKNOWN;
    if (!field_is_owned(&k->fields[i]) || (!a_known && !b_known) || value_equal(a, b)) continue;
    if ((a_known && b_known) || (!a_known && of_gone.count) || (!b_known && of_stays.count))
      return err_set(
          e, ERR_CONFLICT, k->fields[i].name,
          "两条登记的“%s”不一样，这一项由办理程序决定，合并不能代替。请先办结个案，或者在一"
          "条里提出更正，由第二人确认。",
          "The two differ in \"%s\", which a procedure decides and no merger: close the "
          "case first, or propose a correction of one, which a second officer confirms.",
          LABEL(k->fields[i].title));
  }
  return true;
}
