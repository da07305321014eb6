#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace headroom {

/// Names of what a run over a region keeps in its folder (io/schema.md).
class RunFolder {
public:
    explicit RunFolder(std::filesystem::path path) : path_(std::move(path)) {}

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path plan() const { return path_ / "plan.json"; }
    std::filesystem::path index() const { return path_ / "index.h5"; }
    std::filesystem::path report() const { return path_ / "report.csv"; }
    std::filesystem::path lock() const { return path_ / "lock"; }
    std::filesystem::path part(std::size_t shard) const { return path_ / part_name(shard); }
    static std::string part_name(std::size_t shard);

    /// One file of each kind per process, so that none waits for another.
    std::filesystem::path journal(int writer) const { return own(writer, "journal", "jsonl"); }
    std::filesystem::path metrics(int writer) const { return own(writer, "metrics", "prom"); }
    std::filesystem::path log(int writer) const { return own(writer, "log", "jsonl"); }

    bool has_plan() const { return std::filesystem::exists(plan()); }
    /// Files of any process whose names begin so, sorted.
    std::vector<std::filesystem::path> files(const std::string& prefix) const;

private:
    std::filesystem::path own(int writer, const char* kind, const char* suffix) const;

    std::filesystem::path path_;
};

/// Whether an output is a folder of parts rather than one file: it is one already, or its name ends in '/'.
bool names_a_folder(const std::string& path);

/// Keeps a run's folder to those who may work in it at the same time: one run alone, or slices of one run together.
class RunLock {
public:
    /// @throws OutputError  where another run is at work, or the folder is closed
    RunLock(const RunFolder& folder, bool shared);
    RunLock(const RunLock&) = delete;
    RunLock& operator=(const RunLock&) = delete;
    ~RunLock();

private:
    int descriptor_;
};

}  // namespace headroom
