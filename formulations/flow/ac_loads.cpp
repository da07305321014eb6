#include "formulations/flow/ac_loads.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "solver/lanes/simd_level.hpp"

namespace headroom {
namespace {

/// Legs between the same nodes, in the order of their first ones. Constant powers join whatever is there.
struct Gathering {
    std::vector<std::vector<const CustomerLeg*>> constant, voltage;
};

Gathering gather(const AcNetwork& net, bool windowed) {
    using Place = std::tuple<std::int32_t, std::int32_t, double>;
    std::map<Place, std::vector<const CustomerLeg*>> constant, voltage;
    for (const CustomerLeg& leg : net.legs) {
        if (!windowed && leg.inside.constant_power())
            constant[{leg.head, leg.tail, 0.0}].push_back(&leg);
        else
            voltage[{leg.head, leg.tail, leg.rated_voltage}].push_back(&leg);
    }
    Gathering result;
    for (auto& [place, legs] : constant) {
        const auto other = voltage.lower_bound({std::get<0>(place), std::get<1>(place), 0.0});
        const bool joins = other != voltage.end() && std::get<0>(other->first) == std::get<0>(place)
                           && std::get<1>(other->first) == std::get<1>(place);
        if (joins)
            other->second.insert(other->second.end(), legs.begin(), legs.end());
        else
            result.constant.push_back(std::move(legs));
    }
    for (auto& [place, legs] : voltage) result.voltage.push_back(std::move(legs));
    return result;
}

}  // namespace

AcLoads::AcLoads(const AcNetwork& net, const AcSettings& settings, std::vector<int> slots,
                 std::vector<double> curve_response)
    : window_(settings.window), slots_(std::move(slots)), curve_response_(std::move(curve_response)) {
    Gathering gathering = gather(net, window_.has_value());
    const auto middle =
        std::stable_partition(gathering.constant.begin(), gathering.constant.end(),
                              [&](const Bundle& bundle) { return bundle.front()->tail == net.terminals.ground(); });
    add_constant({gathering.constant.begin(), middle}, to_ground_);
    add_constant({middle, gathering.constant.end()}, between_);
    add_voltage(gathering.voltage);
    for (const CustomerLeg& leg : net.legs)
        if (leg.volt_var >= 0) add_curve(leg, net.volt_vars[leg.volt_var]);
    std::vector<bool> begun(static_cast<std::size_t>(net.terminals.ground()) + 1, false);
    for (const int head : to_ground_.head) begun[static_cast<std::size_t>(head)] = true;
    for (const int slot : slots_)
        if (!begun[static_cast<std::size_t>(slot)]) bare_slots_.push_back(slot);
}

void AcLoads::add_constant(const std::vector<Bundle>& bundles, Group& group) {
    group.first_sum = static_cast<int>(end_.size());
    for (const Bundle& bundle : bundles) {
        group.head.push_back(bundle.front()->head);
        group.tail.push_back(bundle.front()->tail);
        for (int part = 0; part < 2; ++part) {
            for (const CustomerLeg* leg : bundle) {
                if (part == 1 && leg->volt_var >= 0) continue;
                customer_.push_back(leg->customer);
                factor_.push_back(leg->share);
            }
            end_.push_back(static_cast<int>(customer_.size()));
        }
    }
}

/// Sums alternate between P and Q for the kernel that adds them, so a load has its rows in pairs: (P, Q) of impedance,
/// of current, of power.
void AcLoads::add_voltage(const std::vector<Bundle>& bundles) {
    voltage_.first_sum = static_cast<int>(end_.size());
    for (const Bundle& bundle : bundles) {
        voltage_.head.push_back(bundle.front()->head);
        voltage_.tail.push_back(bundle.front()->tail);
        inverse_rated_.push_back(1.0 / bundle.front()->rated_voltage);
        for (int share = 0; share < 3; ++share)
            for (int part = 0; part < 2; ++part) add_sum(bundle, part, share, false);
    }
    first_outside_ = static_cast<int>(end_.size());
    if (!window_) return;
    for (const Bundle& bundle : bundles)
        for (int share = 0; share < 3; ++share)
            for (int part = 0; part < 2; ++part) add_sum(bundle, part, share, true);
}

void AcLoads::add_sum(const Bundle& bundle, int part, int share, bool outside) {
    // Constant power that joined from legs of another rated voltage is the same at every rated voltage.
    const double rated = bundle.front()->rated_voltage;
    for (const CustomerLeg* leg : bundle) {
        const LoadShares& shares = outside ? leg->outside : leg->inside;
        const double factor = (part == 0 ? shares.p : shares.q)[static_cast<std::size_t>(share)];
        if (factor == 0.0) continue;
        customer_.push_back(leg->customer);
        factor_.push_back(factor * leg->share / (rated * rated));
    }
    end_.push_back(static_cast<int>(customer_.size()));
}

void AcLoads::add_curve(const CustomerLeg& leg, const VoltVarLaw& law) {
    curves_.push_back({leg.customer, leg.share, law});
    curve_head_.push_back(leg.head);
    curve_tail_.push_back(leg.tail);
    inverse_base_.push_back(1.0 / law.base);
    first_.push_back(law.first);
    for (const VoltVarLaw::Slope& s : law.slopes) slope_.insert(slope_.end(), {s.begin, s.width, s.slope});
    slope_end_.push_back(static_cast<int>(slope_.size() / 3));
}

/// The largest Q of curves beside the powers of their customers, behind the sums.
void AcLoads::add_most(const LaneArray& p, LaneArray& sum) const {
    double* most = sum.data() + end_.size() * lane_count;
    for (const Curve& curve : curves_) {
        const double* power = p.data() + static_cast<std::ptrdiff_t>(curve.customer) * lane_count;
        for (const double q_max : {curve.law.inject_max, curve.law.absorb_max})
            for (int l = 0; l < lane_count; ++l) *most++ = curve.law.most(q_max, curve.share * power[l]);
    }
}

void AcLoads::add(const LaneArray& p, const LaneArray& q, LaneArray& sum) const {
    const LoadSumView view{
        static_cast<int>(end_.size()), end_.data(), customer_.data(), factor_.data(), p.data(), q.data(), sum.data()};
    run_kernel(view, baseline::ac_load_sum_kernel, avx2::ac_load_sum_kernel, avx512::ac_load_sum_kernel);
    add_most(p, sum);
}

void AcLoads::describe(LaneArray& sum, AcCurrentView& view) const {
    const auto rows = [&](int first) { return sum.data() + static_cast<std::ptrdiff_t>(first) * lane_count; };
    view.to_ground = {to_ground_.count(), to_ground_.head.data(), to_ground_.tail.data(), rows(to_ground_.first_sum)};
    view.between = {between_.count(), between_.head.data(), between_.tail.data(), rows(between_.first_sum)};
    view.bare_count = static_cast<int>(bare_slots_.size());
    view.bare_slot = bare_slots_.data();
    const LoadWindow window = window_.value_or(LoadWindow{});
    view.voltage_loads = {voltage_.count(),
                          voltage_.head.data(),
                          voltage_.tail.data(),
                          inverse_rated_.data(),
                          rows(voltage_.first_sum),
                          window_ ? rows(first_outside_) : nullptr,
                          window.v_min,
                          window.v_max,
                          window.v_low};
    view.curves = {static_cast<int>(curves_.size()),
                   curve_head_.data(),
                   curve_tail_.data(),
                   inverse_base_.data(),
                   first_.data(),
                   slope_end_.data(),
                   slope_.data(),
                   curve_response_.empty() ? nullptr : curve_response_.data(),
                   rows(static_cast<int>(end_.size())),
                   rows(static_cast<int>(end_.size() + 2 * curves_.size())),
                   1};
}

void AcLoads::describe_none(AcCurrentView& view) const {
    view.to_ground = view.between = {};
    view.voltage_loads = {};
    view.curves = {};
    view.bare_count = static_cast<int>(slots_.size());
    view.bare_slot = slots_.data();
}

}  // namespace headroom
