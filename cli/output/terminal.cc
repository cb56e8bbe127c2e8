#include "cli/output/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace switchback::cli {
namespace {

bool IsSet(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

bool IsDumb() {
  const char* term = std::getenv("TERM");
  return term != nullptr && std::string_view(term) == "dumb";
}

size_t WidthOf(int descriptor) {
  winsize size{};
  if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

}  // namespace

Terminal DetectTerminal(ColorChoice choice, bool json, bool quiet) {
  Terminal terminal;
  const bool out_is_terminal = isatty(STDOUT_FILENO) == 1;
  if (out_is_terminal) terminal.width = WidthOf(STDOUT_FILENO);
  const bool automatic = out_is_terminal && !IsSet("NO_COLOR") && !IsDumb();
  terminal.color =
      !json && (choice == ColorChoice::kAlways || (choice == ColorChoice::kAuto && automatic));
  terminal.progress = !json && !quiet && isatty(STDERR_FILENO) == 1 && !IsDumb();
  return terminal;
}

std::string_view InkStart(Ink ink) {
  switch (ink) {
    case Ink::kRed:
      return "\x1b[31m";
    case Ink::kGreen:
      return "\x1b[32m";
    case Ink::kYellow:
      return "\x1b[33m";
    case Ink::kBold:
      return "\x1b[1m";
    case Ink::kDim:
      return "\x1b[2m";
    case Ink::kPlain:
      break;
  }
  return "";
}

void Paint(std::string& out, bool color, Ink ink, std::string_view text) {
  if (!color || ink == Ink::kPlain || text.empty()) {
    out += text;
    return;
  }
  out += InkStart(ink);
  out += text;
  out += kInkEnd;
}

}  // namespace switchback::cli
