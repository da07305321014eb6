#include <cstdio>
#include <exception>

#include "io/cli/cli.hpp"
#include "io/cli/memory_habits.hpp"
#include "solver/mpi/mpi_team.hpp"

int main(int argc, char** argv) {
    headroom::cli::keep_freed_memory();
    try {
        headroom::MpiTeam team(argc, argv);
        return static_cast<int>(headroom::cli::run(argc, argv, team));
    } catch (const std::exception& fault) {
        std::fprintf(stderr, "error: %s\n", fault.what());
        return 1;
    }
}
