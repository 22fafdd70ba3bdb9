/* Owners of subjects, by what an expression says and by id. */
#include "engine/duties/owners.h"

static bool officer_of_login(store *s, arena *a, text login, duty_owner *ret, err *e) {
  officer *o = NULL;
  if (!store_officer_find_by_login(s, a, login, &o, e)) return false;
  if (!o) return true;
  ret->officer = o->id;
  if (uuid_is_nil(&ret->person)) ret->name = o->name;
  return true;
}

bool duty_owner_find(store *s, arena *a, const pack *p, text key, duty_owner *ret, err *e) {
  const kind *people = pack_people(p);
  record *r = NULL;
  *ret = (duty_owner){.name = arena_copy(a, key.at, key.bytes)};
  if (!ret->name) return err_memory(e);
  if (!people) return officer_of_login(s, a, key, ret, e);
  if (!store_subject_find_by_key(s, a, people, key, &r, e)) return false;
  if (!r) return true;
  ret->person = r->id;
  text title = record_title(r);
  if (title.bytes && !(ret->name = arena_copy(a, title.at, title.bytes))) return err_memory(e);
  const value *login = &r->fields[people->account_field];
  return login->type != VALUE_STRING || officer_of_login(s, a, login->s, ret, e);
}

bool duty_owner_key(store *s, arena *a, const pack *p, const uuid *id, const char **ret, err *e) {
  const kind *people = pack_people(p);
  officer *o = NULL;
  record *r = NULL;
  *ret = NULL;
  if (!store_officer_find(s, a, id, &o, e)) return false;
  if (!people) {
    if (o) *ret = o->login;
    return true;
  }
  if (!(o ? store_subject_find_by_field(s, a, people, people->account_field, text_of(o->login), &r,
                                        e)
          : store_subject_find(s, a, people, id, NULL, &r, e)))
    return false;
  if (!r || r->fields[people->key].type != VALUE_STRING) return true;
  text key = r->fields[people->key].s;
  *ret = arena_copy(a, key.at, key.bytes);
  return *ret || err_memory(e);
}

uuid duty_owner_id(const duty_owner *x) {
  return uuid_is_nil(&x->officer) ? x->person : x->officer;
}

bool duty_owner_is(const duty_owner *x, const uuid *id) {
  return !uuid_is_nil(id) && (uuid_equal(&x->officer, id) || uuid_equal(&x->person, id));
}
