#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "io/case/case_outline.hpp"
#include "io/result/customer_table.hpp"
#include "io/result/feeder_questions.hpp"
#include "io/run/journal.hpp"
#include "io/run/run_plan.hpp"

namespace headroom {

namespace index_schema {

inline constexpr std::string_view name = "headroom-index";
inline constexpr std::int64_t version = 1;

}  // namespace index_schema

/// Where the results of a region stand: RUN/index.h5.
struct RunIndex {
    std::vector<std::int64_t> start, end;  ///< [#step] UTC seconds
    std::vector<std::string> part_name, part_digest;
    std::vector<std::string> part_chain_head;                          ///< [#part] of clearings; empty: no trades
    std::vector<std::int64_t> part_bytes;                              ///< [#part]
    std::vector<std::int64_t> part_first_feeder, part_first_customer;  ///< [#part] row of /feeder, /customer
    std::vector<std::string> feeder_id, feeder_fault;
    FeederQuestions asked;                  ///< of allocations whose feeders share their room each in its own way
    std::vector<std::int32_t> feeder_part;  ///< [#feeder] row of /part
    CustomerTable customer;                 ///< of all parts, feeders counted over the region; empty: not in parts
    std::vector<std::int8_t> status;        ///< [step x feeder], as in the parts

    std::string chain_head() const;  ///< of the chains of all parts (trade_chain.hpp)
};

/// Gathers it from the parts.    @throws InputError where one is damaged
RunIndex make_index(const RunFolder& folder, const RunPlan& plan, const CaseOutline& outline,
                    const std::map<std::size_t, ShardRecord>& done);

/// Complete or not at all; the same parts give the same bytes.
void write_index(const RunIndex& index, const RunPlan& plan, const std::filesystem::path& path);

}  // namespace headroom
