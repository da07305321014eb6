#include "solver/ldl/lane_ldl.hpp"

#include <numeric>

#include "solver/lanes/simd_level.hpp"

namespace headroom {
namespace {

std::vector<double> parts(std::span<const std::complex<double>> values) {
    std::vector<double> result;
    result.reserve(2 * values.size());
    for (const std::complex<double>& value : values) {
        result.push_back(value.real());
        result.push_back(value.imag());
    }
    return result;
}

}  // namespace

LaneLdl::LaneLdl(const ComplexLdl& ldl, std::span<const double> scale, std::span<const char> given)
    : first_(ldl.early_count()),
      column_start_(ldl.column_start().begin(), ldl.column_start().end()),
      column_row_(ldl.row().begin(), ldl.row().end()),
      column_value_(parts(ldl.value())),
      inverse_pivot_(parts(ldl.inverse_pivot())) {
    for (const double s : scale) inverse_scale_.push_back(1.0 / s);
    if (given.empty())
        given_.assign(static_cast<std::size_t>(size() - first_), 1);
    else
        given_.assign(given.begin() + first_, given.end());
    row_start_.assign(static_cast<std::size_t>(size() - first_) + 1, 0);
    const int begin = column_start_[first_], end = column_start_.back();
    for (int e = begin; e < end; ++e) ++row_start_[column_row_[e] - first_ + 1];
    std::partial_sum(row_start_.begin(), row_start_.end(), row_start_.begin());
    row_column_.resize(static_cast<std::size_t>(end - begin));
    row_value_.resize(2 * row_column_.size());
    std::vector<int> next(row_start_.begin(), row_start_.end() - 1);
    for (int k = first_; k < size(); ++k)
        for (int e = column_start_[k]; e < column_start_[k + 1]; ++e) {
            const int at = next[column_row_[e] - first_]++;
            row_column_[at] = k;
            row_value_[2 * at] = column_value_[2 * e];
            row_value_[2 * at + 1] = column_value_[2 * e + 1];
        }
}

LdlView LaneLdl::view(double* right, double* solution, const double* frozen, double* change) const {
    return {first_,
            size(),
            row_start_.data(),
            row_column_.data(),
            row_value_.data(),
            column_start_.data(),
            column_row_.data(),
            column_value_.data(),
            inverse_pivot_.data(),
            inverse_scale_.data(),
            given_.data(),
            right,
            solution,
            frozen,
            change};
}

void LaneLdl::solve(const LdlView& view) {
    run_kernel(view, baseline::ldl_solve_kernel, avx2::ldl_solve_kernel, avx512::ldl_solve_kernel);
}

void LaneLdl::expand(const LdlView& view) {
    run_kernel(view, baseline::ldl_expand_kernel, avx2::ldl_expand_kernel, avx512::ldl_expand_kernel);
}

}  // namespace headroom
