#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/result/result_page.hpp"
#include "io/result/result_reader.hpp"

namespace headroom {

/// Stands for policy and reference of a result whose feeders have their own.
inline constexpr std::string_view per_feeder = "per-feeder";

/// What was asked of each feeder where RunInfo says `per_feeder`, in its words.
struct FeederQuestions {
    std::vector<std::string> policy, reference;  ///< [#feeder]; empty: what RunInfo says, of all

    bool empty() const { return policy.empty(); }
    FeederQuestions part(std::size_t first_feeder, std::size_t count) const;
    void append(const FeederQuestions& more);
    /// 16 digits that tell one choice for the feeders of a case from another (digest.hpp): XXH64 over id, policy and
    /// reference of every feeder, each ended by a zero byte.
    std::string digest(const std::vector<std::string>& feeder_id) const;

    bool operator==(const FeederQuestions&) const = default;
};

/// Columns of /feeder; none where there is nothing to say.    @pre the axis result_axis::feeders exists
void write_feeder_questions(const ResultPage& page, const FeederQuestions& asked);

/// @throws InputError  where they are missing
FeederQuestions read_feeder_questions(const ResultReader& page, std::uint64_t feeders);

}  // namespace headroom
