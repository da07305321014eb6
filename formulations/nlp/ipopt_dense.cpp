#include "formulations/nlp/ipopt_dense.hpp"

#include <algorithm>
#include <IpIpoptApplication.hpp>
#include <IpTNLP.hpp>

#include "formulations/nlp/dmumps_lock.hpp"
#include "formulations/nlp/ipopt_values.hpp"

namespace headroom {
namespace {

using Ipopt::Index;
using Ipopt::Number;

constexpr int iteration_limit = 500;

/// DenseProgram in Ipopt's words.
class Program : public Ipopt::TNLP {
public:
    explicit Program(DenseProgram& program) : program_(program) {}

    bool get_nlp_info(Index& n, Index& m, Index& jacobian, Index& hessian, IndexStyleEnum& style) override {
        n = program_.variable_count();
        m = program_.row_count();
        jacobian = n * m;
        hessian = n * (n + 1) / 2;
        style = C_STYLE;
        return true;
    }

    bool get_bounds_info(Index, Number* lower, Number* upper, Index m, Number* row_lower, Number* row_upper) override {
        std::ranges::copy(program_.lower(), lower);
        std::ranges::copy(program_.upper(), upper);
        std::fill_n(row_lower, m, -ipopt_infinity);
        std::fill_n(row_upper, m, 0.0);
        return true;
    }

    bool get_starting_point(Index, bool, Number* x, bool, Number*, Number*, Index, bool, Number*) override {
        std::ranges::copy(program_.start(), x);
        return true;
    }

    bool eval_f(Index n, const Number* x, bool, Number& value) override {
        return program_.objective(view(x, n), value);
    }

    bool eval_grad_f(Index n, const Number* x, bool, Number* slope) override {
        return program_.gradient(view(x, n), view(slope, n));
    }

    bool eval_g(Index n, const Number* x, bool, Index m, Number* value) override {
        return program_.rows(view(x, n), view(value, m));
    }

    bool eval_jac_g(Index n, const Number* x, bool, Index m, Index count, Index* row, Index* column,
                    Number* value) override {
        if (value != nullptr) return program_.jacobian(view(x, n), view(value, count));
        for (Index k = 0; k < n * m; ++k) row[k] = k / n, column[k] = k % n;
        return true;
    }

    bool eval_h(Index n, const Number* x, bool, Number factor, Index m, const Number* multiplier, bool, Index count,
                Index* row, Index* column, Number* value) override {
        if (value != nullptr) return program_.hessian(view(x, n), factor, view(multiplier, m), view(value, count));
        for (Index i = 0, k = 0; i < n; ++i)
            for (Index j = 0; j <= i; ++j, ++k) row[k] = i, column[k] = j;
        return true;
    }

    bool intermediate_callback(Ipopt::AlgorithmMode, Index iteration, Number, Number, Number, Number, Number, Number,
                               Number, Number, Index, const Ipopt::IpoptData*,
                               Ipopt::IpoptCalculatedQuantities*) override {
        answer.iterations = iteration;
        return true;
    }

    void finalize_solution(Ipopt::SolverReturn, Index n, const Number* x, const Number*, const Number*, Index m,
                           const Number*, const Number* multiplier, Number, const Ipopt::IpoptData*,
                           Ipopt::IpoptCalculatedQuantities*) override {
        answer.x.assign(x, x + n);
        answer.multiplier.assign(multiplier, multiplier + m);
    }

    DenseAnswer answer;

private:
    DenseProgram& program_;
};

/// Bounds and rows are kept to the letter, and "acceptable" is no answer.
void set_options(Ipopt::OptionsList& options, double tolerance) {
    options.SetStringValue("sb", "yes");
    options.SetIntegerValue("print_level", 0);
    options.SetStringValue("linear_solver", "mumps");
    options.SetNumericValue("tol", tolerance);
    options.SetNumericValue("constr_viol_tol", tolerance);
    options.SetNumericValue("compl_inf_tol", tolerance);
    options.SetNumericValue("dual_inf_tol", tolerance);
    options.SetIntegerValue("acceptable_iter", 0);
    options.SetNumericValue("bound_relax_factor", 0);
    options.SetIntegerValue("max_iter", iteration_limit);
}

std::string_view reason(Ipopt::ApplicationReturnStatus status) {
    switch (status) {
        case Ipopt::Solve_Succeeded: return "";
        case Ipopt::Maximum_Iterations_Exceeded: return "iteration limit";
        case Ipopt::Infeasible_Problem_Detected: return "locally infeasible";
        case Ipopt::Restoration_Failed: return "restoration failed";
        case Ipopt::Search_Direction_Becomes_Too_Small: return "steps too small";
        case Ipopt::Invalid_Number_Detected: return "no value at a point";
        default: return "other";
    }
}

}  // namespace

DenseAnswer solve_with_ipopt(DenseProgram& program, double tolerance) {
    const Ipopt::SmartPtr<Program> ipopt_program = new Program(program);
    const Ipopt::SmartPtr<Ipopt::IpoptApplication> ipopt = new Ipopt::IpoptApplication(false);
    set_options(*ipopt->Options(), tolerance);
    ipopt->Initialize("");
    const auto lock = lock_unless_mumps_is_locked();
    const Ipopt::ApplicationReturnStatus status = ipopt->OptimizeTNLP(ipopt_program);
    DenseAnswer answer = ipopt_program->answer;
    if (answer.x.empty()) answer.x.assign(program.start().begin(), program.start().end());
    answer.converged = status == Ipopt::Solve_Succeeded;
    answer.reason = reason(status);
    return answer;
}

}  // namespace headroom
