"""The hash chain over the trades of a clearing (io/schema.md)."""
from hashlib import sha256
from struct import pack

COLUMNS = ("customer side limit first_step last_step quantity price arrival expiry min_fill all_or_none time_in_force "
           "block exclusive_group parent conditional").split()
TRADE = "feeder time step limit buy sell quantity buy_price sell_price".split()


def chain(clearing):
    """The hash before the first trade, and behind every one."""
    order, trade = clearing.order, clearing.trade
    seed = sha256(b"headroom-clearing 1" + clearing.about["case_digest"].encode())
    for word in order.id:
        seed.update(word.encode().ljust(64, b"\0"))
    for name in COLUMNS:
        seed.update(getattr(order, name).tobytes())
    found = [seed.digest()]
    for values in zip(*(getattr(trade, name).tolist() for name in TRADE)):
        found.append(sha256(found[-1] + pack("<iqiiiiddd", *values)).digest())
    return found


def check_chain(clearing):
    """Every stored hash is that of its trade and all before, the head is the last."""
    found, stored = chain(clearing), [bytes(row) for row in clearing.trade.hash]
    wrong = next((k for k, (mine, theirs) in enumerate(zip(found[1:], stored)) if mine != theirs), None)
    yield wrong is None and len(stored) == len(found) - 1, f"the chain breaks at row {wrong} of /trade/hash"
    yield clearing.about["chain_head"] == found[-1].hex(), f"the head of the chain is {found[-1].hex()}"
