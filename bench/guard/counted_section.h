// What callgrind counts: the life of a CountedSection, so that set-up stays out. Without valgrind's
// headers, or outside valgrind, it does nothing.
#pragma once

#ifdef SWITCHBACK_HAVE_CALLGRIND
// Its macros are C: casts of the old style, and a shadowed name each.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#include <valgrind/callgrind.h>
#endif

namespace switchback::guard {

#ifdef SWITCHBACK_HAVE_CALLGRIND
inline constexpr bool kCanCount = true;

class CountedSection {
 public:
  CountedSection() { CALLGRIND_START_INSTRUMENTATION; }
  ~CountedSection() { CALLGRIND_STOP_INSTRUMENTATION; }
  CountedSection(const CountedSection&) = delete;
  CountedSection& operator=(const CountedSection&) = delete;
};
#pragma GCC diagnostic pop
#else
inline constexpr bool kCanCount = false;

class CountedSection {
 public:
  CountedSection() {}   // NOLINT(modernize-use-equals-default): keeps its object from being unused
  ~CountedSection() {}  // NOLINT(modernize-use-equals-default)
  CountedSection(const CountedSection&) = delete;
  CountedSection& operator=(const CountedSection&) = delete;
};
#endif

}  // namespace switchback::guard
