"""Reads a case and a result as users do, by h5py, both engines of xarray and ncdump: read_with_python.py WRITER.

WRITER is the program made from write_samples.cpp. Returns 77 where one of the readers is missing.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

try:
    import h5netcdf  # noqa: F401
    import h5py
    import netCDF4  # noqa: F401
    import numpy as np
    import xarray as xr
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

SCHEMA = pathlib.Path(__file__).parents[2] / "io" / "schema.md"
ENGINES = ("netcdf4", "h5netcdf")
FILES = ("case", "sparse", "clearing", "congestion", "flow", "result")


def groups_of(path):
    """Names of all groups that hold datasets."""
    names = []
    with h5py.File(path, "r") as file:
        file.visititems(lambda name, item: names.append("/" + name) if isinstance(item, h5py.Group) else None)
    return ["/"] + names


class ReadWithPython(unittest.TestCase):
    def path(self, name):
        return f"{DIRECTORY}/{name}.h5"

    def opened(self, name, group, engine):
        return xr.open_dataset(self.path(name), group=group, engine=engine)

    def test_every_axis_of_every_dataset_has_a_name(self):
        def check(name, item):
            if not isinstance(item, h5py.Dataset) or h5py.h5ds.is_scale(item.id):
                return
            for axis, dimension in enumerate(item.dims):
                self.assertEqual(len(dimension), 1, f"{name} axis {axis}")

        for name in FILES:
            with h5py.File(self.path(name), "r") as file:
                file.visititems(check)

    def test_every_value_is_guarded_by_a_checksum(self):
        def check(name, item):
            if isinstance(item, h5py.Dataset) and item.dtype != np.dtype(">f4"):  # axes without values are never stored
                self.assertTrue(item.fletcher32, name)

        for name in FILES:
            with h5py.File(self.path(name), "r") as file:
                file.visititems(check)

    def test_every_dataset_says_what_it_is(self):
        def check(name, item):
            if isinstance(item, h5py.Dataset) and item.dtype != np.dtype(">f4"):
                self.assertIn("long_name", item.attrs, name)
                if item.dtype == np.dtype("<f8"):
                    self.assertIn("units", item.attrs, name)
                    self.assertTrue(np.isnan(item.attrs["_FillValue"][0]), name)

        for name in FILES:
            with h5py.File(self.path(name), "r") as file:
                file.visititems(check)

    def test_the_schema_page_knows_every_dataset(self):
        with open(SCHEMA, encoding="utf-8") as page:
            text = page.read()

        def check(path, item):
            if isinstance(item, h5py.Dataset) and item.dtype != np.dtype(">f4"):
                self.assertRegex(text, rf"[`/]{path.split('/')[-1]}`", path)

        for name in FILES:
            with h5py.File(self.path(name), "r") as file:
                file.visititems(check)

    def test_both_engines_open_every_group_alike(self):
        for name in FILES:
            for group in groups_of(self.path(name)):
                one, other = (self.opened(name, group, engine).load() for engine in ENGINES)
                self.assertEqual(set(one.variables), set(other.variables), f"{name} {group}")
                for variable in one.variables:
                    self.assertEqual(one[variable].dims, other[variable].dims, f"{name} {group}/{variable}")
                    np.testing.assert_array_equal(one[variable].values, other[variable].values)

    def test_series_have_times_and_customers(self):
        for engine in ENGINES:
            day = self.opened("case", "/series/day", engine)
            self.assertEqual(day.p_forecast.dims, ("time", "customers"))
            self.assertEqual(day.slack_voltage.dims, ("time", "feeders", "phase"))
            self.assertEqual(day.p_forecast.attrs["units"], "W")
            self.assertEqual(day.q_forecast.attrs["units"], "V A")
            self.assertEqual(day.price.attrs["units"], "MW-1.h-1")
            self.assertEqual(day.price.attrs["currency"], "AUD")
            self.assertEqual(day.time.values[0], np.datetime64("2023-11-14T22:13:20"))
            self.assertEqual(day.time.values[1] - day.time.values[0], np.timedelta64(30, "m"))
            self.assertEqual(day.time_bounds.dims, ("time", "bound"))
            self.assertEqual(float(day.p_forecast[1, 2]), 200 - 666)

    def test_orders_have_prices_and_times_or_never(self):
        for engine in ENGINES:
            order = self.opened("case", "/order", engine)
            self.assertEqual(order.price.dims, ("orders",))
            self.assertEqual(order.price.attrs["currency"], "AUD")
            self.assertEqual(order.limit.attrs["flag_meanings"], "export import q_inject q_absorb up down")
            self.assertEqual(order.arrival.values[1], np.datetime64("2023-11-14T12:00:00.250000"))
            self.assertTrue(np.isnat(order.expiry.values[1]))

    def test_columns_have_units_and_words(self):
        for engine in ENGINES:
            bus = self.opened("case", "/bus", engine)
            self.assertEqual(bus.voltage_max.attrs["units"], "V")
            self.assertEqual(bus.voltage_max.dims, ("buses",))
            self.assertEqual(str(bus.id.values[1]), "main")
            code = self.opened("case", "/line_code", engine)
            self.assertEqual(code.r.dims, ("line_codes", "conductor", "other_conductor"))
            self.assertEqual(code.r.attrs["units"], "ohm m-1")
            self.assertIn("cable 95 mm²", [str(word) for word in code.id.values])
            feeder = self.opened("case", "/feeder", engine)
            self.assertEqual(str(feeder.id.values[1]), "feeder-1-é")
            branch = self.opened("case", "/branch", engine)
            self.assertEqual(branch.kind.attrs["flag_meanings"], "line transformer regulator circuit_switch")
            self.assertEqual(list(branch.kind.attrs["flag_values"]), [0, 1, 2, 3])

    def test_limits_are_found_by_customer_and_time(self):
        for engine in ENGINES:
            envelope = self.opened("result", "/envelope", engine)
            self.assertEqual(envelope.export_limit.dims, ("time", "customers"))
            self.assertEqual(envelope.export_limit.attrs["units"], "W")
            self.assertEqual(envelope.export_limit.attrs["csipaus_mode"], "opModExpLimW")
            self.assertEqual(envelope.import_limit.attrs["csipaus_mode"], "opModImpLimW")
            self.assertTrue(np.isnan(envelope.export_limit.values[0, 3]))
            self.assertEqual(float(envelope.export_limit[1, 0]), 1000 + 10 / 3)
            solve = self.opened("result", "/solve", engine)
            self.assertEqual(solve.status.dims, ("time", "feeders"))
            self.assertEqual(solve.status.attrs["flag_meanings"].split()[1], "insecure_base")
            row = self.opened("result", "/row", engine)
            self.assertEqual([str(word) for word in row.bus.values], ["end", "main", "mid", "source"])
            self.assertEqual(row.voltage_limit.attrs["units"], "V")
            price = self.opened("result", "/price", engine)
            self.assertEqual(price.price.dims, ("prices",))
            self.assertEqual(list(price.side.values), [0, 0, 117])
            self.assertEqual(float(price.tie_price[1]), 2 / 3)
            fairness = self.opened("result", "/fairness", engine)
            self.assertEqual(fairness.jain.dims, ("time", "feeders"))
            self.assertEqual(fairness.minimum.attrs["units"], "W")
            self.assertEqual(float(fairness.minimum[0, 0]), 1000)
            self.assertEqual(float(fairness.price[0, 1]), 0.125)
            root = self.opened("result", "/", engine)
            self.assertEqual(root.attrs["schema_version"], 2)
            self.assertEqual(root.attrs["policy"], "max-min")
            self.assertEqual(root.time.values[0], np.datetime64("2023-11-14T22:13:20"))

    def test_probabilities_are_found_by_row_and_time(self):
        for engine in ENGINES:
            limit = self.opened("congestion", "/limit", engine)
            self.assertEqual(limit.probability.dims, ("time", "rows"))
            self.assertEqual(limit.value_quantile.dims, ("time", "rows", "quantiles"))
            self.assertEqual(float(limit.probability[0, 2]), 34 / 200)
            self.assertLess(float(limit.probability_lower[0, 2]), 34 / 200)
            self.assertGreater(float(limit.probability_upper[0, 2]), 34 / 200)
            root = self.opened("congestion", "/", engine)
            self.assertEqual(list(root.quantile_level.values), [0.05, 0.95])
            self.assertEqual(root.attrs["schema"], "headroom-congestion")
            self.assertEqual(root.attrs["samples"], 200)
            solve = self.opened("congestion", "/solve", engine)
            self.assertEqual(solve.head_power_quantile.attrs["units"], "W")
            self.assertTrue(np.isnan(solve.probability.values[0, 1]))

    def test_voltages_and_currents_are_found_by_node_and_branch(self):
        for engine in ENGINES:
            voltage = self.opened("flow", "/voltage", engine)
            self.assertEqual(voltage.magnitude.dims, ("time", "nodes"))
            self.assertEqual(voltage.magnitude.attrs["units"], "V")
            self.assertEqual(voltage.angle.attrs["units"], "degree")
            self.assertEqual(self.opened("flow", "/current", engine).magnitude.dims, ("time", "branches", "conductors"))
            node = self.opened("flow", "/node", engine)
            self.assertEqual(node.conductor.attrs["flag_meanings"], "a b c neutral")
            share = voltage.magnitude.values / node.base_voltage.values
            # the last bus of either feeder lies behind an open switch
            self.assertEqual(np.isnan(share).any(axis=0).sum(), 6)
            self.assertTrue((np.nan_to_num(share, nan=1) > 0.9).all())
            self.assertEqual(self.opened("flow", "/", engine).attrs["schema"], "headroom-flow")

    def test_trades_limits_and_prices_are_found_by_name(self):
        for engine in ENGINES:
            trade = self.opened("clearing", "/trade", engine)
            self.assertEqual(trade.quantity.dims, ("trades",))
            self.assertEqual(trade.quantity.attrs["units"], "W")
            self.assertEqual(trade.buy_price.attrs["currency"], "AUD")
            self.assertEqual(trade.hash.dims, ("trades", "hash_bytes"))
            self.assertEqual(trade.time.values[0], np.datetime64("2023-11-14T12:00:00"))
            order = self.opened("clearing", "/order", engine)
            self.assertEqual(order.accepted.dims, ("orders",))
            self.assertEqual(order.status.attrs["flag_meanings"].split()[4], "refused")
            limit = self.opened("clearing", "/limit", engine)
            self.assertEqual(limit.export_limit_after.dims, ("time", "customers"))
            self.assertEqual(limit.q_inject_limit_before.attrs["units"], "V A")
            price = self.opened("clearing", "/price", engine)
            self.assertEqual(price.export.dims, ("time", "customers"))
            self.assertEqual(price.export.attrs["units"], "MW-1.h-1")
            self.assertEqual(self.opened("clearing", "/market", engine).welfare.attrs["currency"], "AUD")
            self.assertEqual(self.opened("clearing", "/settlement", engine).cash.dims, ("time", "customers"))
            self.assertEqual(self.opened("clearing", "/part", engine).bound.dims, ("parts",))
            root = self.opened("clearing", "/", engine)
            self.assertEqual(list(root.part_step.values), [0, 1, 3, 2] * 2)
            self.assertEqual(root.attrs["mechanism"], "auction")
            self.assertEqual(len(root.attrs["chain_head"]), 64)

    def test_h5py_reads_columns_as_plain_arrays(self):
        with h5py.File(self.path("case"), "r") as file:
            self.assertEqual(file.attrs["schema"], b"headroom-case")
            self.assertEqual(int(file.attrs["schema_version"][0]), 1)
            self.assertEqual(b"".join(file["/bus/id"][2]), b"mid")
            self.assertEqual(file["/series"].attrs["names"], b"day peak")
            self.assertEqual(file["/customer/phases"][1], 6)
            self.assertEqual(file["/shunt/b"].dims[0][0].name, "/shunts")

    @unittest.skipUnless(shutil.which("ncdump"), "ncdump is not installed")
    def test_ncdump_prints_every_header(self):
        for name in FILES:
            text = subprocess.run(["ncdump", "-h", self.path(name)], check=True, capture_output=True, text=True).stdout
            self.assertNotIn("phony_dim", text)
        self.assertIn("double export_limit(time, customers)", text)
        self.assertIn('export_limit:units = "W"', text)

    @unittest.skipUnless(shutil.which("ncdump"), "ncdump is not installed")
    def test_ncdump_prints_values(self):
        command = ["ncdump", "-v", "/feeder/fault,/row/bus", self.path("result")]
        text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        self.assertIn("/branch/length row 7", text)
        self.assertIn('"source"', text)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as DIRECTORY:
        subprocess.run([sys.argv[1], DIRECTORY], check=True)
        unittest.main(argv=sys.argv[:1])
