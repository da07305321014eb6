#pragma once

namespace headroom {

/// True when standard error is a terminal: only then are lines redrawn.
bool stderr_is_terminal();

/// True when standard error is a terminal and NO_COLOR (https://no-color.org) is unset or empty.
bool stderr_takes_colour();

}  // namespace headroom
