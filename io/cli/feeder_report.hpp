#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "io/result/clearing_file.hpp"
#include "io/result/congestion_file.hpp"
#include "io/result/envelope_file.hpp"
#include "io/result/replay_file.hpp"

namespace headroom::cli {

/// Limits of one kind of a feeder's customers, over all steps.
struct LimitFigures {
    std::int64_t count = 0, at_cap = 0;
    double lowest = 0, sum = 0;  ///< W, V A
};

/// Kinds of results that a report is made of.
enum ReportedKind : std::size_t { envelopes, market, replayed, risk, reported_kind_count };

/// What results say of one feeder.
struct FeederLine {
    std::string id, fault;
    std::array<bool, reported_kind_count> told{};  ///< by kind: a result has it
    std::int64_t customers = 0, active = 0;

    std::string policy, reference;  ///< where the feeders of a result share their room each in its own way
    std::int64_t solved = 0;        ///< steps with limits as they were asked for
    std::array<LimitFigures, limit_members.size()> limits{};
    std::string bound_by;          ///< the row that stops most limits
    std::int64_t bound_count = 0;  ///< limits that it stops

    std::int64_t cleared = 0, orders = 0, trades = 0;  ///< steps; orders; trades
    double bought_kwh = 0, sold_kwh = 0, welfare = 0, operator_surplus = 0;

    std::int64_t clean = 0, violated = 0;                            ///< steps
    double worst_excess = -std::numeric_limits<double>::infinity();  ///< per unit
    std::string worst_limit;

    double hours_at_risk = 0, probability_highest = 0;
    std::string limit_at_risk;
};

/// A table with a line per feeder, from results of allocate, clear, replay and forecast-congestion over one case.
class FeederReport {
public:
    /// Each may be a part of a region, in any order.
    /// @throws InputError  where it is of another case or series than those before it
    void add(const EnvelopeFile& file, const std::string& path);
    void add(const ClearingFile& file, const std::string& path);
    void add(const ReplayFile& file, const std::string& path);
    void add(const CongestionFile& file, const std::string& path);

    const std::vector<FeederLine>& lines() const { return lines_; }
    /// Comma-separated, with a header row; columns of the results that were given.
    std::string csv() const;

private:
    std::vector<FeederLine*> begin(ReportedKind kind, const std::string& subject,
                                   const std::vector<std::string>& feeder_id,
                                   const std::vector<std::string>& feeder_fault, const std::string& path);

    std::string subject_;  ///< case and series of all
    std::array<bool, reported_kind_count> has_{};
    bool has_reactive_ = false, has_policies_ = false;
    std::map<std::string, std::size_t> place_;  ///< of a feeder in lines_
    std::vector<FeederLine> lines_;
};

}  // namespace headroom::cli
