#pragma once

#include <cstddef>
#include <vector>

#include "solver/packing/packing_rows.hpp"
#include "solver/packing/summed_filling.hpp"

namespace headroom {

/// A row that limits pass.
struct RowExcess {
    int row;
    double excess_kw;  ///< beyond its room, in kW of its most sensitive limit
};

/// Numbers of one problem among others side by side: entry k is first[k * stride].
struct Strided {
    const double* first;
    std::size_t stride = 1;
    double operator[](std::size_t k) const { return first[k * stride]; }
};

/// Whether every point inside limits w is secure, A w <= room, and if not, which rows pass their room and by how much.
///
/// The one check behind envelopes and markets (SecuLEx's VerifyLimits): split rows make it one sum per row for any box.
/// For trades, MarketRows::room is the same check by what a trade changes.
/// @param room  [#row]  @param w  [#limit] kW, >= 0  @param tolerance_kw  excess that counts as none
std::vector<RowExcess> verify_limits(const PackingRows& rows, Strided room, Strided w, double tolerance_kw);

/// The same where A w is known. @param used  [#row]
std::vector<RowExcess> rows_beyond(const PackingRows& rows, Strided room, Strided used, double tolerance_kw);
/// For rows known through sums a large entry stands for that of the most sensitive limit.
std::vector<RowExcess> rows_beyond(const SummedRows& rows, Strided room, Strided used, double tolerance_kw);

}  // namespace headroom
