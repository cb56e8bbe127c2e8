#include <string_view>

#include "switchback/switchback.h"

// The header is installed as it stands; the build says which release it is.
static_assert(std::string_view(SWITCHBACK_VERSION) == SWITCHBACK_PROJECT_VERSION,
              "switchback.h and CMakeLists.txt name different releases");
#define SWITCHBACK_TEXT_OF(number) #number
#define SWITCHBACK_DOTTED(major, minor, patch) \
  SWITCHBACK_TEXT_OF(major) "." SWITCHBACK_TEXT_OF(minor) "." SWITCHBACK_TEXT_OF(patch)
static_assert(std::string_view(SWITCHBACK_VERSION) == SWITCHBACK_DOTTED(SWITCHBACK_VERSION_MAJOR,
                                                                        SWITCHBACK_VERSION_MINOR,
                                                                        SWITCHBACK_VERSION_PATCH),
              "the numbers and the text of switchback.h name different releases");

const char* switchback_version(void) {
  return SWITCHBACK_VERSION;
}
