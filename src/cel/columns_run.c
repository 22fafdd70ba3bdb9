/* Running a plan over one batch: a register a step, bitmaps beside the data. */
#include "cel/columns_plan.h"

#include <stdlib.h>

typedef struct lanes {
  const void *data;
  const uint64_t *known, *failed; /* NULL: all, none */
} lanes;

struct plan_state {
  const column_plan *p;
  lanes *at;       /* of each step, for this batch */
  uint8_t *memory; /* registers of data, then two bitmaps a step */
  arena *a;        /* row by row */
};

enum { REGISTER = BATCH * 8, BITMAP = BATCH / 8 };

static size_t lane_bytes(lane l) {
  return l == LANE_BIT ? 0 : l == LANE_CODE ? 1 : l == LANE_INT32 ? 4 : 8;
}

/* ---- sealing: dead steps go, registers are shared by those that never live together ---- */

static bool owns_data(const plan_step *s) {
  return s->op != STEP_COLUMN;
}

static void mark(plan_step *steps, int at, int reader) {
  if (at < 0) return;
  plan_step *s = &steps[at];
  if (s->last < reader) s->last = reader;
}

static void find_readers(column_plan *p) {
  for (size_t i = 0; i < p->count; i++) p->steps[i].last = -1;
  for (size_t i = 0; i < p->output_count; i++) p->steps[p->outputs[i]].last = (int)p->count;
  for (size_t i = p->count; i-- > 0;) {
    plan_step *s = &p->steps[i];
    if (s->last < 0) continue;
    mark(p->steps, s->a, (int)i);
    mark(p->steps, s->b, (int)i);
    mark(p->steps, s->c, (int)i);
  }
}

bool plan_seal(column_plan *p) {
  find_readers(p);
  int *owner = ARENA_ARRAY(p->a, p->count + 1, int); /* of each register: who has it last */
  if (!owner) return false;
  for (size_t i = 0; i < p->count; i++) {
    plan_step *s = &p->steps[i];
    if (s->last < 0 || !owns_data(s)) continue;
    bool forever = s->op == STEP_NUMBER || s->op == STEP_TRUTH; /* filled once */
    size_t r = 0;
    while (r < p->registers &&
           (forever || p->steps[owner[r]].last >= (int)i || p->steps[owner[r]].op == STEP_NUMBER ||
            p->steps[owner[r]].op == STEP_TRUTH))
      r++;
    if (r == p->registers) p->registers++;
    owner[r] = (int)i;
    s->data = (int)r;
  }
  return !p->no_memory;
}

bool plan_may_miss(const column_plan *p, int output) {
  const plan_step *s = &p->steps[p->outputs[output]];
  return s->unknown || s->failed;
}

bool plan_same(const column_plan *p, int output, int other) {
  return p->outputs[output] == p->outputs[other];
}

size_t plan_row_by_row(const column_plan *p) {
  return p->by_row;
}

/* ---- state ---- */

static uint64_t *bitmap_of(const plan_state *s, size_t step, int which) {
  return (uint64_t *)(void *)(s->memory + s->p->registers * REGISTER +
                              (step * 2 + (size_t)which) * BITMAP);
}

static void fill_constant(plan_state *s, size_t i) {
  const plan_step *x = &s->p->steps[i];
  uint8_t *to = s->memory + (size_t)x->data * REGISTER;
  if (x->lane == LANE_BIT)
    memset(to, x->number ? 0xFF : 0, BITMAP);
  else if (x->lane == LANE_INT32)
    for (size_t k = 0; k < BATCH; k++) ((int32_t *)(void *)to)[k] = (int32_t)x->number;
  else
    for (size_t k = 0; k < BATCH; k++) ((int64_t *)(void *)to)[k] = x->number;
  s->at[i] = (lanes){.data = to};
  if (!x->no_value) return;
  memset(bitmap_of(s, i, 0), 0, BITMAP);
  s->at[i].known = bitmap_of(s, i, 0);
  if (!x->failed) return;
  memset(bitmap_of(s, i, 1), 0xFF, BITMAP);
  s->at[i].failed = bitmap_of(s, i, 1);
}

