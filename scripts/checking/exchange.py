"""The market of one feeder in a clearing: positions, their bounds, rows, and what trades make of them (market.md)."""
from collections import namedtuple
from types import SimpleNamespace as Record

import numpy as np

from .feeder import KINDS, Feeder
from .files import at_step
from .frame import owners
from .linear import LinearStep
from .linearised import ROUNDING_KW, LinearisedStep
from .orders import BUY, NOTHING_KW, SELL, SUMS_KW, Fills, Orders, raises
from .question import PER_FEEDER, question_of
from .secure import AcStep
from .step import FIT_KW, INSECURE, INVALID, ISLANDED, SHRUNK, STATUS, UNCERTIFIED

CLEARED, CLOSED, FAULTY, UNPROVEN, UNSAFE, COMMON_SHARE = range(6)  # /market/status
WORTH = "cleared closed invalid_input uncertified insecure ac_shrunk".split()
SECURE_KW, MONEY = 2e-7, 1e-9  # excess over a row; money against sums of trades, of 1 + turnover
AC_EXCESS, AC_DIFFER = 1.1e-6, 1e-5  # per unit: what a limit may be passed by; what two searches may differ by
Asked = namedtuple("Asked", "set_points auction network balance pay_as_bid two_price rescan gap secure question")
Trade = namedtuple("Trade", "time step limit buy sell kw buy_price sell_price")
FLAGS, VALUED = "--balance --pay-as-bid --two-price".split(), "--gap --network --node-max --rescan --secure".split()


def asked_of(about):
    """What a clearing was asked for, from its attributes."""
    words, given = about["options"].split(), {}
    while words:
        word = words.pop(0)
        if word not in (*FLAGS, *VALUED):
            raise ValueError(f"unknown option of a clearing: {word}")
        given[word] = words.pop(0) if word in VALUED else "on"
    set_points = about["market"] == "set-point-exchange"
    asked = {**about, "options": about["envelope_options"]}
    if asked["policy"] == PER_FEEDER:  # who has which decides nothing once there are limits
        asked |= {"policy": "max-min", "reference": "absolute:1"}
    if set_points:
        asked |= {"policy": "max-min", "direction": "both", "reference": "absolute:1",
                  "options": about["envelope_options"] + " --basis added"}
    if about["market"] not in ("limit-exchange", "set-point-exchange") or about["mechanism"] not in (
            "continuous", "auction"):
        raise ValueError(f"unknown market: {about['market']}, {about['mechanism']}")
    question = question_of(asked)
    if set_points and (question.error_share or question.error_kw or question.error_rho):
        raise ValueError("a set-point exchange knows no errors")
    return Asked(set_points, about["mechanism"] == "auction", given.get("--network") != "off", "--balance" in given,
                 "--pay-as-bid" in given, "--two-price" in given, given.get("--rescan") != "off",
                 float(given.get("--gap", 0)), given.get("--secure") == "ac", question)


