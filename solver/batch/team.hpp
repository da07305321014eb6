#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace headroom {

/// Processes that share the items of a piece of work. Every member calls begin(), worst() and share() in the same
/// order; take() is for each to call as it likes, from the thread that made the team.
class Team {
public:
    Team() = default;
    Team(const Team&) = delete;
    Team& operator=(const Team&) = delete;
    virtual ~Team() = default;

    virtual int rank() const = 0;
    virtual int size() const = 0;

    /// Lays out items 0 to count - 1, which all members count alike.
    virtual void begin(std::size_t count) = 0;
    /// The first item that no member has taken; nothing: all are taken.
    virtual std::optional<std::size_t> take() = 0;
    /// Waits for all members.
    /// @return the largest of their values
    virtual int worst(int value) = 0;
    /// Gives all members the bytes of the first one.
    virtual void share(std::vector<char>& bytes) = 0;
};

/// A team of one, which needs nobody.
class SingleTeam final : public Team {
public:
    int rank() const override { return 0; }
    int size() const override { return 1; }
    void begin(std::size_t count) override {
        count_ = count;
        taken_ = 0;
    }
    std::optional<std::size_t> take() override {
        if (taken_ == count_) return {};
        return taken_++;
    }
    int worst(int value) override { return value; }
    void share(std::vector<char>&) override {}

private:
    std::size_t count_ = 0, taken_ = 0;
};

}  // namespace headroom
