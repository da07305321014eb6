#pragma once

#include <vector>

#include "solver/lanes/lane_count.hpp"
#include "solver/ldl/complex_ldl.hpp"
#include "solver/ldl/ldl_kernel.hpp"

namespace headroom {

/// Solves A x = b for eight right sides at once with one factor A = L D L' (complex_ldl.hpp), where b is zero at the
/// early positions: forward and backward over the late block alone, as often as wanted; the early block once, by
/// expand().
class LaneLdl {
public:
    /// @param scale  [#position] size of a solution's entry, > 0: the unit of `change`
    /// @param given  [#position] 0: right sides are nothing there too, and need not be written; empty: all may be more
    LaneLdl(const ComplexLdl& ldl, std::span<const double> scale, std::span<const char> given = {});

    int size() const { return static_cast<int>(inverse_scale_.size()); }
    int first() const { return first_; }                             ///< first late position
    std::size_t late_entries() const { return row_column_.size(); }  ///< of L inside the late block

    /// The view of this factor with the vectors of one group of lanes.
    /// @param right  [(size - first) x 2 x lane]    @param solution  [size x 2 x lane], may be longer
    /// @param frozen, change  [lane], see ldl_kernel.hpp
    LdlView view(double* right, double* solution, const double* frozen, double* change) const;

    static void solve(const LdlView& view);   ///< late block of solution from right
    static void expand(const LdlView& view);  ///< early block from the late one

private:
    int first_;
    std::vector<int> row_start_, row_column_, column_start_, column_row_;
    std::vector<double> row_value_, column_value_, inverse_pivot_, inverse_scale_;
    std::vector<char> given_;  ///< [#late position]
};

}  // namespace headroom
