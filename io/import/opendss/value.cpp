#include "io/import/opendss/value.hpp"

#include <charconv>
#include <cmath>
#include <numbers>
#include <optional>

#include <fmt/format.h>

namespace headroom::opendss {
namespace {

std::optional<double> plain_number(std::string_view text) {
    text = trim(text);
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    double result = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(result)) return std::nullopt;
    return result;
}

/// The stack of an RPN calculator. OpenDSS's own is a ring of ten registers; running it dry is an error here.
class Calculator {
public:
    explicit Calculator(const Location& where) : where_(where) {}

    void apply(std::string_view op) {
        if (const auto number = plain_number(op)) return push(*number);
        if (op == "pi") return push(std::numbers::pi);
        if (!unary(op) && !binary(op) && !reorder(op)) fail(where_, fmt::format("'{}' is no number", op));
    }

    double result() {
        if (stack_.size() != 1 || !std::isfinite(stack_.back()))
            fail(where_, "the arithmetic has no single finite result");
        return stack_.back();
    }

private:
    static constexpr double degree = std::numbers::pi / 180.0;

    void push(double value) {
        if (stack_.size() >= 100) fail(where_, "the arithmetic is too deep");
        stack_.push_back(value);
    }

    double pop() {
        if (stack_.empty()) fail(where_, "the arithmetic lacks a number");
        const double value = stack_.back();
        stack_.pop_back();
        return value;
    }

    bool unary(std::string_view op) {
        double (*f)(double) = nullptr;
        if (op == "sqrt")
            f = [](double x) { return std::sqrt(x); };
        else if (op == "sqr")
            f = [](double x) { return x * x; };
        else if (op == "inv")
            f = [](double x) { return 1.0 / x; };
        else if (op == "ln")
            f = [](double x) { return std::log(x); };
        else if (op == "exp")
            f = [](double x) { return std::exp(x); };
        else if (op == "log10")
            f = [](double x) { return std::log10(x); };
        else if (op == "sin")
            f = [](double x) { return std::sin(x * degree); };
        else if (op == "cos")
            f = [](double x) { return std::cos(x * degree); };
        else if (op == "tan")
            f = [](double x) { return std::tan(x * degree); };
        else if (op == "asin")
            f = [](double x) { return std::asin(x) / degree; };
        else if (op == "acos")
            f = [](double x) { return std::acos(x) / degree; };
        else if (op == "atan")
            f = [](double x) { return std::atan(x) / degree; };
        else
            return false;
        push(f(pop()));
        return true;
    }

    bool binary(std::string_view op) {
        double (*f)(double, double) = nullptr;
        if (op == "+")
            f = [](double y, double x) { return y + x; };
        else if (op == "-")
            f = [](double y, double x) { return y - x; };
        else if (op == "*")
            f = [](double y, double x) { return y * x; };
        else if (op == "/")
            f = [](double y, double x) { return y / x; };
        else if (op == "^")
            f = [](double y, double x) { return std::pow(y, x); };
        else if (op == "atan2")
            f = [](double y, double x) { return std::atan2(y, x) / degree; };
        else
            return false;
        const double x = pop();
        push(f(pop(), x));
        return true;
    }

    bool reorder(std::string_view op) {
        if (op == "swap") {
            const double x = pop(), y = pop();
            push(x);
            push(y);
            return true;
        }
        if (op != "rollup" && op != "rolldn") return false;
        if (stack_.empty()) fail(where_, "the arithmetic lacks a number");
        const auto middle = op == "rollup" ? stack_.end() - 1 : stack_.begin() + 1;
        std::rotate(stack_.begin(), middle, stack_.end());
        return true;
    }

    const Location& where_;
    std::vector<double> stack_;
};

}  // namespace

double evaluate_rpn(std::string_view text, const Location& where) {
    Calculator calculator(where);
    for (const Parameter& token : split_list(text, where)) calculator.apply(lower_case(token.value));
    return calculator.result();
}

double Value::number() const {
    if (const auto result = plain_number(text)) return *result;
    if (quoted && text.find_first_of(" \t,") != std::string::npos) return evaluate_rpn(text, where);
    fail(where, fmt::format("{}={:.40}: a finite number is needed", property, text));
}

int Value::integer(int least, int most) const {
    const double value = number();
    if (value != std::round(value) || value < least || value > most)
        fail(where, fmt::format("{}={:.40}: a whole number from {} to {} is needed", property, text, least, most));
    return static_cast<int>(value);
}

bool Value::boolean() const {
    // OpenDSS looks at the first letter alone.
    const std::string word = name();
    const char first = word.empty() ? '\0' : word.front();
    if (first == 'y' || first == 't') return true;
    if (first == 'n' || first == 'f') return false;
    fail(where, fmt::format("{}={:.40}: yes or no is needed", property, text));
}

std::string Value::name() const { return lower_case(trim(text)); }

std::vector<Value> Value::items() const {
    std::vector<Value> result;
    for (Parameter& item : split_list(text, where))
        result.push_back({std::move(item.value), item.quoted, where, property});
    return result;
}

std::vector<double> Value::numbers() const {
    // "(8 1000 /)" for a list of one is arithmetic, not three numbers; a list of numbers never holds an operator.
    std::vector<double> result;
    for (const Value& item : items()) {
        const auto number = item.quoted ? std::optional<double>(item.number()) : plain_number(item.text);
        if (!number) return {evaluate_rpn(text, where)};
        result.push_back(*number);
    }
    return result;
}

Eigen::MatrixXd Value::symmetric_matrix(int order, bool& incomplete) const {
    Eigen::MatrixXd result = Eigen::MatrixXd::Zero(order, order);
    std::string_view rest = text;
    for (int row = 0; row < order; ++row) {
        const std::size_t bar = rest.find('|');
        const auto elements = Value{std::string(rest.substr(0, bar)), true, where, property}.numbers();
        if (static_cast<int>(elements.size()) > order)
            fail(where, fmt::format("{}: row {} has more than {} elements", property, row + 1, order));
        incomplete = incomplete || static_cast<int>(elements.size()) <= row;
        for (int column = 0; column < static_cast<int>(elements.size()); ++column)
            result(row, column) = result(column, row) = elements[column];
        rest = bar == std::string_view::npos ? std::string_view{} : rest.substr(bar + 1);
    }
    if (!trim(rest).empty()) fail(where, fmt::format("{}: more than {} rows", property, order));
    return result;
}

BusRef bus_ref(const Value& value, int phases, int conductors) {
    BusRef result;
    const std::string text = value.name();
    const std::size_t dot = text.find('.');
    result.bus = text.substr(0, dot);
    if (result.bus.empty()) fail(value.where, fmt::format("{}: a bus name is needed", value.property));
    for (int k = 0; k < conductors; ++k) result.nodes.push_back(k < phases ? k + 1 : 0);
    std::size_t begin = dot, k = 0;
    while (begin != std::string::npos) {
        const std::size_t end = text.find('.', begin + 1);
        const Value node{text.substr(begin + 1, end == std::string::npos ? end : end - begin - 1), false, value.where,
                         value.property};
        const int number = node.integer(0, 1000);
        if (k < result.nodes.size()) result.nodes[k] = number;
        ++k;
        begin = end;
    }
    return result;
}

}  // namespace headroom::opendss
