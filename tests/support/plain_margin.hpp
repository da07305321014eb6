#pragma once

#include <vector>

#include "formulations/network/region.hpp"

namespace headroom::test {

/// What a rating allows: the circle of its apparent power, or the sixteen-sided polygon inside it that the rows of
/// variable reactive power stand for.
enum class Rating { circle, polygon };

/// Smallest margin of all customers' voltages (p.u. squared) and of all ratings (p.u.) at one point of the plain flow;
/// negative: insecure.
/// @param p, q  [#customer] W, V A injections
double plain_margin(const Region& region, std::size_t step, const std::vector<double>& p, const std::vector<double>& q,
                    Rating rating = Rating::circle);

}  // namespace headroom::test
