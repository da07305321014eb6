#pragma once

#include <filesystem>
#include <span>

#include "solver/convex/convex_problem.hpp"

namespace headroom::bench {

/// Writes a family of problems, one structure and many values, for peers in other languages (peers/scipy_peers.py).
///
/// The file is a row of 8-byte little-endian words, integers first:
///
///     word 0      "HRFAMILY"
///     words 1-9   numbers of problems P, variables n, rows m, entries of A, rows of Q (n or 0), entries of Q, cones k;
///                 1 if there are terms, 1 if there are exponents (else 0)
///     integers    start of A [m + 1], column of A, start of Q [rows of Q + 1], column of Q, cones [3 k], equation [m],
///                 term [n] (0 none, 1 log, 2 power; if there are terms)
///     doubles     exponent [n] (if there are exponents), then P times: linear [n], quadratic, row_value,
///                 row_lower [m], row_upper [m], lower [n], upper [n], weight [n] (if there are terms)
///
/// A side that does not exist is an infinity; everything else is as in ConvexStructure and ConvexValues.
/// @throws OutputError  the file cannot be written
void dump_family(const std::filesystem::path& file, const ConvexStructure& structure,
                 std::span<const ConvexValues> problems);

}  // namespace headroom::bench
