#include "formulations/flow/ac_watch.hpp"

#include <algorithm>
#include <cassert>
#include <optional>

#include "formulations/flow/ac_lane_point.hpp"
#include "formulations/flow/ac_watch_kernel.hpp"
#include "solver/lanes/simd_level.hpp"

namespace headroom {
namespace {

struct Difference {
    int plus, minus;
};

/// |V[plus] - V[minus]| and nothing else: one term, or two with the same reference.
std::optional<Difference> lone_difference(const AcQuantity& quantity) {
    if (quantity.measure != AcQuantity::Measure::modulus || quantity.products.size() != 1) return std::nullopt;
    const auto& [u, i] = quantity.products.front();
    if (!u.terms.empty() || u.constant != 1.0 || i.constant != 0.0) return std::nullopt;
    if (i.terms.size() == 1 && i.terms[0].y == 1.0) return Difference{i.terms[0].plus, i.terms[0].minus};
    const bool pair = i.terms.size() == 2 && i.terms[0].minus == i.terms[1].minus && i.terms[0].y == -i.terms[1].y
                      && std::abs(i.terms[0].y) == 1.0;
    return pair ? std::optional(Difference{i.terms[0].plus, i.terms[1].plus}) : std::nullopt;
}

bool has_legs(const AcQuantity& quantity) {
    return std::any_of(quantity.products.begin(), quantity.products.end(), [](const AcQuantity::Product& product) {
        return !product.voltage.legs.empty() || !product.current.legs.empty();
    });
}

}  // namespace

AcWatch::AcWatch(const AcPowerFlow& flow, std::vector<AcQuantity> quantities)
    : flow_(flow), quantities_(std::move(quantities)) {
    for (std::size_t k = 0; k < quantities_.size(); ++k) add(static_cast<int>(k), quantities_[k]);
}

void AcWatch::add(int row, const AcQuantity& quantity) {
    if (has_legs(quantity)) {
        with_legs_.push_back(row);
    } else if (const std::optional<Difference> difference = lone_difference(quantity)) {
        difference_row_.push_back(row);
        difference_plus_.push_back(difference->plus);
        difference_minus_.push_back(difference->minus);
    } else {
        for (const auto& [u, i] : quantity.products) add(u), add(i);
        product_row_.push_back(row);
        product_end_.push_back(static_cast<int>(term_end_.size() / 2));
        whole_.push_back(quantity.measure == AcQuantity::Measure::modulus ? 1 : 0);
    }
}

void AcWatch::add(const AcPhasor& phasor) {
    for (const AcTerm& term : phasor.terms) {
        plus_.push_back(term.plus);
        minus_.push_back(term.minus);
        y_.push_back(term.y.real());
        y_.push_back(term.y.imag());
    }
    term_end_.push_back(static_cast<int>(plus_.size()));
    constant_.push_back(phasor.constant.real());
    constant_.push_back(phasor.constant.imag());
}

LaneArray AcWatch::values() const { return LaneArray(quantities_.size() * lane_count, 0.0); }

void AcWatch::evaluate(const AcInputs& inputs, const AcLanes& voltages, LaneArray& value) const {
    assert(value.size() == quantities_.size() * lane_count);
    alignas(64) std::array<double, lane_count> nothing;
    for (int l = 0; l < lane_count; ++l)
        nothing[l] = l < inputs.count && voltages.lane[l].status == AcStatus::converged ? 0.0 : not_given;
    const AcWatchView view{voltages.voltage.data(),
                           nothing.data(),
                           static_cast<int>(difference_row_.size()),
                           difference_row_.data(),
                           difference_plus_.data(),
                           difference_minus_.data(),
                           static_cast<int>(product_row_.size()),
                           product_row_.data(),
                           product_end_.data(),
                           whole_.data(),
                           {term_end_.data(), constant_.data(), plus_.data(), minus_.data(), y_.data()},
                           value.data()};
    run_kernel(view, baseline::ac_watch_kernel, avx2::ac_watch_kernel, avx512::ac_watch_kernel);
    for (const int row : with_legs_)
        for (int l = 0; l < lane_count; ++l)
            value[row * lane_count + l] =
                nothing[l]
                + (nothing[l] == 0.0 ? AcLanePoint(flow_, inputs, voltages, l).value(quantities_[row]) : 0.0);
}

}  // namespace headroom
