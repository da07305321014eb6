#include "io/import/feeder_names.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include "formulations/network/unique_names.hpp"
#include "formulations/network/utf8.hpp"

namespace headroom {
namespace {

using Words = std::vector<std::string>;

/// The path to the source, word by word, its own name last.
Words words_of(const std::filesystem::path& source) {
    Words words;
    for (const auto& part : source.parent_path()) words.push_back(part.string());
    words.push_back(source.filename().string());
    return words;
}

/// How many words all have in common, walking as `word(words, k)` does.
template <class Word> std::size_t common(const std::vector<Words>& all, std::size_t most, const Word& word) {
    std::size_t count = 0;
    const auto agree = [&](const Words& words) { return word(words, count) == word(all.front(), count); };
    while (count < most && std::ranges::all_of(all, agree)) ++count;
    return count;
}

/// What is left of each without the words that all begin and end with.
void strip_common(std::vector<Words>& all) {
    std::size_t shortest = all.front().size();
    for (const Words& words : all) shortest = std::min(shortest, words.size());
    const auto begin = common(all, shortest, [](const Words& words, std::size_t k) { return words[k]; });
    const auto end =
        common(all, shortest - begin, [](const Words& words, std::size_t k) { return words[words.size() - 1 - k]; });
    for (Words& words : all) {
        words.erase(words.end() - static_cast<std::ptrdiff_t>(end), words.end());
        words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(begin));
    }
}

std::string joined(const Words& words, const std::string& id) {
    std::string text;
    for (const std::string& word : words) text += word + '.';
    return is_utf8(text) ? text + id : id;
}

/// Identifiers wanted by feeders of one name, those of their folders where these differ.
std::vector<std::string> wanted_ids(const std::string& id, const std::vector<Words>& paths) {
    std::vector<Words> folders = paths, whole = paths;
    for (Words& words : folders) words.pop_back();
    const std::set<Words> different(folders.begin(), folders.end());
    std::vector<Words>& chosen = different.size() == folders.size() ? folders : whole;
    strip_common(chosen);
    std::vector<std::string> wanted;
    for (const Words& words : chosen) wanted.push_back(joined(words, id));
    return wanted;
}

}  // namespace

std::vector<std::string> unique_feeder_ids(const std::vector<NamedFeeder>& feeders) {
    std::map<std::string, std::vector<std::size_t>> rows;  // by name
    for (std::size_t k = 0; k < feeders.size(); ++k) rows[feeders[k].id].push_back(k);
    std::vector<std::string> ids(feeders.size());
    UniqueNames names;
    for (const auto& [id, those] : rows)
        if (those.size() == 1) ids[those.front()] = names.take(id);
    for (const auto& [id, those] : rows) {
        if (those.size() == 1) continue;
        std::vector<Words> paths;
        for (const std::size_t k : those) paths.push_back(words_of(feeders[k].source));
        const std::vector<std::string> wanted = wanted_ids(id, paths);
        for (std::size_t k = 0; k < those.size(); ++k) ids[those[k]] = names.take(wanted[k]);
    }
    return ids;
}

}  // namespace headroom
