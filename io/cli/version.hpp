#pragma once

#include <string>

namespace headroom::cli {

/// Program, compiler, instruction set and libraries, one per line: what a report of a fault should carry.
std::string version_text();

}  // namespace headroom::cli
