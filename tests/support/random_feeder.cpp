#include "tests/support/random_feeder.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "tests/support/feeder_builder.hpp"

namespace headroom::test {
namespace {

constexpr double base = 240.0;
constexpr double mile = 1609.344;

PhaseImpedance scaled(const PhaseImpedance& z, double factor) {
    PhaseImpedance result = z;
    for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j) result.r[i][j] *= factor, result.x[i][j] *= factor;
    return result;
}

/// IEEE 601 (overhead) and 606 (cable), ohm per mile: a phase pair's coefficient changes sign where they follow each
/// other.
const PhaseImpedance overhead{{{{.3465, .1560, .1580}, {.1560, .3375, .1535}, {.1580, .1535, .3414}}},
                              {{{1.0179, .5017, .4236}, {.5017, 1.0478, .3849}, {.4236, .3849, 1.0348}}}};
const PhaseImpedance cable{
    {{{.791721, .318476, .28345}, {.318476, .781649, .318476}, {.28345, .318476, .791721}}},
    {{{.438352, .0276838, -.0184204}, {.0276838, .396697, .0276838}, {-.0184204, .0276838, .438352}}}};

class FeederMaker {
public:
    FeederMaker(unsigned seed, const RandomFeederOptions& options)
        : random_(seed), options_(options), builder_(options.transformer ? 6350.0 : base) {}

    Region make() {
        phases_ = {"abc"};
        ids_ = {"slack"};
        if (options_.transformer) add_transformer();
        while (static_cast<int>(ids_.size()) <= options_.buses) add_bus();
        for (int c = 0; c < options_.active + options_.passive; ++c) add_customer(c);
        builder_.voltage_band(0.94 * base, 1.06 * base);
        Region region = builder_.build(options_.steps, 1.0);
        for (double& p : region.series[0].p_forecast) p *= uniform(0.5, 1.5);
        for (double& v : region.series[0].slack_voltage) v *= uniform(0.995, 1.005);
        return region;
    }

private:
    double uniform(double low, double high) { return std::uniform_real_distribution<>(low, high)(random_); }
    std::size_t below(std::size_t count) { return random_() % count; }

    void add_transformer() {
        builder_.bus("lv", "abc", base);
        builder_.line("slack", "lv", "abc", PhaseImpedance::uncoupled(1, 1));
        BranchColumns& branch = builder_.region().branch;
        branch.kind[0] = BranchKind::transformer;
        branch.line_code[0] = -1;
        branch.length[0] = 0;
        branch.transformer[0] = 0;
        branch.rating_power[0] = 100e3;
        TransformerColumns& t = builder_.region().transformer;
        t.id = {"dyn"};
        t.from_coil = {{{{1, 2}, {2, 3}, {3, 1}}}};
        t.to_coil = {{{{1, 0}, {2, 0}, {3, 0}}}};
        t.from_voltage = {6350.0 * std::sqrt(3.0)};
        t.to_voltage = {base};
        t.from_tap = t.to_tap = {{1, 1, 1}};
        t.r = {0.01};
        t.x = {0.04};
        t.no_load_loss = t.magnetising_power = {0};
        ids_.push_back("lv");
        phases_.push_back("abc");
    }

    /// A lateral keeps all or some of its parent's phases.
    std::string some_phases(const std::string& of) {
        if (of.size() == 1 || uniform(0, 1) < 0.6) return of;
        std::string kept = of;
        kept.erase(below(kept.size()), 1);
        return kept;
    }

    void add_bus() {
        const std::size_t first = options_.transformer ? 1 : 0;
        const std::size_t parent = first + below(ids_.size() - first);
        const std::string phases = some_phases(phases_[parent]), id = "b" + std::to_string(ids_.size());
        builder_.bus(id, phases, base);
        builder_.line(ids_[parent], id, phases, scaled(uniform(0, 1) < 0.5 ? overhead : cable, 1 / mile),
                      uniform(5, 120), options_.ratings && uniform(0, 1) < 0.5 ? uniform(60, 200) : not_given);
        ids_.push_back(id);
        phases_.push_back(phases);
    }

    void add_customer(int number) {
        const std::size_t at = 1 + below(ids_.size() - 1);
        const std::string& phases = phases_[at];
        FeederBuilder::Customer values{
            .export_cap = uniform(2e3, 60e3), .import_cap = uniform(2e3, 60e3), .active = number < options_.active};
        std::string connected(1, phases[below(phases.size())]);
        if (options_.delta_customers && phases.size() >= 2 && uniform(0, 1) < 0.5) {
            values.connection = Connection::delta;
            connected = phases.substr(0, uniform(0, 1) < 0.5 ? phases.size() : 2);
        } else if (uniform(0, 1) < 0.2) {
            connected = phases;
        }
        const std::string id = "c" + std::to_string(number);
        builder_.customer(id, ids_[at], connected, values);
        builder_.inject(id, uniform(-4e3, 2e3), uniform(-1e3, 1e3));
    }

    std::mt19937 random_;
    RandomFeederOptions options_;
    FeederBuilder builder_;
    std::vector<std::string> ids_, phases_;
};

}  // namespace

Region random_feeder(unsigned seed, const RandomFeederOptions& options) { return FeederMaker(seed, options).make(); }

}  // namespace headroom::test
