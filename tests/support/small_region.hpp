#pragma once

#include <cstddef>
#include <cstdint>

#include "formulations/network/region.hpp"

namespace headroom::test {

/// A region of equal feeders that uses every group of a case file. One feeder:
///
///     source ==t== main ==l1== mid ==l2== end ==s== spare      t  Dyn transformer 11 kV / 400 V, 250 kV A
///      (slack)      |  \\                                      l1 three-phase cable of 200 m, l2 one of 150 m
///                   |   r  r   two single-phase regulators     s  open switch, beyond it a de-energised bus
///                   |    boosted (a, c)
///                  shunt (capacitor)
///
/// Customers: c1 (active, wye a) and c2 (active, delta bc, volt-var) at mid, c3 (active, wye abc, power factor) at end,
/// c4 (passive, wye c, ZIP) at boosted, c5 (passive, wye a) at spare. Two series: "day" (4 half hours, with prices) and
/// "peak" (1 hour, without).
Region small_region(int feeder_count = 2);

/// Puts a copy of a branch at the end of the last feeder.
void append_branch(Region& region, std::size_t model, const char* id, std::int32_t from, std::int32_t to);

/// Gives a branch a copy of its transformer that it alone uses; row of /transformer.
std::size_t own_transformer(Region& region, std::size_t branch);

}  // namespace headroom::test
