"""A region by shards, as an operator meets it: parts, kills, resumes, ranks, full disks, and the same bytes after all.

usage: region_test.py HEADROOM [--mpi HEADROOM_MPI] [--soak]   --soak: 17 runs of three kills
"""

import fcntl
import glob
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

try:
    import h5py
except ImportError:
    h5py = None

PROGRAM, MPI_PROGRAM = "", ""
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
AS_ROOT = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
RUNS_KILLED = 4  # three kills each
QUICK = ("--shard-size", "0.2", "--quiet")


def run(*words, program=None, **options):
    command = [program or PROGRAM, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=600, **options)


def content(path):
    with open(path, "rb") as file:
        return file.read()


def results(folder):
    """What has to be the same however a run went: parts, index and report."""
    names = sorted(os.path.basename(p) for p in glob.glob(os.path.join(folder, "*")))
    return {n: content(os.path.join(folder, n)) for n in names if n.startswith(("part-", "index.h5", "report.csv"))}


class Region(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="headroom-region-")
        cls.case = os.path.join(cls.folder, "region.h5")
        made = run("generate", cls.case, "--feeders", 200, "--steps", 8, "--step-seconds", 10800, "--hard-share", 0.05,
                   "--quiet")
        assert made.returncode == 0, made.stderr
        cls.reference = os.path.join(cls.folder, "reference")
        cls.outcome = run("allocate", cls.case, "-o", cls.reference + "/", *QUICK)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def at(self, name):
        return os.path.join(self.folder, name)

    def allocate(self, folder, *options, program=None, **more):
        return run("allocate", self.case, "-o", folder + "/", *QUICK, *options, program=program, **more)

    def expect_reference(self, folder):
        made, wanted = results(folder), results(self.reference)
        self.assertEqual(sorted(made), sorted(wanted))
        for name, bytes_wanted in wanted.items():
            self.assertEqual(made[name], bytes_wanted, name)

    def copy(self, name):
        folder = self.at(name)
        shutil.copytree(self.reference, folder)
        return folder

    def test_a_run_leaves_parts_an_index_and_a_report(self):
        self.assertEqual(self.outcome.returncode, 4, self.outcome.stderr)  # hard feeders are in it
        names = sorted(results(self.reference))
        self.assertGreater(len([n for n in names if n.startswith("part-")]), 3)
        self.assertIn("index.h5", names)
        report = content(os.path.join(self.reference, "report.csv")).decode()
        self.assertIn("-insecure,insecure_base,", report)
        self.assertIn("-gap,invalid_input,8,", report)

    def test_the_log_tells_of_every_part_and_every_feeder_with_a_fault(self):
        with open(os.path.join(self.reference, "log-0000.jsonl"), encoding="utf-8") as log:
            events = [json.loads(line) for line in log]
        self.assertEqual((events[0]["event"], events[-1]["event"]), ("begin", "end"))
        self.assertEqual(sorted(e["part"] for e in events if e["event"] == "written"),
                         [name for name in sorted(results(self.reference)) if name.startswith("part-")])
        report = content(os.path.join(self.reference, "report.csv")).decode()
        told = [e["feeder"] for e in events if e["event"] == "feeder_fault"]
        self.assertEqual(len(told), report.count(",invalid_input,"))
        for feeder in told:
            self.assertIn(f"{feeder},invalid_input,", report)

    def test_the_joined_file_is_that_of_a_run_without_parts(self):
        for options in ((), ("--policy", "total"), ("--row-values",)):
            with self.subTest(options=options):
                parts, one, joined = self.at("joining"), self.at("one.h5"), self.at("joined.h5")
                shutil.rmtree(parts, ignore_errors=True)
                self.assertEqual(self.allocate(parts, *options).returncode, 4)
                self.assertEqual(run("allocate", self.case, "-o", one, "--quiet", *options).returncode, 4)
                self.assertEqual(run("join", parts, "-o", joined, "--quiet").returncode, 0)
                self.assertEqual(content(joined), content(one))

    def policies(self, name, *rows):
        with open(self.at(name), "w", encoding="utf-8") as table:
            table.write("feeder,policy,reference\n" + "".join(row + "\n" for row in rows))
        return self.at(name)

    def test_policies_of_feeders_make_one_result(self):
        table = self.policies("mixed.csv", "f0001*,proportional,", "*-rural,equal,cap")
        parts, one, joined = self.at("mixed"), self.at("mixed.h5"), self.at("mixed_joined.h5")
        self.assertEqual(self.allocate(parts, "--policies", table).returncode, 4)
        self.assertEqual(run("allocate", self.case, "-o", one, "--policies", table, "--quiet").returncode, 4)
        self.assertEqual(run("join", parts, "-o", joined, "--quiet").returncode, 0)
        self.assertEqual(content(joined), content(one))
        told = [run("info", path).stdout for path in (parts, one)]
        self.assertEqual(*told)
        self.assertIn("policy per-feeder, direction both, reference per-feeder, --policies ", told[0])
        self.assertRegex(told[0], r"policy +reference +feeders\n +max-min +absolute:1 +99\n +equal +cap +2\n")
        counts = json.loads(run("info", one, "--json").stdout)["policies"]
        self.assertEqual(sum(count["feeders"] for count in counts), 200)
        self.assertIn({"policy": "proportional", "reference": "none"},
                      [{"policy": count["policy"], "reference": count["reference"]} for count in counts])

    @unittest.skipIf(h5py is None, "h5py is missing")
    def test_a_feeder_with_a_policy_of_its_own_gets_what_it_gets_where_all_have_it(self):
        table = self.policies("own.csv", "f0001*,proportional,", "*-rural,equal,cap")
        mixed = self.at("own.h5")
        run("allocate", self.case, "-o", mixed, "--policies", table, "--quiet")
        with h5py.File(mixed) as file, h5py.File(self.copy_index(table)) as index:
            owner, seen = file["customer/feeder"][...], set()
            for f, words in enumerate(zip(*(file[f"feeder/{name}"][...] for name in ("id", "policy", "reference")))):
                id, policy, reference = (b"".join(word).rstrip(b"\0").decode() for word in words)
                seen.add((policy, reference))
                self.assertEqual(policy, "equal" if id.endswith("-rural") else
                                 "proportional" if id.startswith("f0001") else "max-min")
            for name in ("id", "policy", "reference"):
                self.assertEqual(index[f"feeder/{name}"][...].tobytes(), file[f"feeder/{name}"][...].tobytes())
            policies = [b"".join(word).rstrip(b"\0").decode() for word in file["feeder/policy"][...]]
            for policy, reference in seen:
                alike = self.at(f"all_{policy}.h5")
                run("allocate", self.case, "-o", alike, "--policy", policy, "--quiet",
                    *(("--reference", reference) if reference != "none" else ()))
                with h5py.File(alike) as whole:
                    for name in ("export_limit", "import_limit"):
                        own = [policies[f] == policy for f in owner]
                        self.assertEqual(file[f"envelope/{name}"][...][:, own].tobytes(),
                                         whole[f"envelope/{name}"][...][:, own].tobytes(), policy)
            self.assertEqual(len(seen), 3)

    def copy_index(self, table):
        """Of a run by parts under the same table."""
        folder = self.at("own_parts")
        self.allocate(folder, "--policies", table)
        return os.path.join(folder, "index.h5")

    def test_a_changed_table_of_policies_is_another_question(self):
        table, folder = self.policies("night.csv", "f0001*,proportional,"), self.at("night_policies")
        self.allocate(folder, "--policies", table)
        before = results(folder)
        same = self.policies("same.csv", "*,max-min,absolute:1", "f0001??,alpha=1,", "f0001??-*,alpha=1,")
        self.assertEqual(self.allocate(folder, "--resume", "--policies", same).returncode, 4)
        self.assertEqual(results(folder), before)
        other = self.policies("other.csv", "f00010*,proportional,")
        for options, said in ((("--policies", other), "options: was '--policies "),
                              ((), "policy: was 'per-feeder', is now 'max-min'"),
                              (("--policies", table, "--policy", "equal"), "options: was '--policies ")):
            refused = self.allocate(folder, "--resume", *options)
            self.assertEqual(refused.returncode, 2, refused.stderr)
            self.assertIn(said, refused.stderr)
        wrong = self.allocate(self.at("never"), "--policies", self.policies("wrong.csv", "f0001*,equal,", "g*,equal,"))
        self.assertEqual(wrong.returncode, 3)
        self.assertIn("wrong.csv:3, column 'feeder': there is no such feeder", wrong.stderr)
        self.assertFalse(os.path.exists(self.at("never")))

    def test_other_verbs_read_the_folder_as_one_result(self):
        parts, one = self.at("read"), self.at("read.h5")
        self.allocate(parts)
        run("allocate", self.case, "-o", one, "--quiet")
        for words in (("info", "{}"), ("replay", "{}", "--case", self.case, "-o", self.at("replay.h5"), "--quiet",
                                       "--random-corners", "1", "--json")):
            of_parts, of_one = (run(*(str(path) if w == "{}" else w for w in words)) for path in (parts, one))
            self.assertEqual(of_parts.returncode, 4, of_parts.stderr)
            self.assertEqual(of_parts.stdout, of_one.stdout)

    def test_a_job_runs_over_a_folder_of_parts(self):
        job = self.at("job.toml")
        with open(job, "w") as file:
            file.write('case = "region.h5"\noutput = "night"\n[allocate]\nfile = "parts/"\nshard-size = 0.2\n'
                       'resume = true\n[replay]\nrandom-corners = 1\n')
        for _ in range(2):
            done = run("run", job)
            self.assertEqual(done.returncode, 4, done.stderr)
            self.assertTrue(os.path.exists(self.at("night/replay.h5")))
        self.assertIn("0 parts made", done.stderr)
        self.expect_reference(self.at("night/parts"))

    @unittest.skipIf(h5py is None, "h5py is missing")
    def test_readers_find_a_customer_by_the_function_that_the_schema_gives_them(self):
        with open(os.path.join(ROOT, "io", "schema.md"), encoding="utf-8") as page:
            blocks = re.findall(r"```python\n(.*?)```", page.read(), re.S)
        names = {}
        exec(next(block for block in blocks if "customer_day" in block), names)
        one = self.at("whole.h5")
        run("allocate", self.case, "-o", one, "--quiet")
        with h5py.File(one) as whole:
            for column in (0, 700, whole["customer/id"].shape[0] - 1):
                feeder = names["text"](whole["feeder/id"][whole["customer/feeder"][column]])
                customer = names["text"](whole["customer/id"][column])
                for limit in ("export_limit", "import_limit"):
                    self.assertEqual(names["customer_day"](self.reference, feeder, customer, limit).tobytes(),
                                     whole[f"envelope/{limit}"][:, column].tobytes())

    def test_one_thread_and_two_give_the_same_bytes(self):
        folder = self.at("one_thread")
        self.allocate(folder, "--threads", 1)
        self.expect_reference(folder)

    def test_what_is_done_is_kept_and_what_is_lost_is_made_again(self):
        folder = self.copy("resumed")
        kept = os.path.join(folder, "part-00001.h5")
        before = os.stat(kept).st_mtime_ns
        os.remove(os.path.join(folder, "part-00000.h5"))
        os.remove(os.path.join(folder, "index.h5"))
        with open(os.path.join(folder, "part-00002.h5"), "r+b") as part:  # damaged
            part.seek(5000)
            part.write(b"damage")
        with open(os.path.join(folder, "part-00003.h5"), "r+b") as part:  # torn
            part.truncate(1000)
        open(os.path.join(folder, "part-00004.h5.partial-1-2"), "w").close()
        self.assertEqual(self.allocate(folder, "--resume").returncode, 4)
        self.expect_reference(folder)
        self.assertEqual(os.stat(kept).st_mtime_ns, before)

    def used_memory(self, *words):
        """GiB."""
        process = subprocess.Popen([PROGRAM, *map(str, words), "--quiet"], stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0  # waited for
        return usage.ru_maxrss / 2**20

    def expect_memory(self, at_most, *words, runs=1):
        """A dry run tells no less than the most that some runs use, and not too much."""
        told = float(re.search(r"memory: about (\S+) GiB", run(*words, "--dry-run").stdout)[1])
        used = 0
        for _ in range(runs):
            shutil.rmtree(words[words.index("-o") + 1], ignore_errors=True)
            used = max(used, self.used_memory(*words))
        self.assertGreaterEqual(told, used, words)
        self.assertLessEqual(told, at_most * used, words)

    def test_a_dry_run_knows_the_memory_of_a_large_feeder_in_ac(self):
        case = self.at("large.h5")  # 5254 buses, of which more are near their limits than in others of that size
        run("generate", case, "--feeders", 1, "--first-feeder", 249, "--seed", 2, "--quiet")
        self.expect_memory(1.5, "allocate", case, "-o", self.at("large") + "/", "--secure", "ac", "--threads", 1,
                           runs=3)  # they differ by 5 %

    def test_a_dry_run_knows_the_memory_of_all_stages_of_a_region(self):
        threads = ("--threads", 1)
        self.expect_memory(1.5, "allocate", self.case, "-o", self.at("used_doe") + "/", *threads)
        self.expect_memory(1.5, "allocate", self.case, "-o", self.at("used_fair") + "/", "--policy",
                           "proportional", *threads)
        self.expect_memory(1.5, "replay", self.at("used_doe"), "--case", self.case, "-o", self.at("used_replay") + "/",
                           "--random-corners", 0, "--random-points", 0, *threads)
        self.expect_memory(1.65, "forecast-congestion", self.case, "-o", self.at("used_risk") + "/", "--samples", 8,
                           *threads)

    def test_shards_that_are_left_are_taken_as_the_times_of_those_that_are_done_tell(self):
        folder = self.copy("paced")
        with open(os.path.join(folder, "plan.json"), encoding="utf-8") as plan:
            shards = json.load(plan)["shards"]
        dear, large = next((a, b) for a in range(len(shards)) for b in range(len(shards))
                           if shards[a]["cost"] > shards[b]["cost"] and shards[a]["raw_bytes"] < shards[b]["raw_bytes"])
        journal = os.path.join(folder, "journal-0000.jsonl")
        lines = [json.loads(line) for line in content(journal).decode().splitlines()]
        with open(journal, "w", encoding="utf-8") as file:  # as if time went with bytes alone
            for line in lines:
                line |= {"read_s": 0, "solve_s": 1e-5 * shards[line["shard"]]["raw_bytes"], "write_s": 0}
                file.write(json.dumps(line) + "\n")
        for shard in (dear, large):
            os.remove(os.path.join(folder, f"part-{shard:05}.h5"))
        self.assertEqual(self.allocate(folder, "--resume").returncode, 4)
        with open(os.path.join(folder, "log-0000.jsonl"), encoding="utf-8") as log:
            taken = [event["shard"] for event in map(json.loads, log) if event["event"] == "solved"][-2:]
        self.assertEqual(taken, [large, dear])
        self.expect_reference(folder)

    def test_a_part_that_missed_the_journal_is_kept(self):
        folder = self.copy("orphans")
        part = os.path.join(folder, "part-00000.h5")
        before = os.stat(part).st_mtime_ns
        for journal in glob.glob(os.path.join(folder, "journal-*")):
            lines = content(journal).decode().splitlines()
            with open(journal, "w") as file:
                file.write("\n".join(lines[1:]) + '\n{"shard": 0, "by')  # a line that a kill tore
        self.assertEqual(self.allocate(folder, "--resume").returncode, 4)
        self.assertEqual(os.stat(part).st_mtime_ns, before)
        self.expect_reference(folder)

    def test_another_question_cannot_be_resumed(self):
        folder = self.copy("other")
        refused = self.allocate(folder)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("holds a run already; add --resume", refused.stderr)
        refused = self.allocate(folder, "--resume", "--policy", "equal")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("policy: was 'max-min', is now 'equal'", refused.stderr)
        self.expect_reference(folder)

    def test_a_kill_at_any_instant_costs_nothing_but_time(self):
        chance = random.Random(7)
        for attempt in range(RUNS_KILLED):
            folder = self.at(f"killed{attempt}")
            for _ in range(3):
                process = subprocess.Popen([PROGRAM, "allocate", self.case, "-o", folder + "/", *QUICK, "--resume"],
                                           stderr=subprocess.DEVNULL)
                try:
                    process.wait(chance.uniform(0.02, 0.6))
                except subprocess.TimeoutExpired:
                    process.kill()
                process.wait()
            self.assertEqual(self.allocate(folder, "--resume").returncode, 4)
            self.expect_reference(folder)
            self.assertEqual(glob.glob(os.path.join(folder, "*.partial-*")), [])

    def test_a_term_signal_ends_with_75_and_a_run_that_goes_on(self):
        folder = self.at("stopped")
        process = subprocess.Popen([PROGRAM, "allocate", self.case, "-o", folder + "/", *QUICK, "--secure", "ac",
                                    "--json"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        journal = os.path.join(folder, "journal-0000.jsonl")
        for _ in range(600):
            if os.path.exists(journal):
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        told = json.loads(process.communicate()[0])
        self.assertLess(time.monotonic() - begun, 10)
        self.assertEqual(process.returncode, 75)
        unfinished = run("status", folder)
        self.assertEqual(unfinished.returncode, 75)
        self.assertIn("--resume goes on", unfinished.stdout)
        self.assertEqual(told["parts_done"], len(glob.glob(os.path.join(folder, "part-*.h5"))))
        self.assertGreater(told["parts_done"], 0)
        self.assertEqual(run("join", folder, "-o", self.at("early.h5")).returncode, 3)
        self.assertEqual(self.allocate(folder, "--resume", "--secure", "ac").returncode, 4)
        finished = run("status", folder, "--json")
        self.assertEqual(finished.returncode, 0)
        self.assertEqual(json.loads(finished.stdout)["feeders_done"], 200)

    def test_slices_share_a_folder(self):
        folder = self.at("sliced")
        for index in (2, 0, 1):
            self.assertFalse(os.path.exists(os.path.join(folder, "index.h5")))
            self.assertIn(self.allocate(folder, "--shard", f"{index}/3").returncode, (0, 4))
        self.expect_reference(folder)

    def test_nobody_else_works_in_the_folder_meanwhile(self):
        folder = self.copy("locked")
        with open(os.path.join(folder, "lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            refused = self.allocate(folder, "--resume")
        self.assertEqual(refused.returncode, 5)
        self.assertIn("another run is at work", refused.stderr)

    def test_options_that_cannot_be_meant(self):
        for options, said in ((("--shard", "3/3"), "is not I/N"), (("--shard", "x"), "is not I/N"),
                              (("--memory", "0.01"), "--memory: one part of")):
            refused = self.allocate(self.at("wrong"), *options)
            self.assertEqual(refused.returncode, 2, refused.stderr)
            self.assertIn(said, refused.stderr)
        refused = run("allocate", self.case, "-o", self.at("file.h5"), "--resume")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("need an output folder", refused.stderr)
        self.assertEqual(run("status", self.folder).returncode, 3)

    def test_a_folder_that_cannot_be_written_says_so_at_once(self):
        refused = self.allocate("/proc/nowhere")
        self.assertEqual(refused.returncode, 5, refused.stderr)

    def test_a_full_disk_ends_with_five_and_costs_no_part(self):
        disk = self.at("disk")
        os.mkdir(disk)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", disk], capture_output=True).returncode:
            self.skipTest("cannot mount a small disk")
        try:
            folder = os.path.join(disk, "run")
            refused = self.allocate(folder)
            self.assertEqual(refused.returncode, 5, refused.stderr)
            kept = [name for name in results(folder) if name.startswith("part-")]
            for name in kept:
                self.assertEqual(results(folder)[name], results(self.reference)[name])
            self.assertLess(len(kept), len([n for n in results(self.reference) if n.startswith("part-")]))
            subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
            self.assertEqual(self.allocate(folder, "--resume").returncode, 4)
            self.expect_reference(folder)
        finally:
            subprocess.run(["umount", disk], check=True)

    def test_a_killed_rank_ends_the_job_and_any_number_of_ranks_goes_on(self):
        if not MPI_PROGRAM or not shutil.which("mpirun"):
            self.skipTest("no MPI here")
        chance = random.Random(11)
        folder = self.at("rank_killed")
        for ranks in (2, 3):
            job = subprocess.Popen(["mpirun", "-q", "-np", str(ranks), "--oversubscribe", "--bind-to", "none",
                                    MPI_PROGRAM, "allocate", self.case, "-o", folder + "/", *QUICK, "--resume",
                                    "--threads", "1"], env=AS_ROOT, stderr=subprocess.DEVNULL)
            time.sleep(chance.uniform(0.3, 0.9))
            members = subprocess.run(["pgrep", "-P", str(job.pid)], capture_output=True, text=True).stdout.split()
            if members:
                os.kill(int(chance.choice(members)), signal.SIGKILL)
            job.wait()
        self.assertEqual(self.allocate(folder, "--resume").returncode, 4)
        self.expect_reference(folder)

    def test_a_rank_that_cannot_write_holds_up_nobody(self):
        if not MPI_PROGRAM or not shutil.which("mpirun"):
            self.skipTest("no MPI here")
        folder = self.at("rank_refused")
        os.makedirs(os.path.join(folder, "metrics-0001.prom"))
        refused = run("-q", "-np", 2, "--oversubscribe", "--bind-to", "none", MPI_PROGRAM, "allocate", self.case, "-o",
                      folder + "/", *QUICK, "--threads", 1, program="mpirun", env=AS_ROOT)
        self.assertEqual(refused.returncode, 5, refused.stderr)
        self.assertIn("which a file must not replace", refused.stderr)

    def test_a_case_without_a_feeder_left_ends_with_three(self):
        case = self.at("gap.h5")
        run("generate", case, "--feeders", 1, "--first-feeder", 39, "--hard-share", 0.1, "--steps", 8, "--quiet")
        for output in (self.at("nothing.h5"), self.at("nothing") + "/"):
            self.assertEqual(run("allocate", case, "-o", output, "--quiet").returncode, 3)

    def test_ranks_give_the_same_bytes(self):
        if not MPI_PROGRAM or not shutil.which("mpirun"):
            self.skipTest("no MPI here")
        for ranks in (2, 3):
            folder = self.at(f"ranks{ranks}")
            made = run("-np", ranks, "--oversubscribe", "--bind-to", "none", MPI_PROGRAM, "allocate", self.case, "-o",
                       folder + "/", *QUICK, "--threads", 1, program="mpirun",
                       env=AS_ROOT)
            self.assertEqual(made.returncode, 4, made.stderr)
            self.expect_reference(folder)
            self.assertGreater(len(glob.glob(os.path.join(folder, "journal-*"))), 1, "all ranks work")

    def test_a_rank_that_cannot_work_ends_all(self):
        if not MPI_PROGRAM or not shutil.which("mpirun"):
            self.skipTest("no MPI here")
        good, missing = ("-x", "HEADROOM_SIMD=baseline"), self.at("missing.h5")
        unknown, other = ("-x", "HEADROOM_SIMD=nothing"), ("-x", "HEADROOM_SIMD=avx2")
        for settings, case, said in ((unknown, self.case, "is not an instruction set"), (good, missing, "missing.h5"),
                                     (other, self.case, "processes of this run differ|is not an instruction set")):
            for first in (True, False):
                ranks = [(settings, case), (good, self.case)]
                words = []
                for setting, file in (ranks if first else reversed(ranks)):
                    words += [":", "-np", 1, *setting, MPI_PROGRAM, "allocate", file, "-o", self.at("unready/"), *QUICK,
                              "--resume", "--threads", 1]
                made = subprocess.run(["mpirun", "--oversubscribe", "--bind-to", "none", *map(str, words[1:])],
                                      capture_output=True, text=True, timeout=120,
                                      env={**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1",
                                           "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"})
                self.assertIn(made.returncode, (2, 3), made.stderr)
                self.assertRegex(made.stderr, said)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    if "--mpi" in sys.argv:
        at = sys.argv.index("--mpi")
        MPI_PROGRAM = os.path.abspath(sys.argv[at + 1])
        del sys.argv[at:at + 2]
    if "--soak" in sys.argv:
        sys.argv.remove("--soak")
        RUNS_KILLED = 17
    unittest.main()
