"""`headroom clear` and `verify` as a job script meets them, on the exchange of export limits of cases/laminar, read
back by h5py: clearing_test.py HEADROOM. Exits with 77 where h5py is missing.

Eight orders in a step in which 2 kW are withdrawn at b2: the continuous market makes five trades worth 0.255 EUR, the
auction finds 0.270 EUR.
"""
import hashlib
import json
import re
import resource
import shutil
import struct
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

ROOT = Path(__file__).parents[2]
ORDERS = ROOT / "cases" / "laminar" / "order.csv"
# Seller, buyer (rows of /order), kW, EUR/MWh; and the export limits that are left, kW.
TRADES = [(1, 0, 1, 25), (1, 3, 2, 20), (5, 4, 2, 50), (7, 3, 1, 80), (7, 6, 1, 40)]
AFTER = [6, 6, 4, 8, 7, 1, 7, 3]


def headroom(*words):
    return subprocess.run([HEADROOM, *map(str, words)], capture_output=True, text=True)


def documented_chain_head():
    """The function that io/schema.md gives to its readers."""
    page = (ROOT / "io" / "schema.md").read_text(encoding="utf-8")
    names = {}
    exec(next(block for block in re.findall(r"```python\n(.*?)```", page, re.S) if "chain_head" in block), names)
    return names["chain_head"]


def documented_chain(file):
    """All hashes of the chain, after io/schema.md."""
    seed = hashlib.sha256(b"headroom-clearing 1" + file.attrs["case_digest"])
    for word in file["/order/id"][...]:
        seed.update(b"".join(word).ljust(64, b"\0"))
    for name in ("customer side limit first_step last_step quantity price arrival expiry min_fill all_or_none "
                 "time_in_force block exclusive_group parent conditional").split():
        seed.update(file["/order/" + name][...].tobytes())
    hashes, names = [seed.digest()], "feeder time step limit buy sell quantity buy_price sell_price"
    for trade in zip(*(file["/trade/" + name][...] for name in names.split())):
        hashes.append(hashlib.sha256(hashes[-1] + struct.pack("<iqiiiiddd", *trade)).digest())
    return hashes


