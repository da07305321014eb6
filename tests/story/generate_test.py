"""`headroom generate` as a job script meets it, its regions read back by h5py: generate_test.py HEADROOM. Exits with 77
where h5py is missing.
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

try:
    import h5py
    import numpy as np
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

FEEDERS, STEPS = 60, 24
OPTIONS = ["--seed", "7", "--steps", str(STEPS), "--step-seconds", "3600", "--hard-share", "0.1"]
HARD = {9: "insecure", 19: "rural", 29: "mesh", 39: "gap", 49: "mv", 59: "insecure"}
SOLVED, INSECURE_BASE, INVALID_INPUT = 0, 1, 4
REFUSED = 4  # of orders


def headroom(*words):
    return subprocess.run([HEADROOM, *map(str, words)], capture_output=True, text=True)


def words(dataset):
    return [b"".join(word).decode() for word in dataset[...]]


def feeder(case, number):
    """Everything that the file says about one feeder, but for where its rows begin."""
    first_bus = case["feeder/bus_offset"][number]
    columns = {}
    for group in ("bus", "branch", "customer"):
        begin, end = case[f"feeder/{group}_offset"][number : number + 2]
        for name, column in case[group].items():
            if column.shape[0] == case[f"{group}/id"].shape[0]:
                columns[f"{group}/{name}"] = column[begin:end]
        if group == "customer":
            for name in ("p_forecast", "q_forecast"):
                columns[name] = case[f"series/day/{name}"][:, begin:end]
    for name in ("slack_voltage", "slack_angle"):
        columns[name] = case[f"series/day/{name}"][:, number]
    for name in ("branch/from_bus", "branch/to_bus", "customer/bus"):
        columns[name] = columns[name] - first_bus
    for name in ("bus/id", "branch/id", "customer/id"):
        columns[name] = ["".join(map(bytes.decode, word)) for word in columns[name]]
    return columns


class Generate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.case = cls.at("region.h5")
        cls.said = headroom("generate", cls.case, "--feeders", FEEDERS, *OPTIONS, "--json")
        assert cls.said.returncode == 0, cls.said.stderr

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def at(cls, name):
        return Path(cls.folder.name) / name

    def test_the_summary_counts_what_the_file_holds(self):
        summary = json.loads(self.said.stdout)
        with h5py.File(self.case) as case:
            ids = words(case["feeder/id"])
            self.assertEqual(summary["buses"], len(case["bus/id"]))
            self.assertEqual(summary["customers"], len(case["customer/id"]))
            self.assertEqual(summary["customers_active"], case["customer/active"][...].sum())
        for number, name in enumerate(ids):
            self.assertEqual(name, f"f{number:06}" + (f"-{HARD[number]}" if number in HARD else ""))
        self.assertEqual(summary["feeders_of_kind"],
                         {"regular": 54, "insecure": 2, "rural": 1, "mesh": 1, "gap": 1, "mv": 1})
        self.assertIn("60 feeders: 54 regular, 2 insecure, 1 rural", self.said.stderr)

    def test_threads_and_processors_do_not_show_in_the_bytes(self):
        again = self.at("again.h5")
        for threads, kernels in ((1, None), (2, None), (1, "baseline")):
            environment = os.environ | ({"HEADROOM_SIMD": kernels} if kernels else {})
            subprocess.run([HEADROOM, "generate", again, "--feeders", str(FEEDERS), *OPTIONS, "--quiet", "--threads",
                            str(threads)], env=environment, check=True)
            self.assertEqual(again.read_bytes(), self.case.read_bytes(), (threads, kernels))

    def test_a_feeder_does_not_know_its_region(self):
        part = self.at("part.h5")
        self.assertEqual(headroom("generate", part, "--first-feeder", 37, "--feeders", 4, *OPTIONS).returncode, 0)
        with h5py.File(self.case) as whole, h5py.File(part) as few:
            self.assertEqual(words(few["feeder/id"]), words(whole["feeder/id"])[37:41])
            for number in range(4):
                one, other = feeder(whole, 37 + number), feeder(few, number)
                self.assertEqual(one.keys(), other.keys())
                for name in one:
                    np.testing.assert_array_equal(one[name], other[name], name)

    def test_envelopes_come_out_but_where_feeders_are_hard(self):
        result = self.at("envelopes.h5")
        self.assertEqual(headroom("allocate", self.case, "-o", result, "--quiet").returncode, 4)
        with h5py.File(result) as envelopes:
            status, faults = envelopes["solve/status"][...], words(envelopes["feeder/fault"])
        regular = [number for number in range(FEEDERS) if number not in HARD]
        self.assertGreater(np.mean(status[:, regular] == SOLVED), 0.95)
        self.assertGreater(np.mean(status[:, [9, 59]] == INSECURE_BASE), 0.2)
        self.assertTrue(np.all(status[:, 39] == INVALID_INPUT))
        self.assertGreater(np.mean(status[:, 29] == SOLVED), 0.5)
        self.assertIn("must lie in", faults[39])
        self.assertEqual([number for number in range(FEEDERS) if faults[number]], [39])

    def test_a_dry_run_counts_and_writes_nothing(self):
        nowhere = self.at("nowhere.h5")
        plan = headroom("generate", nowhere, "--feeders", FEEDERS, *OPTIONS, "--dry-run")
        self.assertEqual(plan.returncode, 0)
        self.assertIn(f"{json.loads(self.said.stdout)['customers']} customers", plan.stdout)
        self.assertFalse(nowhere.exists())

    def test_prices_are_those_of_one_market(self):
        priced = self.at("priced.h5")
        headroom("generate", priced, "--feeders", 3, "--steps", 5, "--prices", "--quiet")
        with h5py.File(priced) as case:
            price = case["series/day/price"][...]
            self.assertEqual(case["series/day/price"].attrs["currency"], b"EUR")
        self.assertTrue(np.all(price == price[:, :1]) and np.all(price > 0))
        self.assertGreater(np.ptp(price[:, 0]), 0)

    def test_orders_trade_in_both_mechanisms_and_the_clearings_verify(self):
        case = self.at("orders.h5")
        self.assertEqual(headroom("generate", case, "--feeders", 8, "--steps", 96, "--hard-share", 0, "--orders-share",
                                  0.6, "--quiet").returncode, 0)
        with h5py.File(case) as region:
            orders = len(region["order/id"])
        for mechanism in ("continuous", "auction"):
            market = self.at(f"{mechanism}.h5")
            cleared = headroom("clear", case, "-o", market, "--market", "limit-exchange", "--mechanism", mechanism)
            self.assertIn(cleared.returncode, (0, 4), cleared.stderr)
            with h5py.File(market) as clearing:
                status, accepted = clearing["order/status"][...], clearing["order/accepted"][...]
            self.assertEqual(len(status), orders)
            self.assertGreater(np.mean(accepted > 0), 0.1)
            self.assertLess(np.mean(status == REFUSED), 0.5)
            self.assertEqual(headroom("verify", market, "--case", case).returncode, 0)

    def test_wrong_options_are_refused(self):
        for option, value in (("--feeders", "0"), ("--feeders", "1048577"), ("--feeders", "x"), ("--seed", "-1"),
                              ("--first-feeder", "-1"), ("--first-feeder", "1048576"), ("--steps", "0"),
                              ("--step-seconds", "0"), ("--step-seconds", "86401"), ("--start", "noon"),
                              ("--active-share", "1.1"), ("--active-share", "nan"), ("--hard-share", "-0.1"),
                              ("--reactive-share", "2"), ("--orders-share", "1.5"),
                              ("--threads", "-1"), ("--hard", "1")):
            arguments = {"--feeders": "2"} | {option: value}
            options = [word for pair in arguments.items() for word in pair]
            refused = headroom("generate", self.at("refused.h5"), *options)
            self.assertEqual(refused.returncode, 2, f"{option} {value}: {refused.stderr}")
        self.assertEqual(headroom("generate", self.at("refused.h5")).returncode, 2)
        self.assertFalse(self.at("refused.h5").exists())

    def test_a_region_beyond_the_machine_is_refused_before_work(self):
        refused = headroom("generate", self.at("huge.h5"), "--feeders", 2**20, "--steps", 2**20)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("in memory", refused.stderr)

    def test_an_output_that_cannot_be_written_exits_with_five(self):
        self.assertEqual(headroom("generate", self.at("no_folder/a.h5"), "--feeders", 1).returncode, 5)


if __name__ == "__main__":
    HEADROOM = sys.argv[1]
    unittest.main(argv=sys.argv[:1])
