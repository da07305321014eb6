#pragma once

#include <span>
#include <vector>

#include "solver/packing/filling.hpp"

namespace headroom {

struct PlainFillingResult {
    std::vector<double> limit;
    std::vector<int> stop;  ///< as FillingPack::stop
    double level;
    int rounds;
};

/// The judge of filling.hpp: one problem, walking from one corner of w(t) to the next, nothing clever. Same meaning of
/// every argument as in FillingPack; throws std::invalid_argument where the precondition A start <= room does not hold.
PlainFillingResult plain_filling(const PackingRows& rows, FillingRule rule, std::span<const double> room,
                                 std::span<const double> start, std::span<const double> cap,
                                 std::span<const double> reference);

}  // namespace headroom