class Clearing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.case = cls.at("laminar.h5")
        assert headroom("import", ROOT / "cases" / "laminar", "-o", cls.case).returncode == 0
        cls.envelopes = cls.at("envelopes.h5")
        assert headroom("allocate", cls.case, "-o", cls.envelopes, "--flow", "dc").returncode == 0
        cls.continuous, cls.auction = cls.at("continuous.h5"), cls.at("auction.h5")
        cls.said = headroom("clear", cls.case, "-o", cls.continuous, "--envelopes", cls.envelopes)
        cls.auction_said = headroom("clear", cls.case, "-o", cls.auction, "--envelopes", cls.envelopes,
                                    "--mechanism", "auction")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def at(cls, name):
        return Path(cls.folder.name) / name

    def clear(self, *options, case=None):
        return headroom("clear", case or self.case, "-o", self.at("any.h5"), *options)

    def expect(self, done, code, *parts):
        self.assertEqual(done.returncode, code, done.stderr)
        for part in parts:
            self.assertIn(part, done.stderr)

    def changed(self, name, change, source=None):
        path = self.at(name)
        shutil.copy(source or self.continuous, path)
        with h5py.File(path, "r+", libver=("v110", "v110")) as file:
            change(file)
        return path

    # What is traded

    def test_the_continuous_market_makes_the_five_trades(self):
        self.expect(self.said, 0, "8 orders: 4 open, 4 filled", "5 trades: 7.000 kWh, turnover 0.2850 EUR",
                    "welfare 0.255000 EUR", "orders per second", "continuous.h5: written")
        self.assertEqual(self.said.stdout, "")
        with h5py.File(self.continuous) as file:
            trade = file["/trade"]
            found = [trade["sell"][...], trade["buy"][...], trade["quantity"][...] / 1e3, trade["buy_price"][...]]
            np.testing.assert_allclose(np.transpose(found), TRADES, atol=1e-9)
            np.testing.assert_array_equal(trade["buy_price"][...], trade["sell_price"][...])
            np.testing.assert_allclose(file["/limit/export_limit_after"][0, :8] / 1e3, AFTER, atol=1e-9)
            self.assertAlmostEqual(float(np.nansum(file["/market/welfare"][...])), 0.255, 12)
            np.testing.assert_allclose(file["/settlement/cash"][...].sum(), 0, atol=1e-12)

    def test_the_auction_finds_more_and_proves_it(self):
        self.expect(self.auction_said, 0, "welfare 0.270000 EUR", "auctions: 1 of 1 certified", "what holds the market",
                    "branch 'l2'")
        with h5py.File(self.auction) as file:
            self.assertAlmostEqual(float(file["/part/welfare"][0]), 0.27, 12)
            self.assertAlmostEqual(float(file["/part/bound"][0]), 0.27, 9)
            self.assertEqual(file["/part/certified"][0], 1)
            self.assertEqual(list(file["/part_step"][...]), [0])
            self.assertTrue(((file["/trade/buy"][...] == -1) != (file["/trade/sell"][...] == -1)).all())
            # The price of a limit is what the full branches on its path are worth, 80 EUR/MWh under l3.
            self.assertAlmostEqual(float(file["/price/export"][0, 4]), 80, 6)

    def test_limits_may_be_allocated_first(self):
        self.expect(self.clear("--flow", "dc", "--quiet"), 0)
        with h5py.File(self.at("any.h5")) as one, h5py.File(self.continuous) as other:
            np.testing.assert_array_equal(one["/trade/hash"][...], other["/trade/hash"][...])
            self.assertEqual((one.attrs["envelope_digest"], one.attrs["policy"]), (b"", b"max-min"))
            self.assertEqual(len(other.attrs["envelope_digest"]), 16)

    def test_orders_of_a_file_take_the_place_of_those_of_the_case(self):
        two = self.at("two.csv")
        two.write_text("id,customer,side,limit,first_step,quantity_kw,price_per_mwh\n"
                       "a,c3,sell,export,2024-01-01T01:00:00Z,1,10\nb,c4,buy,export,1,1,30\n")
        done = self.clear("--flow", "dc", "--orders", two, "--json", "--quiet")
        self.expect(done, 0)
        found = json.loads(done.stdout)
        self.assertEqual((found["orders"], found["trades"]), (2, 1))
        self.assertAlmostEqual(found["welfare"], 0.02, 12)

    def test_a_set_point_exchange_moves_injections(self):
        orders = self.at("up.csv")
        orders.write_text("id,customer,side,limit,first_step,quantity_kw,price_per_mwh\n"
                          "a,c3,sell,up,0,1,10\nb,c4,buy,up,0,1,30\n")
        self.expect(self.clear("--flow", "dc", "--market", "set-point-exchange", "--orders", orders), 0, "1 trade:")
        with h5py.File(self.at("any.h5")) as file:
            np.testing.assert_allclose(file["/limit/injection_after"][0, 2:4], [1000, -1000])
            self.assertNotIn("/limit/export_limit_before", file)
            self.assertNotIn("/market/envelope_status", file)
        self.expect(headroom("verify", self.at("any.h5"), "--case", self.case, "--orders", orders), 0)

    def test_bids_on_set_points_over_bare_line_limits(self):
        """2 kW asked at noon: o1 has 0.5, o2 is cheaper than the block's leg, the branch to both has room for 1 kW.

        First come first served, o1 and o2 leave the block too little: 0.5 x 30 + 1 x 35 = 50. In the auction the block
        takes the branch for 1 x 20 at noon and 1 x 30 in the evening, o1 its 15: 65. Without limits o2 has 1.5 kW
        (15 + 52.5), or the block and 1 kW of o2 (50 + 35).
        """
        case = self.at("flexibility.h5")
        self.expect(headroom("import", ROOT / "cases" / "flexibility", "-o", case), 0)
        for mechanism, network, welfare in (("continuous", "on", 0.05), ("auction", "on", 0.065),
                                            ("continuous", "off", 0.0675), ("auction", "off", 0.085)):
            self.expect(self.clear("--flow", "dc", "--market", "set-point-exchange", "--mechanism", mechanism,
                                   "--network", network, case=case), 0, f"welfare {welfare:.6f} EUR")
            self.expect(headroom("verify", self.at("any.h5"), "--case", case), 0)

    # What the file says again

    def test_info_tells_a_clearing_again_from_its_file(self):
        for path, mechanism, welfare in ((self.continuous, "continuous", "0.255"), (self.auction, "auction", "0.270")):
            done = headroom("info", path)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(f"limit-exchange by {mechanism}", done.stdout)
            self.assertIn(f"welfare {welfare}", done.stdout)
        again = self.clear("--envelopes", self.envelopes, "--json", "--quiet")
        self.assertEqual(headroom("info", self.continuous, "--json").stdout, again.stdout)

    def test_the_number_of_threads_does_not_change_a_byte(self):
        for mechanism in ("continuous", "auction"):
            options = ("--envelopes", self.envelopes, "--mechanism", mechanism, "--quiet")
            found = []
            for threads in (1, 2):
                self.expect(self.clear(*options, "--threads", threads), 0)
                found.append(self.at("any.h5").read_bytes())
            self.assertEqual(*found)

    def test_the_documented_python_makes_the_head_that_was_printed(self):
        chain_head = documented_chain_head()
        for path, said in ((self.continuous, self.said), (self.auction, self.auction_said)):
            self.assertIn(f"head of the chain over the trades: {chain_head(path)}", said.stderr)
            with h5py.File(path) as file:
                self.assertEqual(file.attrs["chain_head"].decode(), chain_head(path))
                self.assertEqual(bytes(file["/trade/hash"][-1]).hex(), chain_head(path))

    # Who checks it

    def test_verify_has_nothing_against_either(self):
        head = documented_chain_head()(self.continuous)
        self.expect(headroom("verify", self.continuous, "--case", self.case, "--head", head.upper()), 0,
                    "8 orders and 5 trades of 4 items judged", "compared with those of the case", "hold")
        self.expect(headroom("verify", self.auction, "--case", self.case), 0)

    def test_verify_names_the_first_trade_that_was_changed(self):
        def cheaper(file):
            file["/trade/buy_price"][2] = file["/trade/sell_price"][2] = 49

        done = headroom("verify", self.changed("cheaper.h5", cheaper), "--case", self.case, "--json")
        self.assertEqual(done.returncode, 4)
        self.assertIn("/trade/hash row 2", json.loads(done.stdout)["findings"][0])
        self.assertIn("cash of customer", done.stderr)

    def test_verify_notices_a_log_that_was_made_anew(self):
        """Trades, money and hashes may all fit each other: the head that was noted does not."""
        head = documented_chain_head()(self.auction)
        self.expect(headroom("verify", self.continuous, "--case", self.case, "--head", head), 4, "--head: is")

    def test_verify_notices_other_orders_and_limits(self):
        def other_order(file):
            file["/order/price"][0] = 24

        def other_limit(file):
            file["/limit/export_limit_after"][0, 0] = 7000

        for change, part in ((other_order, "/trade/hash row 0"), (other_limit, "customer 'c1'")):
            path = self.changed(change.__name__ + ".h5", change)
            self.expect(headroom("verify", path, "--case", self.case), 4, part)

    # Orders that are not those of the case

    def with_new_chain(self, name, change, source=None):
        """A changed copy whose hashes and head fit what it says."""
        path = self.changed(name, change, source)
        with h5py.File(path, "r+", libver=("v110", "v110")) as file:
            hashes = documented_chain(file)
            file["/trade/hash"][...] = np.array([list(row) for row in hashes[1:]], np.uint8).reshape(-1, 32)
            file.attrs["chain_head"] = np.bytes_(hashes[-1].hex())
        self.assertEqual(documented_chain_head()(path), hashes[-1].hex())
        return path

    def test_every_field_of_an_order_is_compared_with_the_case(self):
        """One field of order o5 after the other is another, and the chain is made anew."""
        def other(name, value):
            def change(file):
                file["/order/" + name][4] = value
            return change

        def other_name(file):
            file["/order/id"][4] = [b"x", b"5"] + [b""] * (file["/order/id"].shape[1] - 2)

        changes = {"id": (other_name, "order 'x5' of feeder 'laminar': id is 'x5', in the case it is 'o5'")}
        for name, value, is_now, was in (
                ("customer", 5, "'c6'", "'c7'"), ("side", 1, "sell", "buy"), ("limit", 1, "import", "export"),
                ("first_step", 1, "1", "0"), ("last_step", 3, "3", "0"), ("quantity", 3001, "3.001 kW", "3 kW"),
                ("price", 50.01, "50.01", "50"), ("arrival", 1000000, "1970-01-01T00:00:01Z", "1970-01-01T00:00:00Z"),
                ("expiry", 7200000000, "1970-01-01T02:00:00Z", "never"), ("min_fill", 1, "0.001 kW", "0 kW"),
                ("all_or_none", 1, "whole", "partly"), ("time_in_force", 1, "immediate_or_cancel", "good_till_expiry"),
                ("block", 3, "3", "none"), ("exclusive_group", 4, "4", "none"), ("parent", 0, "'o1'", "none"),
                ("conditional", 1, "conditional", "firm")):
            changes[name] = other(name, value), (f"order 'o5' of feeder 'laminar': {name} is {is_now}, in the case it "
                                                 f"is {was}")
        with h5py.File(self.continuous) as file:
            outcomes = {"status", "accepted", "refusal", "refused_step", "fit"}
            self.assertEqual(set(changes), set(file["/order"]) - outcomes)
        for name, (change, part) in changes.items():
            for source in (self.continuous, self.auction):
                with self.subTest(name=name, source=source.name):
                    path = self.with_new_chain(f"forged_{name}.h5", change, source)
                    if name == "first_step":
                        with h5py.File(path, "r+", libver=("v110", "v110")) as file:
                            file["/order/last_step"][4] = 1  # a file that ends before it starts is damaged
                        path = self.with_new_chain(f"forged_{name}_2.h5", lambda file: None, path)
                    self.expect(headroom("verify", path, "--case", self.case), 4, part,
                                "if they came from a table and not from the case, name it by --orders")

    def test_orders_of_a_table_are_compared_with_it(self):
        table, cleared = self.at("own.csv"), self.at("own.h5")
        table.write_text(ORDERS.read_text().replace("o5,c7,buy,export,0,3,50", "o5,c7,buy,export,0,3,60"))
        self.expect(headroom("clear", self.case, "-o", cleared, "--flow", "dc", "--orders", table), 0)
        self.expect(headroom("verify", cleared, "--case", self.case, "--orders", table), 0,
                    "orders were compared with those of own.csv")
        self.expect(headroom("verify", cleared, "--case", self.case), 4,
                    "order 'o5' of feeder 'laminar': price is 60, in the case it is 50", "name it by --orders")

        def dearer(file):
            file["/order/price"][4] = 61

        forged = self.with_new_chain("dearer.h5", dearer, cleared)
        self.expect(headroom("verify", forged, "--case", self.case, "--orders", table), 4,
                    "order 'o5' of feeder 'laminar': price is 61, in own.csv:6 it is 60")
        table.write_text(table.read_text().replace("o8,c3,sell,export,0,2,15\n", ""))
        self.expect(headroom("verify", cleared, "--case", self.case, "--orders", table), 4, "order 'o8' of feeder "
                    "'laminar': is none of own.csv")
        table.write_text(table.read_text().replace("o5,c7", "o5,c77"))
        self.expect(headroom("verify", cleared, "--case", self.case, "--orders", table), 3,
                    "own.csv:6, column 'customer': 'c77'")
        self.expect(headroom("verify", cleared, "--case", self.case, "--orders", self.at("none.csv")), 3, "none.csv")

    def test_what_nobody_can_compare_is_told_so(self):
        """A case without orders, and no table: the orders of the file stand for themselves."""
        bare, case, cleared = self.at("empty"), self.at("empty.h5"), self.at("empty_cleared.h5")
        shutil.copytree(ROOT / "cases" / "laminar", bare, dirs_exist_ok=True)
        (bare / "order.csv").unlink()
        self.expect(headroom("import", bare, "-o", case), 0)
        self.expect(headroom("clear", case, "-o", cleared, "--flow", "dc", "--orders", ORDERS), 0)
        done = headroom("verify", cleared, "--case", case, "--json")
        self.expect(done, 0, "orders are those of the file: the case has none, and --orders names no table")
        self.assertIsNone(json.loads(done.stdout)["orders_of"])
        done = headroom("verify", cleared, "--case", case, "--orders", ORDERS, "--json")
        self.expect(done, 0, "orders were compared with those of order.csv")
        self.assertEqual(json.loads(done.stdout)["orders_of"], "order.csv")

    def test_orders_that_are_all_others_are_counted(self):
        many, cleared = self.at("many.csv"), self.at("many.h5")
        many.write_text("id,customer,side,limit,first_step,quantity_kw,price_per_mwh\n" + "".join(
            f"m{k},c1,sell,export,0,0.1,{k}\n" for k in range(30)))
        self.expect(headroom("clear", self.case, "-o", cleared, "--flow", "dc", "--orders", many), 0)
        done = headroom("verify", cleared, "--case", self.case, "--json")
        self.expect(done, 4, "order 'm0' of feeder 'laminar': is none of the case")
        self.assertIn("orders: 18 more differ from the case", json.loads(done.stdout)["findings"])

    def test_verify_refuses_what_is_no_clearing_of_the_case(self):
        self.expect(headroom("verify", self.envelopes, "--case", self.case), 3, "is no clearing")
        self.expect(headroom("verify", self.continuous, "--case", ROOT / "cases" / "ieee13" / "ieee13.h5"), 3,
                    "from another case")
        self.expect(headroom("verify", self.continuous, "--case", self.case, "--head", "12"), 2, "64 hexadecimal")

        def auction_without_prices(file):
            del file["/price"]

        def no_market(file):
            file.attrs["market"] = np.bytes_("stock-exchange")

        def no_option(file):
            file.attrs["options"] = np.bytes_("--short-selling")

        for change, part in ((auction_without_prices, "/price: must have"), (no_market, "attribute market"),
                             (no_option, "attribute options: '--short-selling'")):
            path = self.changed(change.__name__ + ".h5", change, self.auction)
            self.expect(headroom("verify", path, "--case", self.case), 3, part)

    # What is refused

    def test_options_that_do_not_fit_are_wrong_usage(self):
        for options, part in ((("--balance",), "--balance: is of auctions"),
                              (("--gap", "0.1"), "--gap: is of auctions"),
                              (("--node-max", "5"), "--node-max: is of auctions"),
                              (("--pay-as-bid",), "--pay-as-bid: is of auctions"),
                              (("--mechanism", "auction", "--rescan", "off"), "--rescan: is of the continuous market"),
                              (("--mechanism", "auction", "--two-price"), "--two-price: is of the continuous market"),
                              (("--envelopes", self.envelopes, "--flow", "dc"), "--flow: the envelopes"),
                              (("--market", "set-point-exchange", "--envelopes", self.envelopes), "--envelopes: a set"),
                              (("--market", "set-point-exchange", "--mechanism", "auction", "--balance"),
                               "--balance: a set"),
                              (("--compare", "--secure", "ac"), "--compare: ways to share the network"),
                              (("--network", "off", "--secure", "ac"), "--network: off leaves out the limits"),
                              (("--market", "fish"), "--market: 'fish' is none of")):
            self.expect(self.clear(*options), 2, part)
        self.expect(headroom("clear", self.case, "-o", self.case), 2, "is the input itself")
        self.expect(headroom("clear", self.case, "-o", self.envelopes, "--envelopes", self.envelopes), 2,
                    "is the input itself")

    def test_a_case_without_orders_says_how_to_bring_them(self):
        bare = self.at("bare")
        shutil.copytree(ROOT / "cases" / "laminar", bare, dirs_exist_ok=True)
        (bare / "order.csv").unlink()
        case = self.at("bare.h5")
        self.assertEqual(headroom("import", bare, "-o", case).returncode, 0)
        self.expect(self.clear("--flow", "dc", case=case), 3, "there are no orders to clear", "--orders")
        self.expect(self.clear("--flow", "dc", "--orders", ORDERS, case=case), 0, "welfare 0.255")

    def test_orders_beyond_the_series_are_an_invalid_feeder(self):
        beyond = self.at("beyond.csv")
        beyond.write_text(ORDERS.read_text().replace("o1,c4,buy,export,0", "o1,c4,buy,export,4"))
        self.expect(self.clear("--flow", "dc", "--orders", beyond), 3, "error: beyond.csv: 1 fault:",
                    "beyond.csv:2, column 'first_step' (order 'o1' of feeder 'laminar'): "
                    "must be a step of series 'hour', 0 to 3, is 4")

    def test_faults_of_a_table_of_orders_name_its_lines_by_parts_too(self):
        header = "id,customer,side,limit,first_step,quantity_kw,price_per_mwh,parent\n"
        faults = {"a,c1,buy,export,0,-1,20,\n": "t.csv:2, column 'quantity_kw' (order 'a'",
                  "a,w,buy,export,0,1,20,\n": "t.csv:2, column 'customer' (order 'a'",
                  "a,c1,buy,export,0,1,20,b\nb,c1,buy,export,0,1,20,a\n": "t.csv:2, column 'parent' (order 'a'",
                  "a,c1,buy,export,0,1,20,\na,c1,buy,export,0,1,20,\n": "t.csv:3, column 'id': 'a' must be unique"}
        for index, (rows, part) in enumerate(faults.items()):
            table = self.at("t.csv")
            table.write_text(header + rows)
            self.expect(self.clear("--flow", "dc", "--orders", table), 3, part)
            run = self.at(f"faults{index}")
            done = headroom("clear", self.case, "-o", f"{run}/", "--flow", "dc", "--orders", table)
            self.assertEqual(done.returncode, 3, done.stderr)
            report = run / "report.csv"
            self.assertIn(part, done.stderr + (report.read_text() if report.exists() else ""))

    def test_envelopes_that_no_market_can_begin_with_are_refused(self):
        other = self.at("other.h5")
        european = ROOT / "cases" / "european_lv" / "european_lv.h5"
        headroom("allocate", european, "-o", other, "--quiet")
        self.expect(self.clear("--envelopes", other), 3, "from another case")

    def test_limits_of_robust_envelopes_stay_robust(self):
        """2 kW are withdrawn at b2: a share of 0.25 of that, and 0.1 kW, is 0.6 kW that no trade may use.

        With the margins of a wider error verify finds that branches are passed.
        """
        robust, cleared = self.at("robust.h5"), self.at("robust_cleared.h5")
        self.expect(headroom("allocate", self.case, "-o", robust, "--flow", "dc", "--forecast-error", "0.25:0.1"), 0)
        for mechanism in ("continuous", "auction"):
            self.expect(headroom("clear", self.case, "-o", cleared, "--envelopes", robust, "--mechanism", mechanism), 0)
            self.expect(headroom("verify", cleared, "--case", self.case), 0)
            checked = subprocess.run([sys.executable, ROOT / "scripts" / "check_clearing", cleared, "--case",
                                      self.case], capture_output=True, text=True)
            self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

        def wider(file):
            file.attrs["envelope_options"] = np.bytes_(b"--forecast-error 0.5:0.1")

        path = self.changed("wider.h5", wider, cleared)
        self.expect(headroom("verify", path, "--case", self.case), 4, "before the market: limits pass row")
        self.expect(self.clear("--envelopes", robust, "--compare"), 0, "central")
        uncertain = self.at("impedance.h5")
        self.expect(headroom("allocate", self.case, "-o", uncertain, "--impedance-error", "0.1"), 0)
        self.expect(self.clear("--envelopes", uncertain), 0)
        self.expect(self.clear("--envelopes", uncertain, "--compare"), 3,
                    "impedance.h5: a central dispatch needs coefficients")

    def test_envelopes_secure_in_ac_are_cleared_so(self):
        other = self.at("ac.h5")
        self.assertEqual(headroom("allocate", self.case, "-o", other, "--quiet", "--secure", "ac").returncode, 0)
        self.expect(self.clear("--envelopes", other), 0, "secure in AC: ")
        self.expect(self.clear("--envelopes", other, "--secure", "linear"), 3, "do not fit linear rows")
        self.expect(self.clear("--envelopes", other, "--compare"), 3, "ac.h5: ways to share the network")
        self.expect(self.clear("--envelopes", other, "--network", "off"), 3, "ac.h5: --network off leaves out")

    def test_an_insecure_base_case_ends_with_four(self):
        heavy = self.at("heavy")
        shutil.copytree(ROOT / "cases" / "laminar", heavy, dirs_exist_ok=True)
        forecast = heavy / "series" / "hour" / "p_forecast_kw.csv"
        forecast.write_text(forecast.read_text().replace(",0,-6\n", ",0,-60\n"))
        case = self.at("heavy.h5")
        self.assertEqual(headroom("import", heavy, "-o", case).returncode, 0)
        self.expect(self.clear("--flow", "dc", case=case), 4, "3 cleared, 1 closed", "1 insecure_base")
        self.expect(headroom("info", self.at("any.h5")), 4)
        self.expect(headroom("verify", self.at("any.h5"), "--case", case), 0)

    def test_a_refused_order_names_its_rule(self):
        greedy = self.at("greedy.csv")
        greedy.write_text(ORDERS.read_text() + "o9,c2,sell,export,0,7,1\no10,c2,buy,export,0,5,1\n")
        done = self.clear("--flow", "dc", "--orders", greedy)
        self.expect(done, 0, "2 refused", "refused, beyond_envelope: 1, the first is order 'o9' of feeder 'laminar' at "
                    "2024-01-01T00:00:00Z", "refused, beyond_cap: 1, the first is order 'o10'")
        with h5py.File(self.at("any.h5")) as file:
            self.assertEqual(list(file["/order/refusal"][8:]), [3, 4])
            self.assertEqual(list(file["/order/refused_step"][8:]), [0, 0])

    def test_a_block_whose_order_expires_before_its_last_one_arrives_does_not_trade(self):
        late = self.at("late.csv")
        late.write_text("id,customer,side,limit,first_step,quantity_kw,price_per_mwh,arrival,expiry,block\n"
                        "s,c6,sell,export,0,3,10,0,,\na,c4,buy,export,0,0.5,50,1,2,b\nb,c4,buy,export,0,0.5,50,3,,b\n")
        self.expect(self.clear("--flow", "dc", "--orders", late), 0, "0 trades")
        self.expect(headroom("verify", self.at("any.h5"), "--case", self.case, "--orders", late), 0)

    def test_an_order_over_steps_pays_its_own_price_only_where_it_loses(self):
        whole = self.at("whole.csv")
        whole.write_text("id,customer,side,limit,first_step,last_step,quantity_kw,price_per_mwh,all_or_none\n"
                         "whole,c4,buy,up,0,1,2,50,yes\npart,c5,buy,up,1,1,1,60,\nseller,c6,sell,up,0,1,2.5,10,\n")
        done = self.clear("--flow", "dc", "--orders", whole, "--mechanism", "auction", "--market",
                          "set-point-exchange", "--network", "off")
        self.expect(done, 0, "0 orders paradoxically rejected, 1 accepted")
        with h5py.File(self.at("any.h5")) as file:
            trade = file["trade"]
            paid = {int(trade["step"][k]): float(trade["buy_price"][k]) for k in range(5) if trade["buy"][k] == 0}
        self.assertEqual(paid, {0: 10, 1: 50})
        self.expect(headroom("verify", self.at("any.h5"), "--case", self.case, "--orders", whole), 0)

    def test_a_folder_that_is_not_there_ends_with_five(self):
        self.expect(headroom("clear", self.case, "-o", self.at("no") / "folder.h5", "--flow", "dc"), 5, "no folder")

    def test_a_write_that_fails_half_way_ends_with_five_and_leaves_the_older_file(self):
        path = self.at("older.h5")
        shutil.copy(self.continuous, path)
        before = path.read_bytes()

        def files_end_early():
            resource.setrlimit(resource.RLIMIT_FSIZE, (16384, 16384))

        command = [HEADROOM, "clear", self.case, "-o", path, "--flow", "dc", "--mechanism", "auction"]
        # Python leaves SIGXFSZ ignored, and so it stays: the write itself has to report its failure.
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, restore_signals=False,
                              preexec_fn=files_end_early)
        self.expect(done, 5, "older.h5", "File too large")
        self.assertEqual(path.read_bytes(), before)
        self.assertEqual([other for other in path.parent.iterdir() if ".partial-" in other.name], [])

    def test_a_dry_run_says_what_would_be_done_and_writes_nothing(self):
        done = headroom("clear", self.case, "-o", self.at("dry.h5"), "--dry-run")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("8 orders", done.stdout)
        self.assertFalse(self.at("dry.h5").exists())

    def test_without_the_network_the_summary_says_so(self):
        self.expect(self.clear("--flow", "dc", "--network", "off"), 0, "the network was left out")


if __name__ == "__main__":
    HEADROOM = sys.argv[1]
    unittest.main(argv=sys.argv[:1])
