#pragma once

#include <vector>

#include "formulations/envelope/question.hpp"
#include "formulations/flow/security_rows.hpp"
#include "solver/packing/filling.hpp"

namespace headroom::bench {

/// All steps of one feeder and series as packing problems, without the code that allocate() builds them with.
///
/// Both directions, the forecast contained, reference 1 kW. A step whose base case or forecast does not fit is no
/// packing problem; it is left out and counted.
class FillingProblem {
public:
    FillingProblem(const Region& region, const SeriesSet& series);

    /// One lane pack: room, start, cap, reference and live of eight steps.
    struct Pack {
        LaneArray room, start, cap, reference, live;
        std::size_t first, count;  ///< problems [first, first + count)
    };

    std::size_t size() const { return step_.size(); }   ///< problems
    std::size_t left_out() const { return left_out_; }  ///< steps that are none
    const PackingRows& rows() const { return security_.rows(); }
    const SecurityRows& security() const { return security_; }
    const std::vector<std::size_t>& steps() const { return step_; }  ///< [#problem] step of the series
    const std::vector<Pack>& packs() const { return packs_; }
    const Pack& sample() const { return sample_; }  ///< eight problems spread over all
    std::span<const double> room(std::size_t problem) const { return slice(room_, problem); }    ///< [#row]
    std::span<const double> start(std::size_t problem) const { return slice(start_, problem); }  ///< [#limit] kW
    std::span<const double> cap() const { return cap_; }                                         ///< [#limit] kW
    std::span<const double> reference() const { return reference_; }                             ///< [#limit] kW

    /// Fills the arrays that SecurityRows::room needs for steps [first_step, first_step + 8).
    void load_base(std::size_t first_step, SecurityRows::Workspace& work) const;

private:
    std::span<const double> slice(const std::vector<double>& all, std::size_t problem) const {
        const std::size_t width = all.size() / size();
        return std::span(all).subspan(problem * width, width);
    }
    std::vector<double> start_of(std::size_t step) const;
    void keep_problem(std::size_t step, std::span<const double> room);
    void make_packs();
    Pack make_pack(const std::array<std::size_t, lane_count>& problems, std::size_t first, std::size_t count) const;

    const Region& region_;
    const SeriesSet& series_;
    SecurityRows security_;
    std::vector<std::size_t> step_;
    std::size_t left_out_ = 0;
    std::vector<double> room_, start_, cap_, reference_;
    std::vector<Pack> packs_;
    Pack sample_;
};

/// Answers of one problem after the other: [#problem x #limit], kW.
using Answers = std::vector<double>;

/// By plain_filling, the judge.
Answers plain_answers(const FillingProblem& problem);

/// Learns the first rows and fills every pack, as an allocation does; the lanes' limits stay in their pack's layout.
struct LaneAnswers {
    explicit LaneAnswers(const FillingProblem& problem);
    void fill_all(const FillingProblem& problem);
    Answers unpacked(const FillingProblem& problem) const;

    std::vector<LaneArray> limit;  ///< [#pack]
    std::vector<int> rounds;       ///< [#pack x lane]
private:
    std::vector<int> stop_;
    LaneArray level_;
    FillingPlan plan_;
    FillingWorkspace work_;
    LaneArray sample_limit_;
    std::vector<int> sample_rounds_;
};

}  // namespace headroom::bench
