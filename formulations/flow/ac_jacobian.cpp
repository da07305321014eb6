#include "formulations/flow/ac_jacobian.hpp"

namespace headroom {
namespace {

using Complex = std::complex<double>;

}  // namespace

void write_jacobian(const AcNetwork& net, std::span<const LegCurrent> legs, std::vector<MatrixEntry>& entries) {
    constexpr Complex j(0.0, 1.0);
    const std::int32_t free = net.terminals.free_count;
    const auto put = [&](std::int32_t row, std::int32_t column, Complex by_real, Complex by_imaginary) {
        if (row >= free || column >= free) return;
        entries.push_back({2 * row, 2 * column, by_real.real()});
        entries.push_back({2 * row + 1, 2 * column, by_real.imag()});
        entries.push_back({2 * row, 2 * column + 1, by_imaginary.real()});
        entries.push_back({2 * row + 1, 2 * column + 1, by_imaginary.imag()});
    };
    entries.clear();
    for (const AcCurrent& current : net.equations.currents)
        for (std::int32_t t = current.term_begin; t < current.term_end; ++t) {
            const AcTerm& term = net.equations.terms[t];
            put(current.node, term.plus, term.y, j * term.y);
            put(current.node, term.minus, -term.y, -j * term.y);
        }
    for (std::size_t k = 0; k < legs.size(); ++k) {
        const CustomerLeg& leg = net.legs[k];
        const LegCurrent& at = legs[k];
        put(leg.head, leg.head, -at.by_real, -at.by_imaginary);
        put(leg.tail, leg.tail, -at.by_real, -at.by_imaginary);
        put(leg.head, leg.tail, at.by_real, at.by_imaginary);
        put(leg.tail, leg.head, at.by_real, at.by_imaginary);
    }
}

}  // namespace headroom
