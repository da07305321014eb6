"""Makes damaged and hostile variants of a sound case file: forge_hostile_cases.py CASE DIRECTORY.

Every function below, `name(file)`, changes a copy CASE -> DIRECTORY/name.h5 that is open for writing;
hostile_case_test.cpp says which words the reader must answer with. Returns 77 where h5py is missing.
"""

import shutil
import sys

try:
    import h5py
    import numpy as np
except ImportError:
    print("h5py is not installed")
    sys.exit(77)


def replaced(file, path, **creation):
    """Takes the place of a dataset; keeps nothing of it."""
    del file[path]
    return file.create_dataset(path, **creation)


def soft_link(file):
    del file["/bus/phases"]
    file["/bus/phases"] = h5py.SoftLink("/branch/phases")


def dangling_soft_link(file):
    del file["/bus/phases"]
    file["/bus/phases"] = h5py.SoftLink("/nowhere")


def external_link(file):
    del file["/bus"]
    file["/bus"] = h5py.ExternalLink("soft_link.h5", "/bus")


def external_storage(file):
    replaced(file, "/bus/base_voltage", shape=(12,), dtype="<f8", external=[("/etc/passwd", 0, 96)])


def virtual_layout(file):
    del file["/bus/base_voltage"]
    layout = h5py.VirtualLayout(shape=(12,), dtype="<f8")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", shape=(12,))
    file.create_virtual_dataset("/bus/base_voltage", layout)


def foreign_filter(file):
    replaced(file, "/bus/base_voltage", data=np.ones(12), compression="lzf")


def lossy_filter(file):
    replaced(file, "/bus/phases", data=np.ones(12, "u1"), scaleoffset=0)


def variable_length_ids(file):
    replaced(file, "/bus/id", data=["b%d" % k for k in range(12)], dtype=h5py.string_dtype())


def fixed_length_ids(file):
    replaced(file, "/bus/id", data=np.array(["b%d" % k for k in range(12)], "S8"))


def single_precision(file):
    replaced(file, "/bus/base_voltage", data=np.ones(12, "<f4"))


def big_endian(file):
    replaced(file, "/bus/base_voltage", data=np.ones(12, ">f8"))


def signed_bits(file):
    replaced(file, "/bus/phases", data=np.ones(12, "i1"))


def wide_references(file):
    replaced(file, "/branch/from_bus", data=np.zeros(12, "<i8"))


def compound_type(file):
    replaced(file, "/bus/base_voltage", data=np.zeros(12, [("volt", "<f8")]))


def scalar_column(file):
    replaced(file, "/bus/base_voltage", data=230.0)


def null_column(file):
    replaced(file, "/bus/base_voltage", data=h5py.Empty("<f8"))


def short_column(file):
    replaced(file, "/bus/base_voltage", data=np.ones(11))


def column_with_columns(file):
    replaced(file, "/bus/base_voltage", data=np.ones((12, 1)))


def small_matrices(file):
    replaced(file, "/line_code/r", data=np.ones((2, 3, 3)))


def unwritten_chunks(file):
    replaced(file, "/bus/base_voltage", shape=(12,), dtype="<f8", chunks=(4,))


def half_written_chunks(file):
    replaced(file, "/bus/base_voltage", shape=(12,), dtype="<f8", chunks=(4,))[:4] = 230


def unwritten_values(file):
    replaced(file, "/bus/base_voltage", shape=(12,), dtype="<f8")


def absurd_column(file):
    replaced(file, "/line_code/id", shape=(2**29, 8), dtype="S1", chunks=(4096, 8))


def absurd_feeder_count(file):
    replaced(file, "/feeder/id", shape=(2**40, 8), dtype="S1", chunks=(4096, 8))


def many_feeders(file):
    replaced(file, "/feeder/id", data=np.full((2**20 + 1, 1), b"f", "S1"), compression=1)


def overflowing_shape(file):
    replaced(file, "/bus/id", shape=(2**40, 2**30), dtype="S1", chunks=(64, 64))


def large_chunk(file):
    replaced(file, "/bus/base_voltage", shape=(12,), maxshape=(None,), dtype="<f8", chunks=(2**21 + 1,))[:] = 230


def dataset_is_group(file):
    del file["/bus/base_voltage"]
    file.create_group("/bus/base_voltage")


def group_is_dataset(file):
    del file["/bus"]
    file["/bus"] = np.ones(3)


def missing_column(file):
    del file["/branch/length"]


def missing_group(file):
    del file["/customer"]


def missing_series(file):
    del file["/series/day"]


def missing_schema(file):
    del file.attrs["schema"]


def other_schema(file):
    file.attrs["schema"] = np.bytes_("wine-list")


def newer_version(file):
    file.attrs["schema_version"] = np.int32(2)


def variable_length_attribute(file):
    file.attrs["currency"] = "EUR"


def array_attribute(file):
    file.attrs["currency"] = np.array([b"EUR", b"AUD"], "S3")


def long_attribute(file):
    file.attrs["currency"] = np.bytes_("x" * 5000)


def latin_name(file):
    file.attrs["name"] = np.bytes_("M\u00fchle".encode("latin-1"))


def text_version(file):
    file.attrs["schema_version"] = np.bytes_("1")


def climbing_series_name(file):
    file["/series"].attrs["names"] = np.bytes_("../series/day")


def repeated_series_name(file):
    file["/series"].attrs["names"] = np.bytes_("day day")


def no_series_names(file):
    file["/series"].attrs["names"] = np.bytes_("")


def duplicate_bus(file):
    file["/bus/id"][1] = file["/bus/id"][0]


def duplicate_feeder(file):
    file["/feeder/id"][1] = file["/feeder/id"][0]