plan_state *plan_state_new(const column_plan *p) {
  plan_state *s = calloc(1, sizeof *s);
  if (!s) return NULL;
  s->p = p;
  size_t bytes = p->registers * REGISTER + (p->count + 1) * 2 * BITMAP;
  bytes = (bytes + COLUMN_ALIGN - 1) / COLUMN_ALIGN * COLUMN_ALIGN;
  s->at = calloc(p->count + 1, sizeof *s->at);
  s->memory = aligned_alloc(COLUMN_ALIGN, bytes);
  s->a = p->by_row ? arena_new(0) : NULL;
  if (!s->at || !s->memory || (p->by_row && !s->a)) {
    plan_state_free(s);
    return NULL;
  }
  memset(s->memory, 0, bytes);
  for (size_t i = 0; i < p->count; i++)
    if (p->steps[i].last >= 0 && (p->steps[i].op == STEP_NUMBER || p->steps[i].op == STEP_TRUTH))
      fill_constant(s, i);
  return s;
}

void plan_state_free(plan_state *s) {
  if (!s) return;
  arena_free(s->a);
  free(s->memory);
  free(s->at);
  free(s);
}

/* ---- bitmaps ---- */

#define WORDS for (size_t w = 0; w < BATCH_WORDS; w++)

static inline uint64_t known_word(const lanes *x, size_t w) {
  return x->known ? x->known[w] : ~UINT64_C(0);
}
static inline uint64_t failed_word(const lanes *x, size_t w) {
  return x->failed ? x->failed[w] : 0;
}
static inline uint64_t bits_word(const lanes *x, size_t w) {
  return ((const uint64_t *)x->data)[w];
}

/* A fault of any operand is the result's, unknown before failed. */
static void strict(plan_state *s, size_t i, const lanes *x, const lanes *y) {
  lanes *out = &s->at[i];
  out->known = out->failed = NULL;
  bool unary = !y;
  if (unary || (!y->known && !y->failed)) {
    out->known = x->known;
    out->failed = x->failed;
    return;
  }
  if (!x->known && !x->failed) {
    out->known = y->known;
    out->failed = y->failed;
    return;
  }
  uint64_t *known = bitmap_of(s, i, 0), *failed = bitmap_of(s, i, 1);
  WORDS known[w] = known_word(x, w) & known_word(y, w);
  out->known = known;
  if (!x->failed && !y->failed) return;
  WORDS {
    const uint64_t ux = ~known_word(x, w) & ~failed_word(x, w),
                   uy = ~known_word(y, w) & ~failed_word(y, w);
    failed[w] = (failed_word(x, w) | failed_word(y, w)) & ~(ux | uy);
  }
  out->failed = failed;
}

static void logic(plan_state *s, size_t i, const plan_step *x, uint64_t *out, bool and) {
  const lanes *a = &s->at[x->a], *b = &s->at[x->b];
  s->at[i].known = s->at[i].failed = NULL;
  if (!x->unknown && !x->failed) {
    if (and)
      WORDS out[w] = bits_word(a, w) & bits_word(b, w);
    else
      WORDS out[w] = bits_word(a, w) | bits_word(b, w);
    return;
  }
  uint64_t *known = bitmap_of(s, i, 0), *failed = bitmap_of(s, i, 1);
  WORDS {
    const uint64_t ka = known_word(a, w), kb = known_word(b, w), fa = failed_word(a, w),
                   fb = failed_word(b, w);
    const uint64_t va = bits_word(a, w), vb = bits_word(b, w);
    /* `decides`: one of them alone makes the result */
    const uint64_t decides = and? (ka & ~va) | (kb & ~vb) : (ka & va) | (kb & vb);
    const uint64_t unknown = (~ka & ~fa) | (~kb & ~fb);
    out[w] = and? ~decides : decides;
    known[w] = decides | (ka & kb);
    failed[w] = ~known[w] & ~unknown;
  }
  s->at[i].known = known;
  s->at[i].failed = x->failed ? failed : NULL;
}

/* c ? a : b */
static void picked_faults(plan_state *s, size_t i, const plan_step *x) {
  const lanes *a = &s->at[x->a], *b = &s->at[x->b], *c = &s->at[x->c];
  s->at[i].known = s->at[i].failed = NULL;
  if (!x->unknown && !x->failed) return;
  uint64_t *known = bitmap_of(s, i, 0), *failed = bitmap_of(s, i, 1);
  WORDS {
    const uint64_t yes = known_word(c, w) & bits_word(c, w),
                   no = known_word(c, w) & ~bits_word(c, w);
    known[w] = (yes & known_word(a, w)) | (no & known_word(b, w));
    failed[w] = (yes & failed_word(a, w)) | (no & failed_word(b, w)) | failed_word(c, w);
  }
  s->at[i].known = known;
  s->at[i].failed = x->failed ? failed : NULL;
}

