#include "formulations/flow/ac_branch_flow.hpp"

#include <algorithm>

#include "formulations/flow/ac_branch_kernel.hpp"
#include "formulations/flow/ac_leg_current.hpp"
#include "solver/lanes/simd_level.hpp"

namespace headroom {
namespace {

std::complex<double> value(const LaneArray& array, std::size_t row, int lane) {
    const double* at = array.data() + 2 * lane_count * row;
    return {at[lane], at[lane_count + lane]};
}

}  // namespace

AcBranchFlow::AcBranchFlow(const Region& region, const AcPowerFlow& flow) : flow_(flow) {
    const AcNetwork& net = flow.network();
    row_.assign(net.terminals.merged.size() * 2 * conductor_count, -1);
    const auto name = [&](std::int64_t branch, int side, int conductor) -> std::int32_t& {
        return row_[static_cast<std::size_t>(((branch - net.terminals.branch_first) * 2 + side) * conductor_count
                                             + conductor)];
    };
    for (const AcCurrent& current : net.equations.currents) {
        if (current.branch >= 0 && current.conductor < conductor_count)
            name(current.branch, current.side, current.conductor) = static_cast<std::int32_t>(node_.size());
        node_.push_back(current.node);
        term_end_.push_back(current.term_end);
    }
    for (const AcTerm& term : net.equations.terms) {
        plus_.push_back(term.plus);
        minus_.push_back(term.minus);
        y_.push_back(term.y.real());
        y_.push_back(term.y.imag());
    }
    merged_ = merged_currents(region, net);
    for (std::size_t k = 0; k < merged_.size(); ++k)
        for (int side = 0; side < 2; ++side)
            name(merged_[k].branch, side, merged_[k].conductor) =
                static_cast<std::int32_t>(node_.size() + 2 * k) + side;
    for (std::size_t k = 0; k < net.legs.size(); ++k)
        if (const auto [head, tail] = net.ends_at_source(net.legs[k]); head != tail) source_legs_.push_back(k);
}

AcFlowLanes AcBranchFlow::lanes() const {
    AcFlowLanes lanes;
    lanes.current.assign((node_.size() + 2 * merged_.size()) * 2 * lane_count, 0.0);
    lanes.totals.assign(std::size_t{4 * lane_count}, 0.0);
    return lanes;
}

std::int32_t AcBranchFlow::current(std::int64_t branch, int side, int conductor) const {
    return row_[static_cast<std::size_t>(
        ((branch - flow_.network().terminals.branch_first) * 2 + side) * conductor_count + conductor)];
}

void AcBranchFlow::evaluate(const AcInputs& inputs, const AcLanes& voltages, AcFlowLanes& result) const {
    const AcBranchView view{static_cast<int>(node_.size()),
                            node_.data(),
                            term_end_.data(),
                            plus_.data(),
                            minus_.data(),
                            y_.data(),
                            flow_.network().terminals.free_count,
                            voltages.voltage.data(),
                            result.current.data(),
                            result.totals.data()};
    run_kernel(view, baseline::ac_branch_kernel, avx2::ac_branch_kernel, avx512::ac_branch_kernel);
    add_merged(inputs, voltages, result);
    for (const std::size_t k : source_legs_)
        for (int lane = 0; lane < inputs.count; ++lane) {
            const auto [head, tail] = flow_.network().ends_at_source(flow_.network().legs[k]);
            const Complex v = value(voltages.voltage, head, lane) - value(voltages.voltage, tail, lane);
            const Complex s = v * std::conj(leg(inputs, voltages, k, lane));
            result.totals[2 * lane_count + lane] -= s.real();
            result.totals[3 * lane_count + lane] -= s.imag();
        }
}

AcBranchFlow::Complex AcBranchFlow::leg(const AcInputs& inputs, const AcLanes& voltages, std::size_t number,
                                        int lane) const {
    const CustomerLeg& leg = flow_.network().legs[number];
    const std::size_t at = static_cast<std::size_t>(leg.customer) * lane_count + static_cast<std::size_t>(lane);
    return leg_current(flow_.network(), leg, flow_.settings(), {inputs.p[at], inputs.q[at]},
                       value(voltages.voltage, leg.head, lane) - value(voltages.voltage, leg.tail, lane))
        .i;
}

void AcBranchFlow::add_merged(const AcInputs& inputs, const AcLanes& voltages, AcFlowLanes& result) const {
    for (std::size_t m = 0; m < merged_.size(); ++m) {
        const MergedCurrent& merged = merged_[m];
        for (int lane = 0; lane < inputs.count; ++lane) {
            Complex sum = merged.determined ? Complex(0.0) : Complex(not_given, not_given);
            for (const std::size_t k : merged.currents) sum += value(result.current, k, lane);
            for (const std::size_t k : merged.legs) {
                const Complex i = leg(inputs, voltages, k, lane);
                sum -= flow_.network().legs[k].head == merged.node ? i : -i;
            }
            double* from = result.current.data() + 2 * lane_count * (node_.size() + 2 * m);
            double* to = from + 2 * lane_count;
            const Complex flow = merged.sign * sum;
            from[lane] = flow.real(), from[lane_count + lane] = flow.imag();
            to[lane] = -flow.real(), to[lane_count + lane] = -flow.imag();
        }
    }
}

}  // namespace headroom
