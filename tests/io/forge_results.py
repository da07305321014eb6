"""Makes an older and damaged variants of a sound result file: forge_results.py RESULT DIRECTORY.

Every function below, `name(file)`, changes a copy RESULT -> DIRECTORY/name.h5 that is open for writing;
result_version_test.cpp says what the reader makes of each. Returns 77 where h5py is missing.
"""

import shutil
import sys

try:
    import h5py
    import numpy as np
except ImportError:
    print("h5py is not installed")
    sys.exit(77)


def version_1(file):
    """Not damaged: what was written before there were concave policies."""
    file.attrs["schema_version"] = np.int32(1)
    for name in ("certificate_gap", "objective", "iterations", "tie_multiplier"):
        del file["/solve/" + name]
    del file["/price"], file["/prices"], file["/fairness"]


def version_0(file):
    file.attrs["schema_version"] = np.int32(0)


def newer_version(file):
    file.attrs["schema_version"] = np.int32(3)


def policies_that_no_feeder_has(file):
    file.attrs["policy"] = np.bytes_("per-feeder")


def policies_of_other_length(file):
    file.attrs["policy"] = np.bytes_("per-feeder")
    file["/feeder/policy"] = np.full((3, 5), b"e", "S1")


def version_2_without_objective(file):
    del file["/solve/objective"]


def version_2_without_prices(file):
    del file["/price"]


def gap_of_other_size(file):
    gap = file["/solve/certificate_gap"][...]
    del file["/solve/certificate_gap"]
    file["/solve/certificate_gap"] = gap[1:]


def prices_of_other_length(file):
    del file["/price/price"]
    file["/price/price"] = np.ones(2)


def fairness_of_other_size(file):
    del file["/fairness/price"]
    file["/fairness/price"] = np.ones((4, 3))


def price_of_no_row(file):
    file["/price/row"][1] = 4


def price_of_no_step(file):
    file["/price/step"][0] = -1


def price_of_no_side(file):
    file["/price/side"][2] = 135


NOT_FORGERIES = {"main"}


def main(result, directory):
    for name, change in list(globals().items()):
        if not callable(change) or name in NOT_FORGERIES or getattr(change, "__module__", "") != "__main__":
            continue
        path = f"{directory}/{name}.h5"
        shutil.copy(result, path)
        with h5py.File(path, "r+", libver=("v110", "v110")) as file:
            change(file)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
