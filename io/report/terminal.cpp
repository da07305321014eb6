#include "io/report/terminal.hpp"

#include <unistd.h>

#include <cstdlib>

namespace headroom {

bool stderr_is_terminal() { return isatty(STDERR_FILENO) == 1; }

bool stderr_takes_colour() {
    const char* no_colour = std::getenv("NO_COLOR");
    return stderr_is_terminal() && (no_colour == nullptr || *no_colour == '\0');
}

}  // namespace headroom
