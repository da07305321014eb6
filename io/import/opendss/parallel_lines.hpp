#pragma once

#include <vector>

#include "io/import/import_report.hpp"
#include "io/import/opendss/line_model.hpp"

namespace headroom::opendss {

/// Closed lines between the same two buses become one branch, so that a feeder with doubled cables, or with a line for
/// every phase, stays a tree. Conductors between the same two nodes are one: with C_k from the conductors of line k to
/// those of the branch,  Z = inv(sum_k C_k^T inv(Z_k) C_k),  B = sum_k C_k^T B_k C_k.
///
/// Conductors of line k carry S_k = inv(Z_k) C_k Z of the branch's currents. The branch is rated at the largest current
/// at which none of them is overloaded, whatever the phase angles are: min_k rating_k / max_i sum_j |S_k(i, j)|, exact
/// for lines of one kind, on the safe side for others.
std::vector<LineModel> parallel_joined(const std::vector<LineModel>& lines, ImportReport& report);

}  // namespace headroom::opendss
