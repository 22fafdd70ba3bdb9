/* repo_write.h — rows as the writer saves them: into the store and into the cached unit
 * (write-through; repo_read.h is the other half). */
#ifndef JISHI_ENGINE_UNITS_REPO_WRITE_H
#define JISHI_ENGINE_UNITS_REPO_WRITE_H

#include "engine/context.h"

bool repo_save_subject(command_context *ctx, record *r, bool fresh, err *e);
bool repo_save_event(command_context *ctx, const event *ev, err *e);
bool repo_save_withdrawal(command_context *ctx, const event *ev, err *e);
bool repo_save_finding(command_context *ctx, const finding *f, err *e);
bool repo_save_case(command_context *ctx, const casework *c, err *e);

#endif
