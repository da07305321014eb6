#include "io/cli/import_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "io/report/counted.hpp"

namespace headroom::cli {

namespace {

constexpr std::size_t lines_of_a_kind = 20;

/// One thing that reports of several sources tell.
struct Sum {
    std::string what;
    std::int64_t count = 0, sources = 0;
    std::string first;  ///< the source that told it first, and where in it
};

/// Adds up what reports tell, in the order of its first telling.
class Sums {
public:
    void add(const std::string& what, std::int64_t count, const std::string& source, const std::string& example) {
        const auto [entry, is_new] = rows_.try_emplace(what, sums_.size());
        if (is_new) sums_.push_back({what, 0, 0, example.empty() ? source : source + ", " + example});
        sums_[entry->second].count += count;
        ++sums_[entry->second].sources;
    }

    std::string text(std::string_view kind, bool counted) const {
        std::string out;
        for (std::size_t k = 0; k < std::min(sums_.size(), lines_of_a_kind); ++k) {
            const Sum& sum = sums_[k];
            const std::string times = counted ? fmt::format("{} x ", sum.count) : "";
            const std::string where = sum.sources > 1 ? fmt::format("{} sources, first ", sum.sources) : "";
            out += fmt::format("{}: {}{} ({}{})\n", kind, times, sum.what, where, sum.first);
        }
        if (sums_.size() > lines_of_a_kind)
            out += fmt::format("{}: and {} more; an import of a source alone tells all of its own\n", kind,
                               sums_.size() - lines_of_a_kind);
        return out;
    }

private:
    std::vector<Sum> sums_;
    std::unordered_map<std::string, std::size_t> rows_;
};

std::string feeders_text(const std::vector<std::string>& ids) {
    if (ids.size() == 1) return fmt::format("feeder '{}'", ids.front());
    return fmt::format("{} feeders", ids.size());
}

std::string source_line(const SourceOutcome& outcome) {
    return fmt::format("{}: {}, {}, {}, {}; notes: {}, kinds skipped: {}\n", outcome.source,
                       feeders_text(outcome.feeders), counted(outcome.buses, "bus"),
                       counted(outcome.branches, "branch"), counted(outcome.customers, "customer"),
                       outcome.report.notes().size(), outcome.report.skipped().size());
}

}  // namespace

std::string import_text(const std::vector<SourceOutcome>& outcomes) {
    if (outcomes.size() == 1) return outcomes.front().report.text();
    std::string out;
    Sums notes, skipped, understood;
    for (const SourceOutcome& outcome : outcomes) {
        if (!outcome.fault.empty()) continue;
        out += source_line(outcome);
        for (const std::string& text : outcome.report.notes()) notes.add(text, 1, outcome.source, "");
        for (const ImportCount& c : outcome.report.skipped()) skipped.add(c.what, c.count, outcome.source, c.example);
        for (const ImportCount& c : outcome.report.understood())
            understood.add(c.what, c.count, outcome.source, c.example);
    }
    return out + notes.text("note", false) + skipped.text("skipped", true) + understood.text("understood", true);
}

std::string left_out_text(const std::vector<SourceOutcome>& outcomes) {
    std::string out;
    for (const SourceOutcome& outcome : outcomes)
        if (!outcome.fault.empty()) out += fmt::format("left out: {}: {}\n", outcome.source, outcome.fault);
    return out;
}

}  // namespace headroom::cli
