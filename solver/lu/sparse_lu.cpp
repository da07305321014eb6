#include "solver/lu/sparse_lu.hpp"

#include <suitesparse/klu.h>

#include <algorithm>
#include <cmath>
#include <new>
#include <numeric>

namespace headroom {

struct SparseLu::Klu {
    klu_common common;
    klu_symbolic* symbolic = nullptr;
    klu_numeric* numeric = nullptr;

    Klu() { klu_defaults(&common); }
    Klu(const Klu&) = delete;
    Klu& operator=(const Klu&) = delete;
    ~Klu() {
        klu_free_numeric(&numeric, &common);
        klu_free_symbolic(&symbolic, &common);
    }
};

SparseLu::SparseLu(int size, std::span<const MatrixEntry> pattern) : klu_(std::make_unique<Klu>()) {
    std::vector<int> order(pattern.size());
    std::iota(order.begin(), order.end(), 0);
    const auto place = [&](int e) { return std::pair(pattern[e].column, pattern[e].row); };
    std::sort(order.begin(), order.end(), [&](int a, int b) { return place(a) < place(b); });
    column_start_.assign(static_cast<std::size_t>(size) + 1, 0);
    slot_.resize(pattern.size());
    for (std::size_t k = 0; k < order.size(); ++k) {
        if (k == 0 || place(order[k]) != place(order[k - 1])) {
            row_.push_back(pattern[order[k]].row);
            ++column_start_[pattern[order[k]].column + 1];
        }
        slot_[order[k]] = static_cast<int>(row_.size()) - 1;
    }
    std::partial_sum(column_start_.begin(), column_start_.end(), column_start_.begin());
    value_.resize(row_.size());
    if (size == 0) return;  // KLU knows no empty matrix
    klu_->symbolic = klu_analyze(size, column_start_.data(), row_.data(), &klu_->common);
    if (klu_->symbolic == nullptr && klu_->common.status == KLU_OUT_OF_MEMORY) throw std::bad_alloc();
}

SparseLu::~SparseLu() = default;

bool SparseLu::factorise(std::span<const MatrixEntry> entries) {
    klu_free_numeric(&klu_->numeric, &klu_->common);
    if (row_.empty()) return column_start_.size() == 1;
    if (klu_->symbolic == nullptr) return false;
    std::fill(value_.begin(), value_.end(), 0.0);
    for (std::size_t e = 0; e < entries.size(); ++e) value_[slot_[e]] += entries[e].value;
    if (!std::all_of(value_.begin(), value_.end(), [](double v) { return std::isfinite(v); })) return false;
    klu_->numeric = klu_factor(column_start_.data(), row_.data(), value_.data(), klu_->symbolic, &klu_->common);
    return klu_->numeric != nullptr && klu_->common.status == KLU_OK;
}

void SparseLu::solve(std::span<double> right) const {
    if (right.empty()) return;
    klu_common common = klu_->common;
    klu_solve(klu_->symbolic, klu_->numeric, static_cast<int>(right.size()), 1, right.data(), &common);
}

void SparseLu::solve_transposed(std::span<double> right, int columns) const {
    if (right.empty()) return;
    klu_common common = klu_->common;
    const int size = static_cast<int>(right.size()) / columns;
    klu_tsolve(klu_->symbolic, klu_->numeric, size, columns, right.data(), &common);
}

}  // namespace headroom
