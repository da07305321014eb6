"""Draws pictures as users do: plot_envelopes_test.py WRITER. Returns 77 where a module of the script is missing.

WRITER is the program made from write_samples.cpp.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

try:
    import h5py
    import matplotlib.image
    import numpy as np
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

SCRIPT = pathlib.Path(__file__).parents[2] / "scripts" / "plot_envelopes"
ROWS = 4  # of /row in the sample: voltage_max, branch, voltage_min, and one of the other feeder


def text(path, name):
    with h5py.File(path, "r") as file:
        return [b"".join(row.tolist()).decode() for row in file[name][...]]


class PlotEnvelopes(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.root = pathlib.Path(self.directory.name)
        for name in ("case.h5", "result.h5"):
            shutil.copy(pathlib.Path(SAMPLES) / name, self.root / name)
        with h5py.File(self.root / "result.h5", "r+") as file:  # the sample has the other feeder's row bind in this one
            binding = file["envelope/export_binding_row"]
            binding[...] = np.minimum(binding[...], 2)
        self.case, self.result, self.picture = (self.root / name for name in ("case.h5", "result.h5", "picture.png"))

    def add_security(self, base=0.95, worst=1.0):
        with h5py.File(self.result, "r+") as file:
            for name, value in (("base", base), ("worst", worst)):
                file[f"security/{name}"] = np.full((len(file["time"]), ROWS), value)

    def plot(self, *more, output=None):
        command = [sys.executable, "-W", "error", SCRIPT, self.result, "--case", self.case,
                   "-o", output or self.picture]
        return subprocess.run([str(word) for word in (*command, *more)], capture_output=True, text=True, timeout=60,
                              env=os.environ | {"MPLCONFIGDIR": SAMPLES})

    def drawn(self, *more):
        run = self.plot(*more)
        self.assertEqual(run.returncode, 0, run.stderr)
        return matplotlib.image.imread(self.picture), run.stderr

    def refused(self, expected, *more, code=3, output=None):
        run = self.plot(*more, output=output)
        self.assertEqual(run.returncode, code, run.stderr)
        self.assertRegex(run.stderr, expected)
        if code != 2:
            self.assertEqual(run.stderr.count("\n"), 1, run.stderr)
        self.assertFalse(self.picture.exists())

    def test_limits_alone_are_drawn_where_no_row_values_are_stored(self):
        pixels, said = self.drawn()
        self.assertEqual(pixels.shape[:2], (1000, 1600))
        self.assertIn("--row-values", said)
        self.assertEqual(said.count("\n"), 1)
        purple = np.isclose(pixels[:, :, :3], np.array([0x7b, 0x4a, 0x9c]) / 255, atol=0.01).all(axis=2)
        self.assertGreater(purple.sum(), 500)  # the line of the median export limit

    def test_all_panels_hold_ink_where_row_values_are_stored(self):
        self.add_security()
        pixels, said = self.drawn()
        self.assertEqual(said, "")
        self.assertTrue(50e3 < self.picture.stat().st_size < 2e6)
        for panel in (pixels[120:435, 110:1550], pixels[560:790, 110:1030], pixels[810:930, 110:1030],
                      pixels[560:930, 1285:1550]):
            self.assertGreater(len(np.unique(panel[:, :, :3].reshape(-1, 3), axis=0)), 5)

    def test_steps_go_by_number_and_by_any_time_inside(self):
        self.add_security()
        first = self.drawn("--step", "1")[0]
        # The second step is from 22:43:20 to 23:13:20.
        for same in ("2023-11-14T22:43:20Z", "22:50", "2023-11-15T08:43:20+10:00"):
            np.testing.assert_array_equal(first, self.drawn("--step", same)[0])
        self.assertFalse(np.array_equal(first, self.drawn("--step", "2")[0]))

    def test_nothing_published_still_gives_a_picture(self):
        self.add_security(worst=np.nan)
        with h5py.File(self.result, "r+") as file:
            for side in ("export", "import"):
                file[f"envelope/{side}_limit"][...] = np.nan
                file[f"envelope/{side}_binding_row"][...] = -3
            file["solve/status"][...] = 1
        self.assertEqual(self.drawn()[1], "")

    def test_files_of_another_kind_are_refused(self):
        self.case = self.result
        self.refused("schema is not headroom-case")
        self.case, self.result = pathlib.Path(SAMPLES) / "case.h5", pathlib.Path(SAMPLES) / "case.h5"
        self.refused("schema is not headroom-envelopes")
        self.result = self.root / "absent.h5"
        self.refused("no such file")
        self.result.write_text("not a result")
        self.refused("cannot be read")

    def test_another_case_is_refused(self):
        with h5py.File(self.case, "r+") as file:
            file["customer/id"][0, 0] = b"?"
        self.refused("other customers")
        shutil.copy(pathlib.Path(SAMPLES) / "case.h5", self.case)
        with h5py.File(self.case, "r+") as file:
            file["series/day/time"][0] -= 1
        self.refused("other steps")

    def test_feeders_are_found_by_name_or_refused(self):
        names = text(self.result, "feeder/id")
        self.drawn("--feeder", names[0])
        self.picture.unlink()
        self.refused("no feeder 'nowhere'", "--feeder", "nowhere")
        self.refused("no envelopes: /branch/length", "--feeder", names[-1])

    def test_unknown_steps_are_refused(self):
        for step in ("4", "2030-01-01", "12:00", "noon"):
            self.refused(f"no step '{step}'", "--step", step)

    def test_a_damaged_result_is_refused(self):
        with h5py.File(self.result, "r+") as file:
            del file["envelope/import_limit"]
        self.refused("do not fit or are damaged")
        shutil.copy(pathlib.Path(SAMPLES) / "result.h5", self.result)
        self.refused("row 3 binds but is not of feeder")

    def test_wrong_usage_ends_with_2(self):
        self.refused("usage", "--colour", code=2)

    def test_an_output_that_cannot_be_written_ends_with_5(self):
        self.refused("No such file or directory", code=5, output=self.root / "absent" / "picture.png")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as SAMPLES:
        subprocess.run([sys.argv[1], SAMPLES], check=True)
        unittest.main(argv=sys.argv[:1])
