/* The table of routes, from routes.def. */
#include "http/handlers.h"
#include "http/lists.h"

const route routes[] = {
#define ROUTE(how, path, who, name, in_chinese, in_english, ...)                                   \
  {.method = #how,                                                                                 \
   .pattern = path,                                                                                \
   .access = ACCESS_##who,                                                                         \
   .handle = handle_##name,                                                                        \
   .title = {in_chinese, in_english},                                                              \
   __VA_ARGS__},
#include "http/routes.def"
#undef ROUTE
};
const size_t route_count = sizeof routes / sizeof *routes;
