#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "solver/convex/convex_problem.hpp"

namespace headroom {

/// A linear or convex quadratic problem from a file.
struct MpsProblem {
    std::string name;
    ConvexProblem problem;  ///< minimises; of a file that maximises, its negative
    bool maximised = false;
    double objective_offset = 0;           ///< constant of the file's objective, with the file's sign
    std::vector<std::string> row_name;     ///< [#row] without the objective and other rows of type N
    std::vector<std::string> column_name;  ///< [#variable]

    /// The file's objective where `problem` has `objective`.
    double file_objective(double objective) const { return (maximised ? -objective : objective) + objective_offset; }
};

inline constexpr std::size_t mps_bytes_max = std::size_t{256} << 20;

/// Reads an MPS or QPS file, fixed or free, plain or compressed with gzip; the page mps.md tells the rules.
/// @param bytes_max  longest text, after decompression
/// @throws InputError  "afiro.mps:12: row 'R9' is not known"
MpsProblem read_mps(const std::filesystem::path& file, std::size_t bytes_max = mps_bytes_max);

}  // namespace headroom
