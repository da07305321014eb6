"""Draws the worst corners of envelopes that the program allocates: plot_worst_corner_test.py HEADROOM.

Exits with 77 where a module of the script is missing.
"""
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

try:
    import matplotlib.image
    import h5py  # noqa: F401, by the script
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

ROOT = Path(__file__).parents[2]
CASE, OTHER = ROOT / "cases/european_lv/european_lv.h5", ROOT / "cases/ieee34/ieee34.h5"


class PlotWorstCorner(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for name, options in (("linear", ()), ("secure", ("--secure", "ac"))):
            subprocess.run([HEADROOM, "allocate", CASE, "-o", FOLDER / name, "--quiet", *options], check=True)

    def plot(self, *more, case=CASE, picture="picture.png"):
        command = [sys.executable, "-W", "error", ROOT / "scripts/plot_worst_corner", FOLDER / "linear",
                   FOLDER / "secure", "--case", case, "-o", FOLDER / picture, *more]
        return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=200,
                              env=os.environ | {"MPLCONFIGDIR": str(FOLDER)})

    def test_a_step_becomes_a_picture(self):
        run = self.plot("--step", "09:15")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(matplotlib.image.imread(FOLDER / "picture.png").shape[:2], (900, 1500))

    def test_what_does_not_fit_is_refused(self):
        for words, code, *more in (("no step 'noon'", 3, "--step", "noon"), ("no feeder 'x'", 3, "--feeder", "x")):
            run = self.plot(*more)
            self.assertEqual((run.returncode, words in run.stderr), (code, True), run.stderr)
        self.assertIn("another case", self.plot("--step", "0", case=OTHER).stderr)
        self.assertEqual(self.plot("--step", "0", picture="no/such/folder.png").returncode, 5)


if __name__ == "__main__":
    HEADROOM = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        FOLDER = Path(folder)
        unittest.main(argv=sys.argv[:1])
