"""Feeders joined to one tree, from `headroom graft` and `headroom generate --joined` to judged envelopes:
joined_tree_test.py HEADROOM. Exits with 77 where h5py is missing.
"""
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

try:
    import h5py
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

ROOT = Path(__file__).resolve().parents[2]


def headroom(*words):
    return subprocess.run([HEADROOM, *map(str, words)], capture_output=True, text=True)


def words(dataset):
    return [b"".join(word).decode() for word in dataset[...]]


class JoinedTree(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.region = cls.at("region.h5")
        # With 30 % hard ones feeder 9 is a mesh, feeder 13 has a gap in a forecast and feeder 16 is of medium voltage.
        made = headroom("generate", cls.region, "--feeders", 20, "--hard-share", 0.3, "--steps", 4)
        assert made.returncode == 0, made.stderr
        with h5py.File(cls.region) as case:
            cls.feeders = words(case["feeder/id"])
            cls.high = next(name for name in cls.feeders if name.endswith("-mv"))
            row = cls.feeders.index(cls.high)
            begin, end = case["feeder/bus_offset"][row : row + 2]
            cls.buses = words(case["bus/id"])[begin:end]
            first = case["feeder/customer_offset"][row]
            cls.substations = [cls.buses[bus - begin] for bus in case["customer/bus"][first : first + 3]]

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def at(cls, name):
        return Path(cls.folder.name) / name

    def graft(self, rows, onto=None):
        grafts = self.at("map.csv")
        grafts.write_text("feeder,bus\n" + "".join(f"{feeder},{bus}\n" for feeder, bus in rows))
        return headroom("graft", self.region, "-o", self.at("tree.h5"), "--onto", onto or self.high, "--map", grafts)

    def regular(self, count):
        return [name for name in self.feeders if "-" not in name][:count]

    def test_a_tree_holds_all_of_its_parts_and_one_customer_less_for_each(self):
        rows = list(zip(self.regular(3), self.substations))

        said = self.graft(rows)

        self.assertEqual(said.returncode, 0, said.stderr)
        with h5py.File(self.region) as region, h5py.File(self.at("tree.h5")) as tree:
            self.assertEqual(words(tree["feeder/id"]), [f for f in self.feeders if f not in self.regular(3)])
            self.assertEqual(tree["bus/id"].shape[0], region["bus/id"].shape[0] - 3)
            self.assertEqual(tree["branch/id"].shape[0], region["branch/id"].shape[0])
            self.assertEqual(tree["customer/id"].shape[0], region["customer/id"].shape[0] - 3)
        self.assertIn("3 feeders grafted onto", said.stderr)

    def test_a_mesh_is_grafted_and_solved_with_the_rest(self):
        mesh = next(name for name in self.feeders if name.endswith("-mesh"))
        self.assertEqual(self.graft([(mesh, self.substations[0])]).returncode, 0)
        result = self.at("of_mesh.h5")
        said = headroom("allocate", self.at("tree.h5"), "-o", result, "--json")
        with h5py.File(result) as envelopes:
            fault = words(envelopes["feeder/fault"])[self.feeders.index(self.high) - 1]
        self.assertEqual(fault, "", said.stderr)

    def test_faults_are_named_and_nothing_is_written(self):
        one, bus = self.regular(1)[0], self.substations[0]
        gap = next(name for name in self.feeders if name.endswith("-gap"))
        for rows, onto, expected in (
            ([(one, bus)], "nowhere", "there is no feeder 'nowhere' to graft onto"),
            ([("nobody", bus)], None, "map.csv:2, column 'feeder': there is no such feeder"),
            ([(one, "nobus")], None, "map.csv:2, column 'bus': there is no such bus in feeder"),
            ([(self.high, bus)], None, "it cannot be grafted onto itself"),
            ([(one, bus), (one, bus)], None, "it is grafted twice"),
            ([(gap, bus)], None, f"feeder '{gap}' cannot be part of a tree: /series/"),
            ([(one, "source")], None, "its source has 6350.9 V from phase to neutral, bus 'source' has 19052.6 V"),
        ):
            self.at("tree.h5").unlink(missing_ok=True)

            said = self.graft(rows, onto)

            self.assertEqual(said.returncode, 3, said.stderr)
            self.assertIn(expected, said.stderr)
            self.assertFalse(self.at("tree.h5").exists())

    def test_one_of_feeders_and_joined_is_needed(self):
        for given, part in (([], "one of --feeders and --joined is needed"),
                            (["--feeders", 1, "--joined", 200], "--feeders and --joined exclude each other")):
            said = headroom("generate", self.at("x.h5"), *given)
            self.assertEqual(said.returncode, 2)
            self.assertIn(part, said.stderr)
        self.assertEqual(headroom("generate", self.at("x.h5"), "--joined", 99).returncode, 2)

    def judged(self, buses, *options):
        """Envelopes of a joined tree, secure by every row and as optimal as they claim, judged apart."""
        case, result = self.at(f"joined{buses}.h5"), self.at("envelopes.h5")
        made = headroom("generate", case, "--joined", buses, "--steps", 2, "--step-seconds", 43200)
        self.assertEqual(made.returncode, 0, made.stderr)
        said = headroom("allocate", case, "-o", result, "--json", *options)
        self.assertEqual(said.returncode, 0, said.stderr)
        verdict = subprocess.run([ROOT / "scripts" / "check_results", result, "--case", case], capture_output=True,
                                 text=True)
        self.assertEqual(verdict.returncode, 0, verdict.stdout + verdict.stderr)
        return json.loads(said.stdout)

    def test_a_joined_tree_has_a_market(self):
        case, limits, market = self.at("traded.h5"), self.at("limits.h5"), self.at("market.h5")
        made = headroom("generate", case, "--joined", 800, "--steps", 4, "--step-seconds", 21600, "--orders-share", 1)
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertEqual(headroom("allocate", case, "-o", limits).returncode, 0)
        said = headroom("clear", case, "-o", market, "--envelopes", limits, "--mechanism", "auction")
        self.assertEqual(said.returncode, 0, said.stderr)
        judged = headroom("verify", market, "--case", case)
        self.assertEqual(judged.returncode, 0, judged.stderr)
        with h5py.File(market) as file:
            self.assertGreater(file["trades"].shape[0], 20)

    def test_envelopes_of_joined_trees_hold(self):
        for flow in ("dc", "lin-dist-flow", "lin-dist3-flow"):
            with self.subTest(flow=flow):
                self.assertTrue(self.judged(300, "--flow", flow)["all_solved"])
        self.assertTrue(self.judged(300, "--secure", "ac")["all_solved"])

    def test_a_tree_is_solved_to_the_same_bytes_on_any_number_of_threads(self):
        case = self.at("threads.h5")  # large enough that its rows are not written out
        headroom("generate", case, "--joined", 5000, "--steps", 24, "--step-seconds", 3600)
        files = []
        for threads in (1, 2):
            result = self.at(f"threads{threads}.h5")
            said = headroom("allocate", case, "-o", result, "--threads", threads)
            self.assertIn(said.returncode, (0, 4), said.stderr)
            files.append(result.read_bytes())
        self.assertEqual(files[0], files[1])


if __name__ == "__main__":
    HEADROOM = sys.argv.pop(1)
    unittest.main()
