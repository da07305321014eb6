"""Markets, replays and forecasts of a region by parts: the numbers of an undivided run, whatever happens on the way.

usage: region_stages_test.py HEADROOM [--mpi HEADROOM_MPI]
"""

import csv
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

try:
    import h5py
    import numpy as np
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

import region_test
from region_test import AS_ROOT, ROOT, content, results, run

PER_PART = ("/customers", "/feeders", "/orders", "/trades", "/rows", "/parts", "/part_steps", "/row_prices",
            "/proof_nodes", "/proof_multipliers", "/tangents", "/tangent_powers")
# What counts rows of another table of its own part: the table's axis.
REFERENCES = {"customer/feeder": "/feeders", "order/customer": "/customers", "order/parent": "/orders",
              "trade/feeder": "/feeders", "trade/buy": "/orders", "trade/sell": "/orders", "row/feeder": "/feeders",
              "part/feeder": "/feeders", "part/first_step": "/part_steps", "row_price/feeder": "/feeders",
              "row_price/row": "/rows", "replay/worst_row": "/rows", "proof_node/part": "/parts",
              "proof_node/parent": "/proof_nodes", "proof_node/order": "/orders",
              "proof_node/first_multiplier": "/proof_multipliers", "proof_multiplier/part": "/parts",
              "row_price/tangent": "/tangents", "tangent/feeder": "/feeders", "tangent/row": "/rows",
              "tangent/first_power": "/tangent_powers", "tangent_power/customer": "/customers"}
# Hashes are over rows of the part; rows of buses and branches count from the part's first ones; what the index of a
# multiplier counts depends on its kind.
OF_THE_PART = ("trade/hash", "row/bus_row", "row/branch_row", "proof_multiplier/index")


def axes(dataset):
    return [axis[0].name if len(axis) else None for axis in dataset.dims]


def datasets(file):
    found = []
    file.visititems(lambda name, node: found.append(name) if isinstance(node, h5py.Dataset) and "/" in name else None)
    return found


def joined(files, name):
    """A dataset of all parts, with references counted over all of them."""
    columns, before = [], 0
    for file in files:
        values = file[name][...]
        if values.dtype.kind == "S":
            values = np.array([b"".join(row).rstrip(b"\0") for row in values])
        if name in REFERENCES:
            values = np.where(values >= 0, values + before, values)
            before += file[REFERENCES[name]].shape[0]
        columns.append(values)
    along = next((k for k, axis in enumerate(axes(files[0][name])) if axis in PER_PART), None)
    return columns[0] if along is None else np.concatenate(columns, axis=along)