def empty_id(file):
    file["/customer/id"][3] = b""


def id_not_utf8(file):
    file["/customer/id"][3] = np.array([b"\xff", b"x"], "S1")


def id_with_tail(file):
    file["/bus/id"][1] = np.array([b"a", b"", b"b", b"", b"", b"", b""], "S1")


def wide_ids(file):
    replaced(file, "/bus/id", data=np.full((12, 65), b"b", "S1"))


def dangling_reference(file):
    file["/branch/to_bus"][4] = 99


def negative_reference(file):
    file["/customer/bus"][2] = -1


def other_feeders_bus(file):
    file["/branch/to_bus"][4] = 8


def dangling_line_code(file):
    file["/branch/line_code"][1] = 7


def slack_out_of_range(file):
    file["/feeder/slack_bus"][1] = -1


def falling_offset(file):
    file["/feeder/bus_offset"][1] = 13


def negative_offset(file):
    file["/feeder/bus_offset"][1] = -5


def shifted_offset(file):
    file["/feeder/bus_offset"][0] = 1


def huge_offset(file):
    file["/feeder/branch_offset"][2] = 2**62


def bounds_disagree(file):
    file["/series/day/time_bounds"][1, 0] += 1


def steps_overlap(file):
    file["/series/day/time_bounds"][1, 1] += 1


def steps_repeat(file):
    file["/series/day/time"][1] = file["/series/day/time"][0]
    file["/series/day/time_bounds"][1] = file["/series/day/time_bounds"][0]


def no_steps(file):
    replaced(file, "/series/day/time", shape=(0,), dtype="<i8")
    replaced(file, "/series/day/time_bounds", shape=(0, 2), dtype="<i8")
    for name, inner in (("p_forecast", (10,)), ("q_forecast", (10,)), ("slack_voltage", (2, 3)),
                        ("slack_angle", (2, 3)), ("price", (2,))):
        replaced(file, "/series/day/" + name, shape=(0,) + inner, dtype="<f8")


def forecast_of_other_size(file):
    replaced(file, "/series/day/p_forecast", data=np.zeros((4, 9)))


def orders_without_offset(file):
    del file["/feeder/order_offset"]


def offset_without_orders(file):
    del file["/order"]


def huge_order_offset(file):
    file["/feeder/order_offset"][2] = 2**62


def falling_order_offset(file):
    file["/feeder/order_offset"][1] = 13


def many_orders_of_a_feeder(file):
    file["/feeder/order_offset"][1:] = 2**20 + 1


def short_order_offset(file):
    replaced(file, "/feeder/order_offset", data=np.array([0, 12]))


def short_order_column(file):
    replaced(file, "/order/price", data=np.ones(11))


def missing_order_column(file):
    del file["/order/quantity"]


def order_times_as_floats(file):
    replaced(file, "/order/arrival", data=np.zeros(12))


def order_side_as_bits(file):
    replaced(file, "/order/side", data=np.zeros(12, "u1"))


def wide_order_steps(file):
    replaced(file, "/order/first_step", data=np.zeros(12, "<i8"))


def duplicate_order(file):
    file["/order/id"][7] = file["/order/id"][6]


def customer_of_other_feeder(file):
    file["/order/customer"][6] = 0


def huge_order_customer(file):
    file["/order/customer"][6] = 2**31 - 1


def dangling_parent(file):
    file["/order/parent"][8] = 2**31 - 1


def parent_of_other_feeder(file):
    file["/order/parent"][8] = 0


def orders_are_a_soft_link(file):
    del file["/order"]
    file["/order"] = h5py.SoftLink("/customer")


def odd_orders(file):
    """Not hostile to the file: values that validate() keeps inside their feeder, the second."""
    file["/order/quantity"][6] = np.nan
    file["/order/price"][7] = np.inf
    file["/order/side"][8] = 77
    file["/order/last_step"][9] = 2**31 - 1
    file["/order/parent"][6] = 11


def bare(file):
    """Not hostile: only what must be there, as other programs may write it."""
    optional = {
        "/bus": "x y", "/line_code": "g b", "/transformer": "from_tap to_tap no_load_loss magnetising_power",
        "/branch": "rating_current rating_power closed", "/series/day": "price",
        "/customer": "connection nameplate export_request import_request weight reactive_mode power_factor "
                     "q_inject_max q_absorb_max volt_var apparent_max rated_voltage zip_p zip_q",
    }
    optional["/order"] = "arrival expiry min_fill all_or_none time_in_force block exclusive_group parent conditional"
    for group, names in optional.items():
        for name in names.split():
            del file[group][name]
    del file["/shunt"], file["/feeder/shunt_offset"], file["/volt_var"], file.attrs["name"], file.attrs["currency"]
    ids = np.array(["b%d" % k for k in range(12)], "S64").view("S1").reshape(12, 64)
    replaced(file, "/bus/id", data=ids, chunks=True, fletcher32=True)


NOT_FORGERIES = {"replaced", "main"}


def main(case, directory):
    for name, change in list(globals().items()):
        if not callable(change) or name in NOT_FORGERIES or getattr(change, "__module__", "") != "__main__":
            continue
        path = f"{directory}/{name}.h5"
        shutil.copy(case, path)
        with h5py.File(path, "r+", libver=("v110", "v110")) as file:
            change(file)
    for name, version in (("old_layout", "earliest"), ("layout_of_1_8", "v108")):
        with h5py.File(case, "r") as source, h5py.File(f"{directory}/{name}.h5", "w", libver=(version, "v110")) as copy:
            for group in source:
                source.copy(group, copy, expand_refs=False)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
