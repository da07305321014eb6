"""Case and result files in memory (io/schema.md): groups as objects, datasets as arrays, texts as lists of words."""
from types import SimpleNamespace as Record

import h5py
import numpy as np

from .xxh64 import xxh64

ABSENT = {"rating_current": np.nan, "rating_power": np.nan, "closed": 1, "from_tap": np.ones(3), "to_tap": np.ones(3),
          "g": np.zeros((4, 4)), "b": np.zeros((4, 4)), "connection": 0, "nameplate": np.nan, "export_request": np.nan,
          "import_request": np.nan, "weight": 1.0, "reactive_mode": 0, "power_factor": np.nan, "q_inject_max": 0.0,
          "q_absorb_max": 0.0, "shunt_offset": 0, "apparent_max": np.nan, "rated_voltage": np.nan,
          "zip_p": np.array([0.0, 0.0, 1.0]), "zip_q": np.array([0.0, 0.0, 1.0]), "no_load_loss": 0.0,
          "magnetising_power": 0.0}


class Columns(Record):
    """Datasets of a group by their name; columns of a case that are absent hold what the schema says."""

    def __getattr__(self, name):
        if name in ("shunt", "line_code", "transformer"):
            return Columns(id=[])
        return np.broadcast_to(ABSENT[name], (len(self.id), *np.shape(ABSENT[name])))


def load(group):
    """Datasets of a group, and of the groups inside; texts become lists of words."""
    found = Columns()
    for name, item in group.items():
        values = item[...] if isinstance(item, h5py.Dataset) else load(item)
        is_text = isinstance(item, h5py.Dataset) and values.dtype.kind == "S"
        setattr(found, name, [b"".join(row).decode() for row in values.tolist()] if is_text else values)
    return found


def told(reason):
    """An error in words: the file comes first where the system names one."""
    return f"{reason.filename}: {reason.strerror}" if getattr(reason, "filename", None) else str(reason)


def read(path, schema, versions):
    """A file of this schema; its attributes are in `about`, its digest and room for what is made of it beside."""
    with open(path, "rb") as stream:
        contents = stream.read()
    if not h5py.is_hdf5(path):
        raise ValueError(f"{path}: is no HDF5 file")
    with h5py.File(path, "r") as file:
        found, about = load(file), dict(file.attrs)
        found.digest, found.models, found.standing = xxh64(contents) if schema == "headroom-case" else "", {}, {}
    found.about = {name: v.decode().strip("\0") if isinstance(v, bytes) else v for name, v in about.items()}
    if found.about.get("schema") != schema or found.about["schema_version"][0] not in versions:
        raise ValueError(f"{path}: not of schema {schema}, version {versions[-1]}")
    return found


def at_step(case, series, feeder, step):
    """The case with the taps of a feeder's transformers where the series has them in a step."""
    if "to_tap" not in vars(series):
        return case
    first, last = case.feeder.branch_offset[feeder:feeder + 2]
    rows = np.unique(case.branch.transformer[first:last])
    taps = series.to_tap[step]
    key = feeder, taps[rows[rows >= 0]].tobytes()
    if key not in case.standing:
        moved = Columns(**{**vars(case.transformer), "to_tap": taps})
        case.standing[key] = Columns(**{**vars(case), "transformer": moved, "models": {}})
    return case.standing[key]
