#include "io/cli/version.hpp"

#include <CLI/Version.hpp>
#include <Eigen/Core>

#include <fmt/format.h>

#include "solver/lanes/simd_level.hpp"

namespace headroom::cli {

std::string version_text() {
    return fmt::format("headroom {}\ncompiler {}\nkernels {}\nHDF5 {}\nEigen {}.{}.{}\nfmt {}.{}.{}\nCLI11 {}",
                       HEADROOM_VERSION, HEADROOM_COMPILER, simd_level_name(simd_level()), HEADROOM_HDF5_VERSION,
                       EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION, FMT_VERSION / 10000,
                       FMT_VERSION / 100 % 100, FMT_VERSION % 100, CLI11_VERSION);
}

}  // namespace headroom::cli
