#pragma once

#include <span>
#include <string>
#include <vector>

namespace headroom::bench {

inline constexpr const char* solver_sets_usage =
    "usage: bench_solver_sets [--tolerance T] [--peer clp] [--method dual|primal|barrier] [--markdown FILE]\n"
    "                         [--dump FOLDER] FOLDER...\n"
    "  Solves every .mps, .mps.gz and .qps file of the folders; optimal_values.csv in a folder has the published\n"
    "  objectives; a folder with `infeasible` in its name has problems that are.\n"
    "  --tolerance T    of the relative certificates that a solved problem needs (1e-6); the solver is asked for\n"
    "                   1e-8, or for T if that is less\n"
    "  --peer clp       also solves the linear ones with Clp, by --method (dual)\n"
    "  --markdown FILE  also writes the tables there\n"
    "  --dump FOLDER    also writes every problem as FOLDER/NAME.family for peers/scipy_peers.py\n";

struct SolverSetsOptions {
    double tolerance = 1e-6;
    bool clp = false;
    std::string method = "dual";  ///< of Clp: dual, primal, barrier
    std::string markdown, dump;   ///< paths, empty if not wanted
    std::vector<std::string> folders;
};

/// @param arguments  of main  @throws UsageError
SolverSetsOptions parse_solver_sets(std::span<char*> arguments);

}  // namespace headroom::bench
