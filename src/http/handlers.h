/* handlers.h — the handlers named in the table of routes. */
#ifndef JISHI_HTTP_HANDLERS_H
#define JISHI_HTTP_HANDLERS_H

#include "http/json_views.h"
#include "http/params.h"

/* system.c */
void handle_health(request *q);
void handle_metrics(request *q);
void handle_sign_in(request *q);
void handle_who_am_i(request *q);
void handle_sign_out(request *q);
void handle_packs(request *q);
void handle_areas(request *q);
void handle_journal(request *q);
void handle_stream(request *q);
/* openapi.c */
void handle_openapi(request *q);
/* subjects.c */
void handle_subjects(request *q);
void handle_subject(request *q);
void handle_subject_put(request *q);
void handle_subject_patch(request *q);
void handle_event_put(request *q);
void handle_event_delete(request *q);
/* file.c */
void handle_file(request *q);
/* funds.c */
void handle_keys(request *q);
void handle_funds(request *q);
void handle_payments(request *q);
/* explain.c */
void handle_explain_event(request *q);
void handle_explain_finding(request *q);
void handle_explain_measure(request *q);
void handle_explain_subject(request *q);
/* history.c */
void handle_history(request *q);
/* work.c */
void handle_due(request *q);
void handle_findings(request *q);
void handle_cases(request *q);
void handle_case(request *q);
void handle_transition(request *q);
void handle_measure_put(request *q);
/* whatif.c */
void handle_simulation(request *q);
/* indicators.c */
void handle_indicators(request *q);
void handle_indicator_rows(request *q);
/* files.c */
void handle_file_new(request *q);
void handle_file_get(request *q);
/* places.c */
void handle_places(request *q);
void handle_qr(request *q);
/* duties.c */
void handle_duties(request *q);
void handle_duty_subjects(request *q);
void handle_excuses(request *q);
void handle_excuse_put(request *q);
void handle_excuse_delete(request *q);
void handle_officers(request *q);
/* imports.c */
void handle_import_new(request *q);
void handle_import(request *q);
void handle_import_apply(request *q);
void handle_import_undo(request *q);

#endif
