#include "formulations/network/graft_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

namespace headroom {
namespace {

constexpr double same_voltage = 0.01;   // of the base: one bus has one base, whatever its last digits are
constexpr double rated_voltage = 0.15;  // of the base: 416 V transformers feed 400 V networks, with taps
constexpr std::uint8_t no_conductor = 0;

std::string letters(std::uint8_t phases) {
    std::string text;
    for (unsigned k = 0; k < 4; ++k)
        if (phases >> k & 1) text += "abcn"[k];
    return text;
}

bool inside(std::int64_t row, const std::vector<std::int64_t>& offset, std::size_t feeder) {
    return row >= offset[feeder] && row < offset[feeder + 1];
}

/// Conductors that coils touch at one end of a transformer.
std::uint8_t conductors_of(const TransformerColumns::Coils& coils) {
    std::uint8_t phases = no_conductor;
    for (const auto& coil : coils)
        for (const std::int8_t terminal : coil)
            if (terminal >= TransformerColumns::terminal_a && terminal <= TransformerColumns::terminal_neutral)
                phases |= static_cast<std::uint8_t>(1u << (terminal - 1));
    return phases;
}

/// Volts across a coil at base voltage: between two phases, or from a phase to neutral, ground or a star point.
double coil_base(const TransformerColumns::Coils& coils, double base) {
    const auto is_phase = [](std::int8_t t) {
        return t >= TransformerColumns::terminal_a && t <= TransformerColumns::terminal_c;
    };
    return is_phase(coils[0][0]) && is_phase(coils[0][1]) ? std::numbers::sqrt3 * base : base;
}

class Checks {
public:
    Checks(const Region& region, std::size_t onto, const Graft& graft)
        : region_(region), onto_(onto), graft_(graft), bus_(static_cast<std::size_t>(graft.bus)) {}

    void run() {
        if (graft_.feeder == onto_) fail("it cannot be grafted onto itself");
        if (!inside(graft_.bus, region_.feeder.bus_offset, onto_))
            fail(fmt::format("bus '{}' is not one of feeder '{}'", region_.bus.id[bus_], region_.feeder.id[onto_]));
        source_ = static_cast<std::size_t>(region_.feeder.slack_bus[graft_.feeder]);
        if (graft_.transformer >= 0)
            check_transformer(static_cast<std::size_t>(graft_.transformer));
        else
            check_same_bus();
        check_sequence();
        check_replaced();
    }

private:
    [[noreturn]] void fail(const std::string& what) const {
        throw GraftFault(fmt::format("feeder '{}': {}", region_.feeder.id[graft_.feeder], what));
    }

    void check_same_bus() const {
        const double here = region_.bus.base_voltage[bus_], there = region_.bus.base_voltage[source_];
        if (std::abs(there / here - 1) > same_voltage)
            fail(
                fmt::format("its source has {:.1f} V from phase to neutral, bus '{}' has {:.1f} V; name the "
                            "transformer between them",
                            there, region_.bus.id[bus_], here));
        const auto missing = static_cast<std::uint8_t>(conductors_at_source() & ~region_.bus.phases[bus_]);
        if (missing != no_conductor)
            fail(fmt::format("it uses conductors {} of its source, and bus '{}' has {} alone", letters(missing),
                             region_.bus.id[bus_], letters(region_.bus.phases[bus_])));
    }

    /// What branches, customers and shunts at the source connect to.
    std::uint8_t conductors_at_source() const {
        std::uint8_t phases = no_conductor;
        const FeederColumns& feeder = region_.feeder;
        const BranchColumns& branch = region_.branch;
        for (auto k = static_cast<std::size_t>(feeder.branch_offset[graft_.feeder]);
             k < static_cast<std::size_t>(feeder.branch_offset[graft_.feeder + 1]); ++k) {
            const bool from = is_source(branch.from_bus[k]), to = is_source(branch.to_bus[k]);
            if (!from && !to) continue;
            if (branch.transformer[k] < 0) {
                phases |= branch.phases[k];
            } else {
                const auto type = static_cast<std::size_t>(branch.transformer[k]);
                phases |= conductors_of((from ? region_.transformer.from_coil : region_.transformer.to_coil)[type]);
            }
        }
        for (auto k = static_cast<std::size_t>(feeder.customer_offset[graft_.feeder]);
             k < static_cast<std::size_t>(feeder.customer_offset[graft_.feeder + 1]); ++k)
            if (is_source(region_.customer.bus[k])) phases |= region_.customer.phases[k];
        for (auto k = static_cast<std::size_t>(feeder.shunt_offset[graft_.feeder]);
             k < static_cast<std::size_t>(feeder.shunt_offset[graft_.feeder + 1]); ++k)
            if (is_source(region_.shunt.bus[k])) phases |= conductors_of_shunt(k);
        return phases;
    }
    bool is_source(std::int32_t bus) const { return static_cast<std::size_t>(bus) == source_; }

