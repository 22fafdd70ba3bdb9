/* json_views.h — rows as the JSON shapes of docs/api.md. Each function writes one value; texts of
 * looked-up rows live in the request's arena. A failing look-up leaves the name empty: a page with
 * a missing area name is better than none. */
#ifndef JISHI_HTTP_JSON_VIEWS_H
#define JISHI_HTTP_JSON_VIEWS_H

#include "base/json_fields.h"
#include "http/request.h"

const char *view_area_name(request *q, const char *code);
const char *view_area_name_on(request *q, const char *code, day on); /* as it was called then */
const char *view_officer_name(request *q, const uuid *id);

void view_posts(request *q, json_out *w, const officer *o); /* the member "posts" */
void view_officer(request *q, json_out *w, const officer *o);
void view_subject(request *q, json_out *w, const record *r, bool clear);
void view_subject_line(request *q, json_out *w,
                       const record *r); /* only the kind's list fields, masked */
/* "subject": what it is, where, and the root it belongs to. */
void view_ref(request *q, json_out *w, const char *kind_name, const uuid *id, const uuid *root,
              const char *area);
/* `u` (may be NULL): the unit, for what the event shows beside its fields. */
void view_event(request *q, json_out *w, const event *x, unit *u, bool clear);
void view_finding(request *q, json_out *w, const finding *f);
/* `u` given: with steps, next steps and measures. */
void view_case(request *q, json_out *w, const casework *c, unit *u);
void view_amendment(request *q, json_out *w, const amendment *x);
void view_measure(request *q, json_out *w, const measure *m);

#endif
