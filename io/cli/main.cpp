#include "io/cli/cli.hpp"
#include "io/cli/memory_habits.hpp"

int main(int argc, char** argv) {
    headroom::cli::keep_freed_memory();
    headroom::SingleTeam alone;
    return static_cast<int>(headroom::cli::run(argc, argv, alone));
}
