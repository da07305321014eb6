#include "io/cli/cli.hpp"

int main(int argc, char** argv) {
    headroom::SingleTeam alone;
    return static_cast<int>(headroom::cli::run(argc, argv, alone));
}