    std::uint8_t conductors_of_shunt(std::size_t shunt) const {
        std::uint8_t phases = no_conductor;
        for (std::size_t i = 0; i < conductor_count; ++i)
            for (std::size_t j = 0; j < conductor_count; ++j)
                if (region_.shunt.g[shunt][i][j] != 0 || region_.shunt.b[shunt][i][j] != 0)
                    phases |= static_cast<std::uint8_t>(1u << i);
        return phases;
    }

    void check_transformer(std::size_t type) const {
        const TransformerColumns& columns = region_.transformer;
        check_end(type, columns.from_coil[type], columns.from_voltage[type], bus_, "from");
        check_end(type, columns.to_coil[type], columns.to_voltage[type], source_, "to");
    }
    void check_end(std::size_t type, const TransformerColumns::Coils& coils, double rated, std::size_t bus,
                   const char* side) const {
        const std::string end = fmt::format("{} side of transformer '{}'", side, region_.transformer.id[type]);
        const double base = coil_base(coils, region_.bus.base_voltage[bus]);
        if (std::abs(rated / base - 1) > rated_voltage)
            fail(fmt::format("a coil of the {} is rated {:.1f} V, bus '{}' has {:.1f} V there", end, rated,
                             region_.bus.id[bus], base));
        const auto missing = static_cast<std::uint8_t>(conductors_of(coils) & ~region_.bus.phases[bus]);
        if (missing != no_conductor)
            fail(fmt::format("the {} needs conductors {}, and bus '{}' has {} alone", end, letters(missing),
                             region_.bus.id[bus], letters(region_.bus.phases[bus])));
    }

    /// Sources whose phases follow each other the other way round are no phases of one network.
    void check_sequence() const {
        for (const SeriesSet& series : region_.series)
            if (turns_forward(series, graft_.feeder) != turns_forward(series, onto_))
                fail(fmt::format("in series '{}' its phases follow each other against those of feeder '{}'",
                                 series.name, region_.feeder.id[onto_]));
    }
    bool turns_forward(const SeriesSet& series, std::size_t feeder) const {
        const double* angle = series.slack_angle.data() + 3 * feeder;
        return std::sin((angle[0] - angle[1]) * std::numbers::pi / 180) > 0;
    }

    void check_replaced() const {
        const auto [first, last] = region_.feeder.order_rows(onto_);
        for (const std::int64_t customer : graft_.replaced) {
            const std::string& id = region_.customer.id[static_cast<std::size_t>(customer)];
            if (region_.customer.bus[static_cast<std::size_t>(customer)] != graft_.bus)
                fail(fmt::format("customer '{}', which it replaces, is not at bus '{}'", id, region_.bus.id[bus_]));
            for (auto k = first; k < last; ++k)
                if (region_.order.customer[static_cast<std::size_t>(k)] == customer)
                    fail(fmt::format("customer '{}', which it replaces, has order '{}'", id,
                                     region_.order.id[static_cast<std::size_t>(k)]));
        }
    }

    const Region& region_;
    std::size_t onto_;
    const Graft& graft_;
    std::size_t bus_, source_ = 0;
};

}  // namespace

void check_grafts(const Region& region, std::size_t onto, std::span<const Graft> grafts) {
    std::vector<std::size_t> feeders;
    for (const Graft& graft : grafts) {
        Checks(region, onto, graft).run();
        feeders.push_back(graft.feeder);
    }
    std::sort(feeders.begin(), feeders.end());
    const auto twice = std::adjacent_find(feeders.begin(), feeders.end());
    if (twice != feeders.end())
        throw GraftFault(fmt::format("feeder '{}': it is grafted twice", region.feeder.id[*twice]));
}

}  // namespace headroom
