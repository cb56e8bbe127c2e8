#include "cli/output/progress.h"

#include <cstdio>

#include "cli/output/text_format.h"

namespace switchback::cli {

bool Progress::Due() {
  return shown_ && SteadyClock::now() >= next_;
}

void Progress::Show(const std::string& text) {
  if (!shown_) return;
  next_ = SteadyClock::now() + std::chrono::milliseconds(200);
  std::fprintf(stderr, "\r\x1b[K%s", Clip(text, 79).c_str());
  drawn_ = true;
}

void Progress::Clear() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
  drawn_ = false;
}

}  // namespace switchback::cli
