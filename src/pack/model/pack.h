/* pack.h — a programme as data: the parts of one pack, and look-ups by name.
 *
 * A loaded pack is immutable, lives in its own arena, and may be read by many threads. */
#ifndef JISHI_PACK_MODEL_PACK_H
#define JISHI_PACK_MODEL_PACK_H

#include "base/arena.h"
#include "base/hash.h"
#include "pack/model/aggregate.h"
#include "pack/model/condition.h"
#include "pack/model/duty.h"
#include "pack/model/event_kind.h"
#include "pack/model/follow_up.h"
#include "pack/model/import_layout.h"
#include "pack/model/indicator.h"
#include "pack/model/kind.h"
#include "pack/model/measure.h"
#include "pack/model/parameter.h"
#include "pack/model/rule.h"
#include "pack/model/sample_plan.h"
#include "pack/model/variable.h"
#include "pack/model/workflow.h"

typedef struct role {
  const char *name;
  label title;
  bool registers, records, imports, decides, sees_clear, corrects, takes_in, forgets;
  bool sees_own;          /* of what is assigned to people (kind.h) only his own */
  uint32_t clear, masked; /* the field groups that it sees as they are, and as stars */
} role;

/* Fields that not everybody sees who sees the record. A group is a bit, in the order of the pack.
 */
typedef struct field_group {
  const char *name;
  label title;
} field_group;

typedef struct ledger_spec ledger_spec; /* ledger.h */
typedef struct print_spec print_spec;   /* print.h */

typedef struct pack_file {
  const char *path; /* below the pack folder */
  text body;
} pack_file;

typedef struct pack {
  arena *a;
  const char *name, *version;
  label title;
  hash hash; /* of the files: equal packs have equal hashes */
  const pack_file *files, *overlay;
  size_t file_count, overlay_count;
  const role *roles;
  size_t role_count;
  const field_group *groups;
  size_t group_count;
  const kind *kinds;
  size_t kind_count;
  const event_kind *events;
  size_t event_count;
  const parameter *parameters;
  size_t parameter_count;
  const aggregate *aggregates;
  size_t aggregate_count;
  const variable *variables;
  size_t variable_count;
  const rule *rules;
  size_t rule_count;
  const indicator *indicators;
  size_t indicator_count;
  const ledger_spec *ledgers;
  size_t ledger_count;
  const print_spec *prints;
  size_t print_count;
  const sample_plan *sample_plans;
  size_t sample_plan_count;
  const condition *conditions;
  size_t condition_count;
  const duty *duties;
  size_t duty_count;
  const follow_up *follow_ups;
  size_t follow_up_count;
  const workflow *workflows;
  size_t workflow_count;
  const measure_kind *measures;
  size_t measure_count;
  const import_layout *imports;
  size_t import_count;
} pack;

void pack_free(pack *p); /* NULL is fine */

const kind *pack_kind(const pack *p, text name);
const event_kind *pack_event(const pack *p, text name);
/* What is made of a root kind's measures ("_measure") and steps ("_step"); NULL: it has none. */
const event_kind *pack_derived_event(const pack *p, const kind *root, const char *suffix);
/* Of which a past day cannot be told: a measure is one event, which goes with its state; the
 * summary of a month has what came after the day. */
bool pack_event_is_of_now(const pack *p, const event_kind *k);
/* The kind whose records are people who do something, with or without an account; NULL: the pack
 * names officers by their logins. */
const kind *pack_people(const pack *p);
const sample_plan *pack_sample_plan(const pack *p, text name);
const role *pack_role(const pack *p, text name);
const ledger_spec *pack_ledger(const pack *p, text name);
const print_spec *pack_print(const pack *p, text name);
const duty *pack_duty(const pack *p, text name);
const follow_up *pack_follow_up(const pack *p, text name);
const condition *pack_condition(const pack *p, text name);
const measure_kind *pack_measure(const pack *p, text name);
const rule *pack_rule(const pack *p, text name);
const workflow *pack_workflow(const pack *p, text name);
const import_layout *pack_import(const pack *p, text name);
/* A masked or hidden field that an expression reads, by itself or through variables and aggregates
 * of the pack; by name, so that one too many may be found, never one too few. NULL: none. */
const field *pack_private_in(const pack *p, text source);
/* Whether a role sees records of a kind, and registers them. */
bool role_sees(const pack *p, const role *r, const kind *k);
bool role_registers(const pack *p, const role *r, const kind *k);
bool roles_hold(const char *const *roles, const char *role);

#endif