/* `taken`: the rows where a is not unknown. */
static void absent_faults(plan_state *s, size_t i, const plan_step *x, uint64_t *taken) {
  const lanes *a = &s->at[x->a], *b = &s->at[x->b];
  uint64_t *known = bitmap_of(s, i, 0), *failed = bitmap_of(s, i, 1);
  WORDS {
    taken[w] = known_word(a, w) | failed_word(a, w);
    known[w] = known_word(a, w) | (~taken[w] & known_word(b, w));
    failed[w] = failed_word(a, w) | (~taken[w] & failed_word(b, w));
  }
  s->at[i].known = x->unknown || x->failed ? known : NULL;
  s->at[i].failed = x->failed ? failed : NULL;
}

/* ---- steps ---- */

static void gather_bits(uint64_t *out, const uint64_t *from, const uint32_t *rows) {
  WORDS {
    uint64_t word = 0;
    for (size_t k = 0; k < 64; k++) {
      const uint32_t r = rows[w * 64 + k];
      word |= (from[r / 64] >> (r % 64) & 1) << k;
    }
    out[w] = word;
  }
}

static void gather(plan_state *s, size_t i, const plan_step *x, size_t batch, void *to) {
  const uint32_t *rows = x->through + batch * BATCH;
  lanes *out = &s->at[i];
  *out = (lanes){.data = to};
  switch (x->lane) {
  case LANE_BIT:
    gather_bits(to, x->column.data, rows);
    break;
  case LANE_CODE:
    for (size_t k = 0; k < BATCH; k++)
      ((uint8_t *)to)[k] = ((const uint8_t *)x->column.data)[rows[k]];
    break;
  case LANE_INT32:
    for (size_t k = 0; k < BATCH; k++)
      ((int32_t *)to)[k] = ((const int32_t *)x->column.data)[rows[k]];
    break;
  case LANE_INT64:
    for (size_t k = 0; k < BATCH; k++)
      ((int64_t *)to)[k] = ((const int64_t *)x->column.data)[rows[k]];
    break;
  }
  if (x->column.known) {
    gather_bits(bitmap_of(s, i, 0), x->column.known, rows);
    out->known = bitmap_of(s, i, 0);
  }
  if (x->column.failed) {
    gather_bits(bitmap_of(s, i, 1), x->column.failed, rows);
    out->failed = bitmap_of(s, i, 1);
  }
}

static void from_column(plan_state *s, size_t i, const plan_step *x, size_t batch) {
  const size_t words = batch * BATCH_WORDS;
  const uint8_t *data = x->column.data;
  s->at[i].data = data + (x->lane == LANE_BIT ? words * 8 : batch * BATCH * lane_bytes(x->lane));
  s->at[i].known = x->column.known ? x->column.known + words : NULL;
  s->at[i].failed = x->column.failed ? x->column.failed + words : NULL;
}

typedef struct row_context {
  const column_ask *ask;
  size_t row;
  arena *a;
} row_context;

static value row_slot(void *context, int slot) {
  const row_context *c = context;
  return c->ask->cell(c->ask->context, slot, c->row, c->a);
}

static bool by_rows(plan_state *s, size_t i, const plan_step *x, size_t batch, void *to) {
  uint64_t *known = bitmap_of(s, i, 0), *failed = bitmap_of(s, i, 1), *bits = to;
  int64_t *numbers = to;
  memset(known, 0, BITMAP);
  memset(failed, 0, BITMAP);
  for (size_t k = 0; k < BATCH; k++) {
    row_context c = {x->ask, batch * BATCH + k, s->a};
    cel_run run = {.a = s->a,
                   .slot = row_slot,
                   .context = &c,
                   .today = x->ask->today,
                   .calendar = x->ask->calendar};
    value v = cel_eval(x->program, &run);
    const uint64_t bit = UINT64_C(1) << (k % 64);
    bool fits = x->lane == LANE_BIT ? v.type == VALUE_BOOL : v.type == VALUE_INT;
    if (v.type == VALUE_ERROR && v.error && v.error->code == ERR_MEMORY) return false;
    if (fits)
      known[k / 64] |= bit;
    else if (v.type != VALUE_UNKNOWN)
      failed[k / 64] |= bit;
    if (x->lane != LANE_BIT)
      numbers[k] = fits ? v.i : 0;
    else
      bits[k / 64] = (bits[k / 64] & ~bit) | (fits && v.yes ? bit : 0);
    arena_clear(s->a);
  }
  s->at[i] = (lanes){to, known, failed};
  return true;
}

