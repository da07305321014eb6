#include "bench/support/single_phase.hpp"

#include <algorithm>

namespace headroom::bench {
namespace {

/// Mean of the diagonal less the mean of the other entries, over conductors that are there.
double positive_sequence(const ConductorMatrix& matrix) {
    double self = 0, mutual = 0;
    int selves = 0, mutuals = 0;
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j) {
            if (i == j && matrix[i][i] != 0) self += matrix[i][i], ++selves;
            if (i != j && matrix[i][j] != 0) mutual += matrix[i][j], ++mutuals;
        }
    return (selves == 0 ? 0 : self / selves) - (mutuals == 0 ? 0 : mutual / mutuals);
}

void keep_one(std::vector<ConductorMatrix>& matrices) {
    for (ConductorMatrix& matrix : matrices) {
        const double value = positive_sequence(matrix);
        matrix = {};
        matrix[0][0] = value;
    }
}

}  // namespace

Region single_phase_equivalent(const Region& region) {
    Region one = region;
    one.bus.phases.assign(one.bus.phases.size(), phase::a);
    one.branch.phases.assign(one.branch.phases.size(), phase::a);
    for (auto* matrices :
         {&one.line_code.r, &one.line_code.x, &one.line_code.g, &one.line_code.b, &one.shunt.g, &one.shunt.b})
        keep_one(*matrices);
    TransformerColumns& t = one.transformer;
    const TransformerColumns::Coils coil{{{TransformerColumns::terminal_a, TransformerColumns::ground},
                                          {TransformerColumns::unused, TransformerColumns::unused},
                                          {TransformerColumns::unused, TransformerColumns::unused}}};
    for (std::size_t k = 0; k < t.id.size(); ++k) {
        const std::size_t branch = static_cast<std::size_t>(
            std::find(one.branch.transformer.begin(), one.branch.transformer.end(), static_cast<std::int32_t>(k))
            - one.branch.transformer.begin());
        t.from_coil[k] = t.to_coil[k] = coil;
        t.from_voltage[k] = one.bus.base_voltage[static_cast<std::size_t>(one.branch.from_bus[branch])];
        t.to_voltage[k] = one.bus.base_voltage[static_cast<std::size_t>(one.branch.to_bus[branch])];
        t.no_load_loss[k] /= 3;
        t.magnetising_power[k] /= 3;
    }
    CustomerColumns& c = one.customer;
    c.phases.assign(c.phases.size(), phase::a);
    c.connection.assign(c.phases.size(), Connection::wye);
    c.apparent_max.assign(c.phases.size(), not_given);
    c.rated_voltage.assign(c.phases.size(), not_given);
    c.zip_p.assign(c.phases.size(), {0, 0, 1});
    c.zip_q.assign(c.phases.size(), {0, 0, 1});
    for (SeriesSet& series : one.series) {
        for (double& p : series.p_forecast) p /= 3;
        for (double& q : series.q_forecast) q /= 3;
    }
    return one;
}

}  // namespace headroom::bench
