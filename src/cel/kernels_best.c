/* Which loops this processor can run. */
#include "cel/kernels.h"

const kernels *kernels_best(void) {
#ifdef KERNELS_X86
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512cd"))
    return &kernels_v4;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") &&
      __builtin_cpu_supports("fma"))
    return &kernels_v3;
#endif
  return &kernels_plain;
}