static void lookup(plan_state *s, size_t i, const plan_step *x, void *to) {
  const lanes *a = &s->at[x->a];
  const kernels *k = s->p->k;
  k->lookup8(to, a->data, x->table->number);
  s->at[i] = (lanes){to, a->known, a->failed};
  if (x->unknown == s->p->steps[x->a].unknown && x->failed == s->p->steps[x->a].failed) return;
  uint64_t *known = bitmap_of(s, i, 0), *failed = bitmap_of(s, i, 1);
  k->truth8(known, a->data, x->table->known);
  k->truth8(failed, a->data, x->table->failed);
  WORDS {
    const uint64_t of_code = known_word(a, w);
    known[w] &= of_code;
    failed[w] = (failed[w] & of_code) | failed_word(a, w);
  }
  s->at[i].known = known;
  s->at[i].failed = failed;
}

/* Rows whose divisor is zero fail. */
static void zero_divisors(plan_state *s, size_t i, const plan_step *x) {
  const lanes *b = &s->at[x->b];
  const kernels *k = s->p->k;
  uint64_t zero[BATCH_WORDS];
  if (s->p->steps[x->b].lane == LANE_INT32)
    k->is32(zero, b->data, 0);
  else
    k->is64(zero, b->data, 0);
  uint64_t *known = bitmap_of(s, i, 0), *failed = bitmap_of(s, i, 1);
  const lanes was = s->at[i];
  WORDS {
    const uint64_t ok = known_word(&was, w), bad = failed_word(&was, w);
    failed[w] = bad | (ok & zero[w]);
    known[w] = ok & ~zero[w];
  }
  s->at[i].known = known;
  s->at[i].failed = failed;
}

#define TWO(NAME32, NAME64)                                                                        \
  do {                                                                                             \
    if (s->p->steps[x->a].lane == LANE_INT32)                                                      \
      k->NAME32(to, a->data, b->data);                                                             \
    else                                                                                           \
      k->NAME64(to, a->data, b->data);                                                             \
    strict(s, i, a, b);                                                                            \
  } while (0)
#define ONE(NAME32, NAME64)                                                                        \
  do {                                                                                             \
    if (s->p->steps[x->a].lane == LANE_INT32)                                                      \
      k->NAME32(to, a->data, (int32_t)x->number);                                                  \
    else                                                                                           \
      k->NAME64(to, a->data, x->number);                                                           \
    strict(s, i, a, NULL);                                                                         \
  } while (0)

static void int_step(plan_state *s, size_t i, const plan_step *x, void *to) {
  const kernels *k = s->p->k;
  const lanes *a = &s->at[x->a], *b = x->b < 0 ? NULL : &s->at[x->b];
  switch (x->op) {
  case STEP_WIDEN:
    k->widen(to, a->data);
    strict(s, i, a, NULL);
    break;
  case STEP_ADD:
    TWO(add32, add64);
    break;
  case STEP_SUBTRACT:
    TWO(sub32, sub64);
    break;
  case STEP_MULTIPLY:
    TWO(mul32, mul64);
    break;
  case STEP_DIVIDE:
    TWO(divide32, divide53);
    break;
  case STEP_QUOTIENT:
    k->quotient53(to, a->data, b->data);
    strict(s, i, a, b);
    break;
  case STEP_REMAINDER:
    k->remainder53(to, a->data, b->data);
    strict(s, i, a, b);
    break;
  case STEP_SHARE:
    k->share(to, a->data, b->data);
    strict(s, i, a, b);
    break;
  case STEP_MIN:
    TWO(min32, min64);
    break;
  case STEP_MAX:
    TWO(max32, max64);
    break;
  case STEP_YEAR:
  case STEP_MONTH:
  case STEP_MONTH_DAY:
  case STEP_WEEKDAY:
    (x->op == STEP_YEAR        ? k->year
     : x->op == STEP_MONTH     ? k->month
     : x->op == STEP_MONTH_DAY ? k->month_day
                               : k->weekday)(to, a->data);
    strict(s, i, a, NULL);
    break;
  default:
    (x->op == STEP_YEARS_BETWEEN ? k->years_between : k->months_between)(to, a->data, b->data);
    strict(s, i, a, b);
  }
}

