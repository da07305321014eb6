"""The digest that result files carry of their case."""
from functools import reduce
from struct import unpack


def xxh64(data):
    """XXH64 with seed 0, in hexadecimal: github.com/Cyan4973/xxHash, doc/xxhash_spec.md."""
    p1, p2, p3 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
    p4, p5, mask = 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5, 2**64 - 1

    def turned(x, bits):
        return (x & mask) << bits | (x & mask) >> 64 - bits

    def mixed(lane, word):
        return turned(lane + word * p2, 31) * p1 & mask

    whole, count, lanes = len(data) // 32 * 4, len(data) // 8, [p1 + p2, p2, 0, -p1]
    words, rest = unpack(f"<{count}Q", data[:8 * count]), data[8 * count:]
    for at in range(0, whole, 4):
        lanes = list(map(mixed, lanes, words[at:at + 4]))
    summed = sum(map(turned, lanes, (1, 7, 12, 18)))
    value = len(data) + (reduce(lambda v, lane: (v ^ mixed(0, lane)) * p1 + p4, lanes, summed) if whole else p5)
    value = reduce(lambda v, word: turned(v ^ mixed(0, word), 27) * p1 + p4, words[whole:], value)
    if len(rest) >= 4:
        value, rest = turned(value ^ unpack("<I", rest[:4])[0] * p1, 23) * p2 + p3, rest[4:]
    for byte in rest:
        value = turned(value ^ byte * p5, 11) * p1
    for shift, times in ((33, p2), (29, p3), (32, 1)):
        value = ((value & mask) ^ (value & mask) >> shift) * times
    return f"{value:016x}"
