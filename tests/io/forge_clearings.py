"""Makes damaged variants of a sound clearing file: forge_clearings.py CLEARING DIRECTORY.

Every entry of FORGERIES changes a copy CLEARING -> DIRECTORY/name.h5 that is open for writing; clearing_file_test.cpp
says what the reader makes of each. Returns 77 where h5py is missing.
"""

import shutil
import sys

try:
    import h5py
    import numpy as np
except ImportError:
    print("h5py is not installed")
    sys.exit(77)


def value(path, row, number):
    """One value of a column is another."""

    def change(file):
        file[path][row] = number

    return change


def cell(path, number):
    """The first value of a table is another."""

    def change(file):
        file[path][0, 0] = number

    return change


def shape(path, *lengths):
    """A dataset has other lengths, all its values 0."""

    def change(file):
        kind = file[path].dtype
        del file[path]
        file[path] = np.zeros(lengths, kind)

    return change


def missing(path):
    def change(file):
        del file[path]

    return change


def version(number):
    def change(file):
        file.attrs["schema_version"] = np.int32(number)

    return change


def nobody(file):
    file["/trade/buy"][0] = file["/trade/sell"][0] = -1


def mixed(file):
    file["/tangent/feeder"][...] = file["/tangent/feeder"][...][::-1]


FORGERIES = {
    "newer_version": version(2),
    "order_of_no_customer": value("/order/customer", 1, 10),
    "order_of_no_side": value("/order/side", 2, 2),
    "order_of_no_limit": value("/order/limit", 0, -1),
    "order_after_the_last_step": value("/order/last_step", 0, 4),
    "order_that_ends_before_it_starts": value("/order/last_step", 4, 1),
    "order_of_no_parent": value("/order/parent", 5, 12),
    "orders_of_feeders_mixed": value("/order/customer", 4, 9),
    "orders_of_other_length": shape("/order/price", 11),
    "outcome_of_other_length": shape("/order/accepted", 13),
    "outcome_of_no_status": value("/order/status", 3, 8),
    "outcome_of_no_rule": value("/order/refusal", 3, 7),
    "outcome_of_no_fit": value("/order/fit", 3, 3),
    "outcome_missing": missing("/order/status"),
    "trade_of_no_order": value("/trade/buy", 0, 12),
    "trade_of_nobody": nobody,
    "trade_of_no_step": value("/trade/step", 1, 4),
    "trade_of_no_limit": value("/trade/limit", 1, 6),
    "trades_of_feeders_mixed": value("/trade/feeder", 3, 0),
    "trades_of_other_length": shape("/trade/quantity", 5),
    "hash_of_other_width": shape("/trade/hash", 4, 31),
    "limits_of_other_size": shape("/limit/export_limit_after", 4, 9),
    "limits_before_alone": missing("/limit/import_limit_after"),
    "price_of_other_size": shape("/price/export", 3, 10),
    "status_of_no_item": cell("/market/status", 6),
    "part_beyond_its_steps": value("/part/step_count", 3, 2),
    "part_of_no_steps": value("/part/step_count", 0, 0),
    "part_of_no_status": value("/part/status", 0, 4),
    "price_of_no_row": value("/row_price/row", 1, 4),
    "proof_of_no_state": value("/part/proof", 1, 3),
    "proof_of_no_part": value("/proof_node/part", 5, 8),
    "proofs_of_parts_mixed": value("/proof_node/part", 4, 0),
    "node_before_its_parent": value("/proof_node/parent", 1, 2),
    "node_of_another_part": value("/proof_node/parent", 4, 1),
    "node_of_no_order": value("/proof_node/order", 1, 12),
    "node_of_no_kind": value("/proof_node/kind", 0, 3),
    "node_of_other_multipliers": value("/proof_node/first_multiplier", 4, 2),
    "node_of_too_many_multipliers": value("/proof_node/multiplier_count", 1, 4),
    "nodes_of_other_length": shape("/proof_node/answer", 2),
    "multiplier_of_no_kind": value("/proof_multiplier/kind", 0, 8),
    "multiplier_of_no_limit": value("/proof_multiplier/index", 1, 6),
    "multiplier_of_no_step": value("/proof_multiplier/step", 0, -1),
    "multiplier_of_no_tangent": value("/proof_multiplier/index", 3, 3),
    "price_of_no_tangent": value("/row_price/tangent", 0, 3),
    "tangent_of_no_row": value("/tangent/row", 1, 4),
    "tangents_of_feeders_mixed": mixed,
    "tangent_of_no_powers": value("/tangent/first_power", 1, 7),
    "power_of_no_kind": value("/tangent_power/kind", 0, 4),
    "power_of_no_customer": value("/tangent_power/customer", 2, 10),
    "powers_of_other_length": shape("/tangent_power/power", 3),
}


def main(clearing, directory):
    for name, change in FORGERIES.items():
        path = f"{directory}/{name}.h5"
        shutil.copy(clearing, path)
        with h5py.File(path, "r+", libver=("v110", "v110")) as file:
            change(file)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
