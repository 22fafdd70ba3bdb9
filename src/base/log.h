/* log.h — one structured line (JSON) per thing worth telling an operator, to stderr. Thread-safe.
 * No personal data in a line: ids only. */
#ifndef JISHI_BASE_LOG_H
#define JISHI_BASE_LOG_H

#include "base/err.h"

typedef enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR } log_level;
void log_set_level(log_level least); /* default LOG_INFO */
/* log_line(LOG_INFO, "serving", "address", "http://…", NULL): message, then name/value pairs of C
 * strings, ended by NULL. */
void log_line(log_level level, const char *message, ...) __attribute__((sentinel));
void log_err(log_level level, const char *message, const err *e);

#endif