class Stages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="headroom-stages-")
        cls.case, cls.orders = cls.at("day.h5"), cls.at("orders.csv")
        plain, whole = cls.at("plain.h5"), cls.at("whole.h5")
        cls.expect(0, "generate", plain, "--feeders", 40, "--steps", 8, "--step-seconds", 10800, "--hard-share", 0.1)
        cls.script("make_market_day", plain, "-o", cls.case)
        cls.expect(4, "allocate", cls.case, "-o", whole, "--contain", "zero")
        cls.script("make_market_day", cls.case, "-o", cls.case, "--envelopes", whole, "--orders", cls.orders)
        cls.envelopes = cls.at("envelopes")
        cls.expect(4, "allocate", cls.case, "-o", cls.envelopes + "/", "--contain", "zero", "--shard-size", 0.2)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    @classmethod
    def at(cls, name):
        return os.path.join(cls.folder, name)

    @staticmethod
    def script(name, *words):
        subprocess.run([sys.executable, os.path.join(ROOT, "scripts", name), *words], check=True, capture_output=True)

    @staticmethod
    def expect(code, *words, program=None, **options):
        done = run(*words, "--quiet", program=program, **options)
        assert done.returncode == code, f"{words}: {done.returncode}, {done.stderr}"
        return done

    def clear(self, output, *options, program=None, code=4, **more):
        return self.expect(code, "clear", self.case, "-o", output, "--orders", self.orders, "--envelopes",
                           self.envelopes, *options, program=program, **more)

    def expect_whole(self, parts, whole):
        """Every number of the undivided file, from the parts."""
        with h5py.File(whole) as one:
            names = sorted(name for name in results(parts) if name.startswith("part-"))
            files = [h5py.File(os.path.join(parts, name)) for name in names]
            self.assertGreater(len(files), 1)
            names = [name for name in datasets(one) if name not in OF_THE_PART]
            self.assertGreater(len(names), 10)
            for name in names:
                expected = joined([one], name)
                self.assertTrue(joined(files, name).tobytes() == expected.tobytes(), name)
            notes = {key: value for key, value in one.attrs.items() if key != "chain_head"}
            for file in files:
                self.assertEqual({key: file.attrs[key] for key in notes if key in file.attrs}.keys(), notes.keys())
                for key, value in notes.items():
                    self.assertTrue(np.array_equal(file.attrs[key], value), key)
                file.close()

    def test_a_market_by_parts_is_that_of_the_whole_region(self):
        for name, options in (("continuous", ()), ("auction", ("--mechanism", "auction")),
                              ("balanced", ("--mechanism", "auction", "--balance")), ("open", ("--network", "off"))):
            with self.subTest(name):
                parts, whole = self.at(name), self.at(name + ".h5")
                self.clear(parts + "/", *options)
                self.clear(whole, *options)
                self.expect_whole(parts, whole)
                with h5py.File(whole) as file:
                    self.assertGreater(file["trades"].shape[0], 500)

    def test_a_market_that_allocates_for_itself_needs_no_run_before_it(self):
        parts, whole = self.at("own"), self.at("own.h5")
        words = ("clear", self.case, "--orders", self.orders, "--contain", "zero")
        self.expect(4, *words, "-o", parts + "/", "--shard-size", 0.5)
        self.expect(4, *words, "-o", whole)
        self.expect_whole(parts, whole)

    def test_a_market_secure_in_ac_gives_a_feeder_what_it_gets_without_the_others(self):
        case, orders, run_of, whole_of = self.at("few.h5"), self.at("few.csv"), self.at("few"), self.at("few_doe.h5")
        self.expect(0, "generate", case, "--feeders", 8, "--seed", 4, "--steps", 3, "--step-seconds", 21600,
                    "--hard-share", 0)
        self.script("make_market_day", case, "-o", self.at("few_day.h5"))
        case = self.at("few_day.h5")
        allocate = ("allocate", case, "--secure", "ac", "--contain", "zero")
        self.expect(0, *allocate, "-o", run_of + "/", "--shard-size", 0.01)
        self.expect(0, *allocate, "-o", whole_of)
        self.script("make_market_day", case, "-o", case, "--envelopes", whole_of, "--orders", orders)
        self.expect(0, *allocate, "-o", run_of + "/", "--shard-size", 0.01, "--resume")
        for mechanism in ("auction", "continuous"):
            with self.subTest(mechanism):
                parts, whole = self.at("ac_" + mechanism), self.at(f"ac_{mechanism}.h5")
                words = ("clear", case, "--orders", orders, "--envelopes", run_of, "--mechanism", mechanism)
                of_parts, of_whole = (run(*words, "-o", path, "--quiet") for path in (parts + "/", whole))
                self.assertIn(of_parts.returncode, (0, 4), of_parts.stderr)
                self.assertEqual(of_parts.returncode, of_whole.returncode)
                self.expect_whole(parts, whole)
                self.expect(0, "verify", parts, "--case", case)

    def test_verify_judges_the_parts_and_the_head_over_all_of_them(self):
        parts = self.at("judged")
        shown = run("clear", self.case, "-o", parts + "/", "--orders", self.orders, "--envelopes", self.envelopes)
        head = shown.stderr.split("head of the chain over the trades: ")[1].split()[0]
        self.expect(0, "verify", parts, "--case", self.case, "--head", head, "--orders", self.orders)
        other = self.at("dearer.csv")
        with open(self.orders, encoding="utf-8") as file, open(other, "w", encoding="utf-8") as written:
            lines = file.read().splitlines()
            price = lines[0].split(",").index("price_per_mwh")
            cells = lines[-1].split(",")
            cells[price] = str(float(cells[price]) + 1)
            written.write("\n".join([*lines[:-1], ",".join(cells)]) + "\n")
        judged = run("verify", parts, "--case", self.case, "--orders", other)
        self.assertEqual(judged.returncode, 4)
        self.assertRegex(judged.stderr, f"part-[0-9]+.h5: order '{cells[lines[0].split(',').index('id')]}' of feeder "
                                        f"'.*': price is .*, in dearer.csv:{len(lines)} it is {cells[price]}")
        self.expect(4, "verify", parts, "--case", self.case, "--head", head[::-1])
        part = os.path.join(parts, "part-00001.h5")
        with h5py.File(part, "r+", libver=("v110", "v110")) as file:
            file["trade/quantity"][3] += 1.0
        damaged = run("verify", parts, "--case", self.case)
        self.assertEqual(damaged.returncode, 3)
        self.assertIn("are done; finish the run with --resume first", damaged.stderr)
        alone = run("verify", part, "--case", self.case)
        self.assertEqual(alone.returncode, 3, "a part alone is not a clearing of the whole case")

    def test_a_part_of_nothing_but_faults_is_judged_like_the_others(self):
        parts = self.at("single")
        self.expect(4, "clear", self.case, "-o", parts + "/", "--orders", self.orders, "--contain", "zero",
                    "--shard-size", 0.001)
        self.assertEqual(len([name for name in results(parts) if name.startswith("part-")]), 40)
        self.expect(0, "verify", parts, "--case", self.case)
        shutil.copy(os.path.join(parts, "index.h5"), self.at("index.h5"))
        with h5py.File(os.path.join(parts, "index.h5"), "r+", libver=("v110", "v110")) as index:
            index.attrs["chain_head"] = np.bytes_(b"0" * 64)
        forged = run("verify", parts, "--case", self.case)
        self.assertEqual(forged.returncode, 4)
        self.assertIn("index.h5, attribute chain_head", forged.stderr)
        os.remove(os.path.join(parts, "index.h5"))
        for words in (("verify", parts, "--case", self.case),
                      ("replay", parts, "--case", self.case, "-o", self.at("no/"))):
            refused = run(*words)
            self.assertEqual(refused.returncode, 3)
            self.assertIn("the index is missing; finish the run with --resume first", refused.stderr)

    def test_no_file_of_a_run_that_is_read_is_replaced(self):
        before = results(self.envelopes)
        for words in (("join", self.envelopes, "-o", os.path.join(self.envelopes, "part-00000.h5")),
                      ("report", self.envelopes, "-o", os.path.join(self.envelopes, "report.csv")),
                      ("clear", self.case, "--orders", self.orders, "--envelopes", self.envelopes, "-o",
                       os.path.join(self.envelopes, "index.h5")),
                      ("report", self.envelopes, "-o", self.case)):
            with self.subTest(words=words):
                self.assertEqual(run(*words).returncode, 2)
                self.assertEqual(results(self.envelopes), before)
        tables = self.at("tables")
        shutil.copytree(os.path.join(ROOT, "cases", "laminar"), tables)
        table = os.path.join(tables, "bus.csv")
        was = content(table)
        self.assertEqual(run("import", tables, "-o", table).returncode, 2)
        self.assertEqual(content(table), was)

    def test_replays_are_those_of_the_whole_region(self):
        market, market_file = self.at("replayed"), self.at("replayed.h5")
        self.clear(market + "/", "--mechanism", "auction")
        self.clear(market_file, "--mechanism", "auction")
        for name, source, source_file in (("doe", self.envelopes, self.at("whole.h5")),
                                          ("market", market, market_file)):
            with self.subTest(name):
                parts, whole = self.at("replay_" + name), self.at(f"replay_{name}.h5")
                points = ("--case", self.case, "--random-corners", 3, "--random-points", 3)
                self.expect(4, "replay", source, *points, "-o", parts + "/")
                self.expect(4, "replay", source_file, *points, "-o", whole)
                with h5py.File(whole, "r+", libver=("v110", "v110")) as file:
                    # The digests of a file and of a run differ, and nothing else.
                    self.assertEqual(file.attrs["market"], b"limit-exchange by auction" if name == "market" else b"")
                    with h5py.File(os.path.join(parts, "part-00000.h5")) as part:
                        file.attrs["result_digest"] = part.attrs["result_digest"]
                self.expect_whole(parts, whole)

    def test_a_market_without_limits_has_nothing_to_replay(self):
        points = self.at("points.h5")
        laminar = os.path.join(ROOT, "cases", "laminar")
        self.expect(0, "import", laminar, "-o", self.at("laminar.h5"))
        done = run("clear", self.at("laminar.h5"), "-o", points, "--market", "set-point-exchange", "--flow", "dc")
        if done.returncode not in (0, 4):
            self.skipTest(done.stderr)
        refused = run("replay", points, "--case", self.at("laminar.h5"))
        self.assertEqual(refused.returncode, 3)
        self.assertIn("has set-points, and no limits to replay", refused.stderr)

    def test_forecasts_are_those_of_the_whole_region(self):
        parts, whole = self.at("forecast"), self.at("forecast.h5")
        words = ("forecast-congestion", self.case, "--samples", 24, "--load-sigma", 0.5)
        self.expect(4, *words, "-o", parts + "/", "--shard-size", 2)
        self.expect(4, *words, "-o", whole)
        self.expect_whole(parts, whole)

    def test_kills_cost_a_market_nothing_but_time(self):
        wanted = self.at("wanted")
        began = time.time()
        self.clear(wanted + "/")
        took = time.time() - began
        numbers = random.Random(7)
        folder = self.at("killed")
        words = ["clear", self.case, "-o", folder + "/", "--orders", self.orders, "--envelopes", self.envelopes,
                 "--quiet", "--resume"]
        for _ in range(6):
            running = subprocess.Popen([region_test.PROGRAM, *map(str, words)], stderr=subprocess.DEVNULL)
            time.sleep(took * numbers.uniform(0.1, 0.8))
            running.kill()
            running.wait()
        self.assertEqual(run(*words).returncode, 4)
        self.assertEqual(results(folder), results(wanted))

    def test_a_clearing_in_one_file_that_is_killed_leaves_the_one_before_it(self):
        output = self.at("kept.h5")
        self.clear(output, "--mechanism", "auction")
        before = content(output)
        numbers = random.Random(11)
        for _ in range(8):
            running = subprocess.Popen(
                [region_test.PROGRAM, "clear", self.case, "-o", output, "--orders", self.orders, "--envelopes",
                 self.envelopes, "--quiet"], stderr=subprocess.DEVNULL)
            time.sleep(numbers.uniform(0.1, 0.9))
            running.kill()
            if running.wait() == 4:
                break  # it was faster: then its file stands in place of the other
            self.assertEqual(content(output), before)
        self.expect(4, "clear", self.case, "-o", output, "--orders", self.orders, "--envelopes", self.envelopes)
        self.expect(0, "verify", output, "--case", self.case)

    def test_other_orders_are_another_question(self):
        folder = self.at("asked")
        self.clear(folder + "/")
        other = self.at("other.csv")
        with open(self.orders, encoding="utf-8") as file, open(other, "w", encoding="utf-8") as written:
            written.writelines(file.readlines()[:-1])
        refused = run("clear", self.case, "-o", folder + "/", "--orders", other, "--envelopes", self.envelopes,
                      "--resume")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("parts: held '--orders ", refused.stderr)

    def test_a_report_has_a_line_per_feeder_with_what_each_stage_says(self):
        market, replay, risk, table = (self.at(name) for name in ("said", "said_replay", "said_risk", "said.csv"))
        self.clear(market + "/", "--mechanism", "auction")
        self.expect(4, "replay", market, "--case", self.case, "-o", replay + "/", "--random-corners", 0,
                    "--random-points", 0)
        self.expect(4, "forecast-congestion", self.case, "-o", risk + "/", "--samples", 16, "--load-sigma", 2)
        self.expect(0, "report", self.envelopes, market, replay, risk, "-o", table)
        with open(table, encoding="utf-8", newline="") as file:
            lines = {line["feeder"]: line for line in csv.DictReader(file)}
        self.assertEqual(len(lines), 40)
        with h5py.File(self.at("whole.h5")) as whole, h5py.File(os.path.join(market, "index.h5")) as index:
            limits, owner = whole["envelope/export_limit"][...] / 1e3, whole["customer/feeder"][...]
            ids = [b"".join(row).rstrip(b"\0").decode() for row in whole["feeder/id"][...]]
            for f in (0, 7, 33):
                own = limits[:, owner == f]
                own = own[np.isfinite(own)]
                line = lines[ids[f]]
                self.assertAlmostEqual(float(line["export_lowest_kw"]), own.min(), delta=1e-5 * (1 + own.min()))
                self.assertAlmostEqual(float(line["export_mean_kw"]), own.mean(), delta=1e-5 * (1 + own.mean()))
                self.assertEqual(int(line["solved_steps"]), int((whole["solve/status"][:, f] == 0).sum()))
                self.assertEqual(int(line["cleared_steps"]), int((index["market/status"][:, f] == 0).sum()))
                self.assertEqual(line["fault"], "")
        faults = [line["fault"] for feeder, line in lines.items() if feeder.endswith("-gap")]
        self.assertTrue(faults and all(faults), faults)
        sums = {name: sum(float(line[name]) for line in lines.values())
                for name in ("orders", "trades", "bought_kwh", "hours_at_risk")}
        told = run("status", market, "--json")
        summary = json.loads(told.stdout)["summary"]
        self.assertEqual(sums["trades"], summary["trades"])
        self.assertEqual(sums["orders"], sum(summary["orders_with"]))
        self.assertAlmostEqual(sums["bought_kwh"], summary["bought_kwh"], delta=1e-2)
        hours = json.loads(run("status", risk, "--json").stdout)["summary"]["hours"]
        self.assertAlmostEqual(sums["hours_at_risk"], hours, delta=1e-2)
        for words, reason in (((self.envelopes, self.at("whole.h5")), "another result has said already"),
                              ((self.case,), "is no result of")):
            refused = run("report", *words, "-o", self.at("no.csv"))
            self.assertEqual(refused.returncode, 3)
            self.assertIn(reason, refused.stderr)
            self.assertFalse(os.path.exists(self.at("no.csv")))

    def test_all_stages_work_on_envelopes_whose_feeders_have_policies_of_their_own(self):
        table, envelopes, market, replay = map(self.at, ("ways.csv", "ways", "ways_market", "ways_replay"))
        with open(table, "w", encoding="utf-8") as file:
            file.write("feeder,policy\nf00001*,proportional\nf00002*,total\n")
        self.expect(4, "allocate", self.case, "-o", envelopes + "/", "--contain", "zero", "--shard-size", 0.2,
                    "--policies", table)
        self.expect(4, "clear", self.case, "-o", market + "/", "--orders", self.orders, "--envelopes", envelopes)
        self.expect(0, "verify", market, "--case", self.case)
        self.expect(4, "replay", market, "--case", self.case, "-o", replay + "/", "--random-corners", 0,
                    "--random-points", 0)
        with h5py.File(os.path.join(envelopes, "part-00000.h5")) as part:
            asked = part.attrs["options"]
        for run_folder in (market, replay):
            with h5py.File(os.path.join(run_folder, "part-00000.h5")) as part:
                self.assertEqual((part.attrs["policy"], part.attrs["envelope_options"]), (b"per-feeder", asked))
        self.expect(0, "report", envelopes, market, replay, "-o", self.at("ways_report.csv"))
        with open(self.at("ways_report.csv"), encoding="utf-8", newline="") as file:
            told = {line["feeder"][:6]: (line["policy"], line["reference"]) for line in csv.DictReader(file)}
        self.assertEqual((told["f00000"], told["f00001"], told["f00002"]),
                         (("max-min", "absolute:1"), ("proportional", "none"), ("total", "absolute:1")))

    def test_check_results_judges_each_feeder_by_its_own_policy(self):
        case, table, result = self.at("ways8.h5"), self.at("ways8.csv"), self.at("ways8_result.h5")
        self.expect(0, "generate", case, "--feeders", 8, "--steps", 2, "--step-seconds", 43200, "--hard-share", 0)
        with open(table, "w", encoding="utf-8") as file:
            file.write("feeder,policy,reference\n*[13],proportional,\n*2,equal,cap\n*5,total,cap\n")
        self.expect(0, "allocate", case, "-o", result, "--policies", table)
        self.script("check_results", result, "--case", case)
        with h5py.File(result, "r+") as file:  # as if equal had been asked of a feeder that has max-min
            file["feeder/policy"][0] = file["feeder/policy"][2]
        with self.assertRaises(subprocess.CalledProcessError) as refused:
            self.script("check_results", result, "--case", case)
        self.assertIn(b"the digest of --policies is not ", refused.exception.stdout)

    def test_a_dry_run_says_how_long_work_on_the_parts_of_another_run_takes(self):
        market, clear = self.at("timed"), ("clear", self.case, "--orders", self.orders, "--threads", 1)
        self.clear(market + "/")
        for words in ((*clear, "-o", self.at("never/"), "--envelopes", self.envelopes),
                      (*clear, "-o", self.at("never/"), "--contain", "zero", "--shard-size", 0.5),
                      ("replay", market, "--case", self.case, "-o", self.at("never/"), "--threads", 1)):
            with self.subTest(words=words):
                planned = run(*words, "--dry-run")
                self.assertEqual(planned.returncode, 0, planned.stderr)
                told = re.search(r"\ntime: about (\d+) s( \((\d+) s to (\d+) s\))?, as 18 of the feeders tell\n",
                                 planned.stdout)
                self.assertTrue(told, planned.stdout)
                about, lowest, highest = (int(told[k] or told[1]) for k in (1, 3, 4))
                self.assertTrue(lowest <= about <= highest, planned.stdout)
                self.assertFalse(os.path.exists(self.at("never")))

    def test_what_cannot_be_meant_by_parts(self):
        folder = self.at("never/")
        clear = ("clear", self.case, "-o", folder, "--orders", self.orders)
        for words, code, reason in (
                ((*clear, "--envelopes", self.at("whole.h5")), 2, "begins with the folder of a run of allocate"),
                ((*clear, "--envelopes", self.envelopes, "--shard-size", "1"), 2, "parts are those of --envelopes"),
                ((*clear, "--compare"), 2, "--compare"),
                ((*clear, "--envelopes", self.folder), 3, "holds no run over a region"),
                (("clear", self.case, "-o", folder), 3, "there are no orders to clear"),
                (("replay", self.at("whole.h5"), "--case", self.case, "-o", folder), 2, "is of the folder of a run"),
                (("replay", self.envelopes, "--case", self.case, "-o", folder, "--shard-size", "1"), 2,
                 "--shard-size: parts are those of the run that is replayed"),
                (("join", self.envelopes + "x", "-o", self.at("x.h5")), 3, "holds no run over a region")):
            with self.subTest(words=words):
                refused = run(*words)
                self.assertEqual(refused.returncode, code, refused.stderr)
                self.assertIn(reason, refused.stderr)
                self.assertFalse(os.path.exists(folder))

    def test_a_job_takes_a_region_through_all_stages_by_parts(self):
        job = self.at("night.toml")
        with open(job, "w", encoding="utf-8") as file:
            file.write('case = "day.h5"\noutput = "night"\n[allocate]\ncontain = "zero"\nfile = "doe/"\n'
                       'shard-size = 0.2\nresume = true\n[clear]\norders = "orders.csv"\nfile = "market/"\n'
                       'mechanism = "auction"\nresume = true\n[replay]\nfile = "replay/"\nrandom-corners = 1\n'
                       'random-points = 0\nresume = true\n[verify]\n[report]\n')
        planned = run("run", job, "--dry-run")
        self.assertEqual(planned.returncode, 0, planned.stderr)
        self.assertRegex(planned.stdout, r"320 items in \d parts on .*doe/.*\nmemory: about 0\.\d+ GiB\ntime: about")
        for _ in range(2):
            done = run("run", job)
            self.assertEqual(done.returncode, 4, done.stderr)
        self.assertEqual(done.stderr.count("0 parts made"), 3, done.stderr)
        self.assertEqual(results(self.at("night/market")).keys(), results(self.envelopes).keys())
        self.assertEqual(run("status", self.at("night/replay")).returncode, 0)
        with open(self.at("night/report.csv"), encoding="utf-8") as table:
            header = table.readline()
        for column in ("export_mean_kw", "welfare", "worst_excess_pu"):
            self.assertIn(column, header)

    def test_ranks_give_the_same_bytes(self):
        if not region_test.MPI_PROGRAM:
            self.skipTest("no headroom-mpi")
        wanted, folder = self.at("by_one"), self.at("by_two")
        self.clear(wanted + "/")
        done = subprocess.run(
            ["mpirun", "--oversubscribe", "-n", "2", region_test.MPI_PROGRAM, "clear", self.case, "-o", folder + "/",
             "--orders", self.orders, "--envelopes", self.envelopes, "--quiet"], capture_output=True, text=True,
            timeout=600, env=AS_ROOT)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertEqual(results(folder), results(wanted))


if __name__ == "__main__":
    words = sys.argv[1:]
    if "--mpi" in words:
        region_test.MPI_PROGRAM = words.pop(words.index("--mpi") + 1)
        words.remove("--mpi")
    region_test.PROGRAM = words.pop(0)
    unittest.main(argv=sys.argv[:1] + words)
