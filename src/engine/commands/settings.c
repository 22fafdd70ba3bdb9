/* SETTINGS: what the county decides about its accounts. What is left out stays. */
#include "engine/commands/commands.h"

#include "store/rows/settings.h"

static bool settings_read(command_context *ctx, err *e) {
  const json *body = ctx->command->body;
  for (size_t i = 0; i < county_setting_count; i++) {
    const county_setting *x = &county_setting_list[i];
    const json *given = json_get(body, x->name);
    if (given && (given->type != JSON_INT || given->n < x->least || given->n > x->most))
      return err_set(e, ERR_BAD_INPUT, x->name, "应是 %d 到 %d 之间的整数。",
                     "Must be a whole number from %d to %d.", (int)x->least, (int)x->most);
  }
  return true;
}

static bool settings_apply(command_context *ctx, err *e) {
  if (!context_append(ctx, NULL, NULL, NULL, e)) return false;
  for (size_t i = 0; i < county_setting_count; i++) {
    const json *given = json_get(ctx->command->body, county_setting_list[i].name);
    if (given && !store_setting_put(ctx->store, county_setting_list[i].name, given->n, e))
      return false;
  }
  return true;
}

const verb_handler verb_settings = {
    .authorize = administer_authorize, .read = settings_read, .apply = settings_apply};