class Exchange:
    """One feeder: everything but its trades from the case, and from the limits before the market."""

    def __init__(self, case, clearing, series, model, asked):
        self.case, self.clearing, self.series, self.model, self.asked = case, clearing, series, model, asked
        order, f = clearing.order, model.feeder
        first, end = np.searchsorted(owners(case)[order.customer], [f, f + 1])
        self.feeder, self.orders = f, Orders(order, int(first), int(end))
        self.columns = [("injection", k) for kind, k in model.columns if kind == "export"] if asked.set_points else (
            model.columns)
        self.place = {column: p for p, column in enumerate(self.columns)}
        self.hours = (np.diff(series.time_bounds, axis=1)[:, 0] / 3600).tolist()
        names = [name + ("" if asked.set_points else "_limit") for name, _ in self.columns]
        own = [k for _, k in self.columns]
        self.before, self.after = (np.array([getattr(clearing.limit, f"{name}_{when}")[:, k] for name, k in zip(
            names, own)]).reshape(len(own), len(self.hours)).T / 1e3 for when in ("before", "after"))
        self.status = clearing.market.status[:, f].tolist()
        refused = [asked.secure and status == UNSAFE and not np.isfinite(before).any()
                   for status, before in zip(self.status, self.before)]
        self.open = [status not in (CLOSED, FAULTY) and not off for status, off in zip(self.status, refused)]
        self.bounds = [self.bounds_of(step) if is_open else None for step, is_open in enumerate(self.open)]
        self.trades = self.read_trades()
        self.fills = Fills(self.orders, self.trades)

    def read_trades(self):
        trade = self.clearing.trade
        mine = np.flatnonzero(trade.feeder == self.feeder)
        columns = (getattr(trade, name)[mine] for name in ("time step limit buy sell quantity buy_price "
                                                           "sell_price").split())
        rows = zip(*(column.tolist() for column in columns))
        return [Trade(*row[:5], row[5] / 1e3, *row[6:]) for row in rows]

    def item(self, step):
        """The step on its linear rows; it does not depend on what the clearing says, but for its status."""
        stated = 0 if self.asked.set_points else self.clearing.market.envelope_status[step, self.feeder]
        key = self.feeder, self.asked.question, self.asked.secure, step, int(stated)
        if key not in self.case.models:
            blank = np.zeros((len(self.series.time), len(self.case.customer.id)))
            shown = Record(solve=Record(status=np.full((len(self.series.time), self.feeder + 1), stated)), envelope=(
                Record(**{kind + name: blank for kind in KINDS for name in ("_limit", "_binding_row")})))
            linearised = self.asked.question.flow == "linearised-ac"
            made = AcStep if self.asked.secure else LinearisedStep if linearised else LinearStep
            self.case.models[key] = made(self.model_at(step), self.series, step, shown)
        return self.case.models[key]

    def model_at(self, step):
        """The feeder with the taps of a step; its limits and positions are the same in all."""
        case = at_step(self.case, self.series, self.feeder, step)
        key = self.feeder, self.asked.question
        model = case.models[key] = case.models.get(key) or Feeder(case, *key)
        model.table = self.model.table
        return model

    def bounds_of(self, step):
        """Floor, cap, rows over positions with what they leave, and the entry that stands for a kW of each.

        `first` is what the rows leave before the first trade: what set-points violate has to be made good first.
        """
        item, before, linear = self.item(step), self.before[step], not self.asked.secure
        if self.asked.set_points:
            customer, own = self.case.customer, [k for _, k in self.columns]
            low, high = -customer.import_cap[own] / 1e3, customer.export_cap[own] / 1e3
            rows, rest = item.rows[:, :len(own)] - item.rows[:, len(own):2 * len(own)], np.maximum(item.h, 0)
        else:
            low, high = item.start, item.connection_cap
            rows = item.rows if linear else np.zeros((0, len(before)))
            rest = np.maximum(item.h - rows @ before, 0) if linear else np.zeros(0)
        unit = np.abs(rows).max(axis=1, initial=0)
        if linear and self.asked.question.flow == "linearised-ac" and not self.asked.set_points:
            rest = rest + ROUNDING_KW * unit
        off = item.off if linear else np.zeros(0)
        return Record(floor=np.minimum(low, before), cap=np.maximum(high, before), rows=rows, rest=rest, off=off,
                      unit=np.where(unit > 0, unit, 1), first=np.where(item.room < 0, item.room, rest) if (
                          self.asked.set_points) else rest)

    def position(self, o):
        """Where an order stands; None: its customer holds no such limit in this market."""
        limit = self.orders.limit[o]
        name = "injection" if limit > 3 else KINDS[limit]
        return self.place.get((name, self.orders.customer[o]))

    def has_rows(self):
        return self.asked.network and not self.asked.secure

    def excess(self, step, moved):
        """kW by which a position or a row is passed where positions have moved so; not above 0: inside."""
        b, level = self.bounds[step], self.before[step] + moved
        over = np.maximum(level - b.cap, b.floor - level).max(initial=-np.inf)
        rows = self.over_rows(b, b.rows @ moved) if self.has_rows() else -np.inf
        return max(over, rows)

    @staticmethod
    def over_rows(b, used):
        """kW of its most sensitive position by which a row is passed; rows that no position is in are nobody's."""
        return ((used - b.rest) / b.unit - b.off).max(where=b.rows.any(axis=1), initial=-np.inf)

    # Claims

    def check_before(self):
        """Where there is a market, and the limits that it begins with."""
        kinds, active = KINDS[:4 if self.asked.question.joint else 2], {k for _, k in self.columns}
        for step, status in enumerate(self.status):
            before, where = self.before[step], f"step {step}"
            published = np.isfinite(before)
            yield 0 <= status < len(WORTH) and status != FAULTY, f"{where}: status {status}"
            yield published.all() if self.open[step] else not published.any(), f"{where}: limits do not fit its status"
            yield self.asked.auction or status not in (UNPROVEN, COMMON_SHARE), f"{where}: status is of auctions"
            yield self.asked.secure or status not in (UNSAFE, COMMON_SHARE), f"{where}: status is of AC"
            if self.asked.set_points:
                forecast = self.series.p_forecast[step, sorted(active)]
                yield not self.open[step] or np.allclose(1e3 * before, forecast, 1e-12, 0), (
                    f"{where}: injections before the market are not the forecast")
                begins = bool(self.columns) and self.item(step).has_rows
                yield self.open[step] == begins, f"{where}: is open or closed"
            else:
                yield from self.check_envelope(step, kinds)

    def check_envelope(self, step, kinds):
        stated, item, before = self.clearing.market.envelope_status[step, self.feeder], self.item(step), self.before
        closes = stated in (INSECURE, INVALID, UNCERTIFIED, ISLANDED) or not self.columns
        yield 0 <= stated < len(STATUS) and (self.asked.secure or stated != SHRUNK), f"step {step}: status {stated}"
        if not self.asked.secure:
            yield stated in item.statuses, f"step {step}: envelopes must be {STATUS[item.statuses[0]]}, not {stated}"
        yield self.open[step] != closes or self.asked.secure and not self.open[step], f"step {step}: is open or closed"
        if not self.open[step]:
            return
        cap = np.where(self.model.asked, item.cap, item.start)
        low = np.zeros(len(item.start)) if self.asked.secure and stated else item.start
        outside = np.maximum(low - before[step], before[step] - cap).max(initial=0)
        yield outside <= FIT_KW, f"step {step}: a limit before the market is {outside:.3g} kW outside start and cap"
        if not self.asked.secure:
            over = ((item.rows @ before[step] - item.h) / self.bounds[step].unit - item.off).max(initial=0)
            yield over <= FIT_KW, f"step {step}: limits before the market pass a row by {over:.3g} kW"

    def walk(self):
        """Moves positions by the trades, one by one; a continuous market is secure after each. Sets `moved`."""
        self.moved = np.zeros(self.before.shape)
        self.kept = {step: np.zeros(len(b.rest)) for step, b in enumerate(self.bounds) if b}  # for what may be called
        used = {step: np.zeros(len(b.rest)) for step, b in enumerate(self.bounds) if b}
        for k, t in enumerate(self.trades):
            yield self.open[t.step], f"trade {k}: step {t.step} is closed"
            if not self.open[t.step]:
                continue
            places = [(self.position(o), t.kw if raises(t.limit, side) else -t.kw)
                      for o, side in ((t.buy, BUY), (t.sell, SELL)) if o >= 0]
            moves = [(p, kw) for p, kw in places if p is not None]
            yield len(moves) == len(places), f"trade {k}: a customer holds no such limit"
            b, more = self.bounds[t.step], 0
            for p, kw in moves:
                more = more + kw * b.rows[:, p]
            if t.buy >= 0 and self.orders.conditional[t.buy]:
                self.kept[t.step] += np.maximum(more, 0)
            else:
                used[t.step] += more
                for p, kw in moves:
                    self.moved[t.step, p] += kw
            if not self.asked.auction:
                over = self.excess_at(t.step, used[t.step], [p for p, _ in moves])
                yield over <= SECURE_KW, f"after trade {k} limits are passed by {over:.3g} kW"

    def excess_at(self, step, used, places):
        """The same of some positions and what rows carry, with the room that is kept for trades that may be called."""
        b, level = self.bounds[step], self.before[step, places] + self.moved[step, places]
        over = np.maximum(level - b.cap[places], b.floor[places] - level).max(initial=-np.inf)
        rows = self.over_rows(b, used + self.kept[step]) if self.has_rows() else -np.inf
        return max(over, rows)

    def check_after(self):
        """Limits after the market are those before and the trades, inside floors, caps and rows."""
        excess = self.clearing.market.row_excess[:, self.feeder] / 1e3
        for step, is_open in enumerate(self.open):
            if not is_open:
                yield np.isnan(self.after[step]).all() and np.isnan(excess[step]), f"step {step}: is closed"
                continue
            off = np.abs(self.before[step] + self.moved[step] - self.after[step]).max(initial=0)
            yield off <= SUMS_KW, f"step {step}: limits after the market are {off:.3g} kW off what trades make"
            over = self.excess_at(step, self.bounds[step].rows @ self.moved[step], slice(None))
            yield over <= SECURE_KW, f"step {step}: limits after the market are passed by {over:.3g} kW"
            if self.status[step] == CLEARED and self.has_rows():
                over = self.excess(step, self.moved[step])
                sums = SUMS_KW + self.bounds[step].off.max(initial=0)
                yield abs(excess[step] - over) <= sums, f"step {step}: row_excess is not {1e3 * over:.6g} W"
            elif not self.asked.network:
                yield excess[step] == 0, f"step {step}: row_excess is not 0"

    def check_money(self):
        """Cash, welfare and what the operator keeps are those of the trades; together they are nothing."""
        customer, sums = self.case.customer, [Record(welfare=0, surplus=0, turnover=0) for _ in self.open]
        cash, market = np.zeros((len(self.open), len(customer.id))), self.clearing.market
        for t in self.trades:
            mwh = t.kw / 1e3 * self.hours[t.step]
            for o, sign, price in ((t.buy, -1, t.buy_price), (t.sell, 1, t.sell_price)):
                if o >= 0:
                    cash[t.step, self.orders.customer[o]] += sign * price * mwh
                    sums[t.step].welfare -= sign * self.orders.price[o] * mwh
                    sums[t.step].turnover += abs(price * mwh)
        own = slice(*self.case.feeder.customer_offset[self.feeder:][:2])
        for step, total in enumerate(sums):
            total.surplus = -cash[step, own].sum()
            stated, where = self.clearing.settlement.cash[step, own], f"step {step}"
            rounding = MONEY * (1 + total.turnover)
            yield (np.abs(stated - cash[step, own]) <= rounding).all(), f"{where}: cash is not that of the trades"
            for name, value in (("welfare", total.welfare), ("operator_surplus", total.surplus)):
                given = getattr(market, name)[step, self.feeder]
                holds = abs(given - value) <= rounding if self.open[step] else np.isnan(given)
                yield holds, f"{where}: {name} is not {value:.9g}"

    def check_accepted(self):
        """What is said to have traded of every order is what its trades make."""
        for o in self.orders.rows:
            stated, made = self.clearing.order.accepted[o] / 1e3, self.fills.accepted(o)
            yield abs(stated - made) <= SUMS_KW, f"order {self.orders.id[o]}: accepted {stated} kW, trades make {made}"

    def full(self, o):
        return self.fills.accepted(o) > self.orders.kw[o] - NOTHING_KW

    def check_in_ac(self, steps):
        """The limits after the market in a power flow, at the worst points that a search of their box finds."""
        stated = self.clearing.market.ac_excess[:, self.feeder]
        traded = {t.step for t in self.trades}
        for step in (step for step in steps if self.open[step] and self.status[step] in (CLEARED, COMMON_SHARE)):
            found = float(self.item(step).worst_points(self.after[step], ()).excess.max(initial=-np.inf))
            yield found <= AC_EXCESS, f"step {step}: a limit is passed in AC by {found:.3g} per unit"
            yield step not in traded or abs(stated[step] - found) <= AC_DIFFER, f"step {step}: ac_excess is not {found}"
