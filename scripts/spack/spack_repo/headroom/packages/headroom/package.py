# headroom for Spack (1.0 or newer), built from the branch main of the repository that this file lies in:
#
#     spack repo add scripts/spack/spack_repo/headroom
#     spack install headroom
#
# Not run in CI, where there is no Spack.
from pathlib import Path

from spack.package import *
from spack_repo.builtin.build_systems.cmake import CMakePackage


class Headroom(CMakePackage):
    """Dynamic operating envelopes for distribution feeders, by the batch, and the markets built on them."""

    git = Path(__file__).resolve().parents[6].as_uri()

    license("BSD-3-Clause")

    version("main", branch="main")

    variant("mpi", default=True, description="headroom-mpi, whose ranks share a region")
    variant("ipopt", default=True, description="a slow second opinion by Ipopt")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.25:", type="build")
    depends_on("ninja", type="build")
    depends_on("pkgconfig", type="build")

    depends_on("eigen@3.4:3")
    depends_on("suite-sparse@7.4:")  # headers in a folder suitesparse, as on Debian
    depends_on("hdf5@1.10:1.14 +hl ~mpi")
    depends_on("zlib-api")
    depends_on("libdeflate")
    depends_on("libsodium")
    depends_on("cli11@2.3:")
    depends_on("fmt@9:")
    depends_on("nlohmann-json@3.11:")
    depends_on("tomlplusplus")
    depends_on("mpi", when="+mpi")
    depends_on("ipopt", when="+ipopt")

    generator("ninja")

    def cmake_args(self):
        return [
            self.define("HEADROOM_TESTS", False),
            self.define("HEADROOM_BENCH", False),
            self.define_from_variant("HEADROOM_MPI", "mpi"),
            self.define_from_variant("HEADROOM_IPOPT", "ipopt"),
        ]
