#include "io/import/csv/csv_grafts.hpp"

#include <optional>
#include <string>
#include <unordered_map>

#include "io/import/csv/csv_file_reader.hpp"

namespace headroom {
namespace {

using csv::Rows;

/// Rows of a group inside one feeder by their identifier.
Rows rows_within(const std::vector<std::string>& ids, const std::vector<std::int64_t>& offset, std::size_t feeder) {
    Rows rows;
    for (auto k = offset[feeder]; k < offset[feeder + 1]; ++k)
        rows.try_emplace(ids[static_cast<std::size_t>(k)], static_cast<std::int32_t>(k));
    return rows;
}

class GraftReader {
public:
    GraftReader(const std::filesystem::path& file, const Region& region, std::size_t onto)
        : table_(file),
          region_(region),
          onto_(onto),
          feeders_(csv::rows_of(region.feeder.id)),
          buses_(rows_within(region.bus.id, region.feeder.bus_offset, onto)),
          customers_(rows_within(region.customer.id, region.feeder.customer_offset, onto)),
          transformers_(csv::rows_of(region.transformer.id)) {
        for (const std::string& name : table_.header())
            if (name != "feeder" && name != "bus" && name != "replaces" && name != "transformer"
                && name != "rating_power_kva")
                table_.fail("column '" + name + "' is not known");
    }

    std::vector<Graft> read() const {
        std::vector<Graft> grafts;
        for (std::size_t row = 0; row < table_.row_count(); ++row) {
            Graft graft{
                .feeder = static_cast<std::size_t>(find(row, "feeder", feeders_, "there is no such feeder")),
                .bus = find(row, "bus", buses_, "there is no such bus in feeder '" + region_.feeder.id[onto_] + "'"),
                .replaced = {}};
            find_replaced(row, graft);
            if (!optional_cell(row, "transformer").empty())
                graft.transformer = find(row, "transformer", transformers_, "there is no such transformer");
            if (!optional_cell(row, "rating_power_kva").empty()) graft.rating_power = rating(row);
            grafts.push_back(std::move(graft));
        }
        if (grafts.empty()) table_.fail("it names no feeder");
        return grafts;
    }

private:
    std::size_t need(const std::string& column) const {
        const auto found = table_.column(column);
        if (!found) table_.fail("column '" + column + "' is needed");
        return *found;
    }
    std::string_view optional_cell(std::size_t row, std::string_view column) const {
        const auto found = table_.column(column);
        return found ? table_.cell(row, *found) : std::string_view{};
    }
    std::int32_t find(std::size_t row, const std::string& column, const Rows& rows,
                      const std::string& otherwise) const {
        const std::size_t place = need(column);
        const auto found = rows.find(std::string(table_.cell(row, place)));
        if (found == rows.end()) table_.fail(row, place, otherwise);
        return found->second;
    }
    void find_replaced(std::size_t row, Graft& graft) const {
        if (table_.column("replaces")) {
            if (!optional_cell(row, "replaces").empty())
                graft.replaced.push_back(find(row, "replaces", customers_, "there is no such customer"));
            return;
        }
        const FeederColumns& feeder = region_.feeder;
        for (auto k = feeder.customer_offset[onto_]; k < feeder.customer_offset[onto_ + 1]; ++k)
            if (region_.customer.bus[static_cast<std::size_t>(k)] == graft.bus) graft.replaced.push_back(k);
    }
    double rating(std::size_t row) const {
        const std::size_t column = need("rating_power_kva");
        const auto value = csv::parse_number(table_.cell(row, column), 3);
        if (!value || !(*value > 0)) table_.fail(row, column, "a number above 0 is needed");
        if (optional_cell(row, "transformer").empty())
            table_.fail(row, column, "it rates a transformer, none is named");
        return *value;
    }

    csv::Table table_;
    const Region& region_;
    std::size_t onto_;
    Rows feeders_, buses_, customers_, transformers_;
};

}  // namespace

std::vector<Graft> read_grafts_csv(const std::filesystem::path& file, const Region& region, std::size_t onto) {
    return GraftReader(file, region, onto).read();
}

}  // namespace headroom
