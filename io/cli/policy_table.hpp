#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "formulations/envelope/question.hpp"
#include "io/cli/allocate_options.hpp"
#include "io/result/feeder_questions.hpp"

namespace headroom::cli {

/// How each feeder shares its room, where --policies gives some of them a way of their own.
struct PolicyTable {
    std::vector<Sharing> sharing;  ///< [#feeder]; empty: as the question says
    FeederQuestions asked;         ///< the same in words
    std::string digest;            ///< of these words, for all feeders of the case; "": no table

    /// The same of some of the feeders.
    PolicyTable part(std::size_t first_feeder, std::size_t count) const;
};

/// Reads the table that the options name, if they do: columns feeder, policy and reference with the words of --policy
/// and --reference; later rows count for more; feeders that no row means share their room as the question says.
/// @param feeder_id  [#feeder] of the whole case
/// @throws InputError  with file, line and column: a feeder or a word that is none, a column that is none or missing
/// @throws UsageError  for a solver that none of the policies needs
PolicyTable read_policies(const AllocateOptions& options, const std::vector<std::string>& feeder_id);

}  // namespace headroom::cli
