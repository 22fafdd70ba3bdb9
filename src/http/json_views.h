/* json_views.h — rows as the JSON shapes of docs/api.md. Each function writes one value; texts of
 * looked-up rows live in the request's arena. A failing look-up leaves the name empty: a page with
 * a missing area name is better than none. */
#ifndef JISHI_HTTP_JSON_VIEWS_H
#define JISHI_HTTP_JSON_VIEWS_H

#include "http/request.h"

#include "engine/eval/unit.h"

void put_label(json_out *w, const char *key, label l);
void put_uuid(json_out *w, const char *key, const uuid *id); /* nil: null */
void put_day(json_out *w, const char *key, day d);           /* DAY_NONE: null */
void put_instant(json_out *w, const char *key, int64_t ms);
void put_str(json_out *w, const char *key, const char *s);
void put_int(json_out *w, const char *key, int64_t n);
void put_bool(json_out *w, const char *key, bool yes);

const char *area_name(request *q, const char *code);
const char *officer_name(request *q, const uuid *id);

void put_officer(request *q, json_out *w, const officer *o);
void put_subject(request *q, json_out *w, const record *r, bool clear);
void put_subject_line(request *q, json_out *w,
                      const record *r); /* only the kind's list fields, masked */
/* "subject": what it is, where, and the root it belongs to. */
void put_ref(request *q, json_out *w, const char *kind_name, const uuid *id, const uuid *root,
             const char *area);
/* `u` (may be NULL): the unit, for what the event shows beside its fields. */
void put_event(request *q, json_out *w, const event *x, unit *u, bool clear);
void put_finding(request *q, json_out *w, const finding *f);
/* `u` given: with steps, next steps and measures. */
void put_case(request *q, json_out *w, const casework *c, unit *u);
void put_measure(request *q, json_out *w, const measure *m);
const workflow *workflow_named(const catalog *c, const char *name);
/* A form's answers (a JSON map as stored) with titles, for people: [{name, title, text}]. */
void put_answers(json_out *w, const field *fields, size_t count, arena *a, text form);

#endif