static void bit_step(plan_state *s, size_t i, const plan_step *x, uint64_t *to) {
  const kernels *k = s->p->k;
  const lanes *a = &s->at[x->a], *b = x->b < 0 ? NULL : &s->at[x->b];
  const lane of = s->p->steps[x->a].lane;
  switch (x->op) {
  case STEP_LESS:
    TWO(less32, less64);
    break;
  case STEP_EQUAL:
    TWO(equal32, equal64);
    break;
  case STEP_BELOW:
    ONE(below32, below64);
    break;
  case STEP_ABOVE:
    ONE(above32, above64);
    break;
  case STEP_IS:
    if (of == LANE_CODE) {
      k->is8(to, a->data, (uint8_t)x->number);
      strict(s, i, a, NULL);
    } else {
      ONE(is32, is64);
    }
    break;
  case STEP_ONE_OF:
    k->truth8(to, a->data, x->table->truth);
    strict(s, i, a, NULL);
    break;
  case STEP_ANY_BIT:
    k->any_bit64(to, a->data, (uint64_t)x->number);
    strict(s, i, a, NULL);
    break;
  case STEP_KNOWN:
    WORDS to[w] = known_word(a, w) | failed_word(a, w);
    s->at[i].known = s->at[i].failed = NULL;
    break;
  case STEP_NOT:
    WORDS to[w] = ~bits_word(a, w);
    strict(s, i, a, NULL);
    break;
  case STEP_SAME:
    WORDS to[w] = ~(bits_word(a, w) ^ bits_word(b, w));
    strict(s, i, a, b);
    break;
  default:
    logic(s, i, x, to, x->op == STEP_AND);
  }
}

static void choose(plan_state *s, size_t i, const plan_step *x, void *to) {
  const kernels *k = s->p->k;
  const lanes *a = &s->at[x->a], *b = &s->at[x->b];
  const uint64_t *taken;
  uint64_t present[BATCH_WORDS];
  if (x->op == STEP_PICK || x->op == STEP_PICK_BITS) {
    taken = s->at[x->c].data;
    picked_faults(s, i, x);
  } else {
    absent_faults(s, i, x, present);
    taken = present;
  }
  if (x->lane == LANE_BIT)
    WORDS((uint64_t *)to)[w] = (bits_word(a, w) & taken[w]) | (bits_word(b, w) & ~taken[w]);
  else if (x->lane == LANE_INT32)
    k->pick32(to, taken, a->data, b->data);
  else
    k->pick64(to, taken, a->data, b->data);
}

bool plan_run(const column_plan *p, plan_state *s, size_t batch) {
  for (size_t i = 0; i < p->count; i++) {
    const plan_step *x = &p->steps[i];
    if (x->last < 0) continue;
    void *to = x->data < 0 ? NULL : s->memory + (size_t)x->data * REGISTER;
    switch (x->op) {
    case STEP_NUMBER:
    case STEP_TRUTH:
      continue;
    case STEP_COLUMN:
      from_column(s, i, x, batch);
      continue;
    case STEP_GATHER:
      gather(s, i, x, batch, to);
      continue;
    case STEP_ROWS:
      if (!by_rows(s, i, x, batch, to)) return false;
      continue;
    case STEP_LOOKUP:
      lookup(s, i, x, to);
      continue;
    default:
      break;
    }
    s->at[i].data = to;
    if (x->op == STEP_PICK || x->op == STEP_PICK_BITS || x->op == STEP_OR_ELSE ||
        x->op == STEP_OR_ELSE_BITS)
      choose(s, i, x, to);
    else if (x->op < STEP_LESS)
      int_step(s, i, x, to);
    else
      bit_step(s, i, x, to);
    if (x->op >= STEP_DIVIDE && x->op <= STEP_REMAINDER && x->number) zero_divisors(s, i, x);
  }
  return true;
}

column plan_output(const column_plan *p, const plan_state *s, int output) {
  const int at = p->outputs[output];
  const plan_step *x = &p->steps[at];
  column c = {.lane = x->lane, .least = x->least, .most = x->most};
  if (!s) return c;
  c.data = s->at[at].data;
  c.known = s->at[at].known;
  c.failed = s->at[at].failed;
  return c;
}
