#include "io/import/import_sources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "formulations/network/merge_regions.hpp"
#include "formulations/network/validate.hpp"
#include "io/case/schema.hpp"
#include "io/errors.hpp"
#include "io/import/csv/csv_case.hpp"
#include "io/import/feeder_names.hpp"
#include "io/import/merge_obstacle.hpp"
#include "solver/batch/run_batch.hpp"

namespace headroom {
namespace {

constexpr std::size_t faults_told = 20;

class Import {
public:
    Import(const std::vector<Source>& sources, const SourceSettings& settings)
        : sources_(sources), settings_(settings), parts_(sources.size()), outcomes_(sources.size()) {}

    ImportedSources run() {
        run_batch(static_cast<int>(sources_.size()), settings_.threads, [this](int k, int) {
            read(static_cast<std::size_t>(k));
            if (settings_.finished) settings_.finished();
        });
        leave_out_what_does_not_fit();
        throw_if_refused();
        name_feeders();
        return {merged(), std::move(outcomes_)};
    }

private:
    void read(std::size_t k) {
        const Source& source = sources_[k];
        SourceOutcome& outcome = outcomes_[k];
        outcome.source = source.path.string();
        outcome.fault = source.fault;
        if (!outcome.fault.empty()) return;
        try {
            Imported imported = imported_from(source);
            const std::vector<Fault> faults = validate_structure(imported.region);
            if (!faults.empty()) throw InputError(summarise(faults), messages(faults));
            outcome.report = std::move(imported.report);
            parts_[k] = std::move(imported.region);
        } catch (const InputError& error) {
            outcome.fault = error.what();
        } catch (const std::filesystem::filesystem_error& error) {
            outcome.fault = error.what();
        }
    }

    Imported imported_from(const Source& source) const {
        switch (source.kind) {
            case SourceKind::csv: return import_csv(source.path);
            case SourceKind::power_grid_model: return import_power_grid_model(source.path, settings_.power_grid_model);
            case SourceKind::opendss: break;
        }
        return import_opendss(source.path, settings_.opendss);
    }

    void leave_out_what_does_not_fit() {
        std::optional<std::size_t> first, money;  // whose time axes and whose currency hold
        for (std::size_t k = 0; k < parts_.size(); ++k) {
            if (!parts_[k]) continue;
            if (!first) first = k;
            leave_out(k, *first, merge_obstacle(*parts_[*first], *parts_[k]));
            if (!parts_[k] || !has_money(*parts_[k])) continue;
            if (!money) money = k;
            const std::string &currency = parts_[k]->currency, &other = parts_[*money]->currency;
            if (currency != other) leave_out(k, *money, fmt::format("it counts in {}, not in {}", currency, other));
        }
        if (money) currency_ = parts_[*money]->currency;
    }

    void leave_out(std::size_t k, std::size_t other, const std::string& obstacle) {
        if (obstacle.empty()) return;
        outcomes_[k].fault = fmt::format("cannot stand in one region with {}: {}", outcomes_[other].source, obstacle);
        parts_[k].reset();
    }

    void throw_if_refused() const {
        const auto read = std::ranges::count_if(parts_, [](const auto& part) { return part.has_value(); });
        const bool all_read = static_cast<std::size_t>(read) == parts_.size();
        if (all_read || (read > 0 && !settings_.strict)) return;
        std::vector<std::string> faults;
        for (const SourceOutcome& outcome : outcomes_)
            if (!outcome.fault.empty()) faults.push_back(outcome.source + ": " + outcome.fault);
        if (outcomes_.size() == 1) throw InputError(faults.front());
        std::string text = fmt::format("{} of {} sources cannot be read", faults.size(), outcomes_.size());
        for (std::size_t k = 0; k < std::min(faults.size(), faults_told); ++k) text += "\n  " + faults[k];
        if (faults.size() > faults_told) text += fmt::format("\n  and {} more", faults.size() - faults_told);
        throw InputError(text, faults);
    }

    void name_feeders() {
        std::vector<NamedFeeder> feeders;
        for (std::size_t k = 0; k < parts_.size(); ++k)
            if (parts_[k])
                for (const std::string& id : parts_[k]->feeder.id) feeders.push_back({id, sources_[k].place});
        const std::vector<std::string> ids = unique_feeder_ids(feeders);
        std::size_t next = 0;
        for (std::size_t k = 0; k < parts_.size(); ++k) {
            if (!parts_[k]) continue;
            for (std::string& id : parts_[k]->feeder.id) id = ids[next++];
            outcomes_[k].feeders = parts_[k]->feeder.id;
            outcomes_[k].buses = parts_[k]->bus_count();
            outcomes_[k].branches = parts_[k]->branch_count();
            outcomes_[k].customers = parts_[k]->customer_count();
        }
    }

    Region merged() {
        std::vector<Region> parts;
        for (std::optional<Region>& part : parts_)
            if (part) parts.push_back(*std::exchange(part, std::nullopt));
        require_room(parts);
        Region region = merge_regions(std::move(parts));
        if (currency_) region.currency = *currency_;
        return region;
    }

    /// Tables beyond the limits of a case file, whose rows would not be counted by int32 either.
    static void require_room(const std::vector<Region>& parts) {
        std::uint64_t rows = 0, feeders = 0;
        for (const Region& part : parts) {
            feeders += part.feeder_count();
            rows += std::max({part.bus_count(), part.branch_count(), part.shunt.id.size(), part.customer_count(),
                              part.order_count(), part.line_code.id.size(), part.transformer.id.size()});
        }
        if (rows > case_schema::table_rows_max || feeders > case_schema::feeders_max)
            throw InputError(
                fmt::format("{} feeders with up to {} rows of a table are too many for one case file ({}, "
                            "{}): import them into several",
                            feeders, rows, case_schema::feeders_max, case_schema::table_rows_max));
    }

    const std::vector<Source>& sources_;
    const SourceSettings& settings_;
    std::vector<std::optional<Region>> parts_;  ///< [#source] nothing where it is left out
    std::vector<SourceOutcome> outcomes_;
    std::optional<std::string> currency_;  ///< of orders and prices, if there are any
};

}  // namespace

ImportedSources import_sources(const std::vector<Source>& sources, const SourceSettings& settings) {
    return Import(sources, settings).run();
}

}  // namespace headroom
