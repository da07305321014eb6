#pragma once

#include <string>
#include <vector>

namespace headroom::cli {

enum class JobValueKind { text, number, truth };

/// One `key = value` of a job file.
struct JobEntry {
    std::string key;
    JobValueKind kind;
    std::string value;  ///< as a command line would have it; "true" or "false" for a truth
    int line;           ///< from 1
};

/// `[kind]`, or one of `[[kind]]`, with its entries in the order of the file.
struct JobTable {
    std::string kind;
    std::vector<JobEntry> entries;
    int line;
};

/// What a job file says, before anybody asks whether it can be meant.
struct JobFile {
    std::string path;
    std::vector<JobEntry> entries;  ///< above the tables
    std::vector<JobTable> tables;   ///< in the order of the file
};

/// Throws InputError where the file cannot be read or is no TOML, UsageError for values that no option takes (arrays,
/// dates, tables in tables); both name file and line.
JobFile read_job(const std::string& path);

/// The entry of that key, or nullptr.
const JobEntry* find_entry(const std::vector<JobEntry>& entries, const std::string& key);

}  // namespace headroom::cli
