#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace headroom::bench {

/// One problem of a published set.
struct SetProblem {
    std::string name;  ///< of the file, lower case, without endings
    std::filesystem::path file;
    std::optional<double> published;  ///< optimal objective
};

/// The problems of a folder, by name: all its files *.mps, *.mps.gz and *.qps, in either case.
struct SolverSet {
    std::string name;  ///< of the folder
    bool infeasible;   ///< the folder's name says that its problems are
    std::vector<SetProblem> problems;
};

/// Published objectives are those of `optimal_values.csv`, columns problem and optimal_objective or opt_bpmpd.
/// @throws InputError  there is no such folder, it has no problem, or its table is damaged
SolverSet find_solver_set(const std::filesystem::path& folder);

}  // namespace headroom::bench
