#include "io/result/feeder_questions.hpp"

#include "io/digest.hpp"

namespace headroom {
namespace {

std::vector<std::string> cut(const std::vector<std::string>& words, std::size_t first, std::size_t count) {
    if (words.empty()) return {};
    const auto begin = words.begin() + static_cast<std::ptrdiff_t>(first);
    return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

}  // namespace

FeederQuestions FeederQuestions::part(std::size_t first_feeder, std::size_t count) const {
    return {.policy = cut(policy, first_feeder, count), .reference = cut(reference, first_feeder, count)};
}

void FeederQuestions::append(const FeederQuestions& more) {
    policy.insert(policy.end(), more.policy.begin(), more.policy.end());
    reference.insert(reference.end(), more.reference.begin(), more.reference.end());
}

std::string FeederQuestions::digest(const std::vector<std::string>& feeder_id) const {
    Digest digest;
    for (std::size_t feeder = 0; feeder < policy.size(); ++feeder)
        for (const std::string* word : {&feeder_id[feeder], &policy[feeder], &reference[feeder]})
            digest.update(word->c_str(), word->size() + 1);
    return digest_text(digest.value());
}

void write_feeder_questions(const ResultPage& page, const FeederQuestions& asked) {
    if (asked.empty()) return;
    page.text("/feeder/policy", result_axis::feeders, "how the room of the feeder is shared", asked.policy);
    page.text("/feeder/reference", result_axis::feeders,
              "unit in which the limits of the feeder are compared; none: its policy has no use for one",
              asked.reference);
}

FeederQuestions read_feeder_questions(const ResultReader& page, std::uint64_t feeders) {
    return {.policy = page.text("/feeder/policy", feeders, result_schema::id_bytes_max),
            .reference = page.text("/feeder/reference", feeders, result_schema::id_bytes_max)};
}

}  // namespace headroom
