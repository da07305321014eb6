"""What a result was asked for, from its attributes (io/schema.md)."""
from collections import namedtuple

from .feeder import FLOWS
from .step import SHARES
from .xxh64 import xxh64

CONCAVE = ("proportional", "weighted", "alpha", "total", "quadratic")
OPTIONS = {"--basis": "added", "--contain": "zero", "--insecure-base": "no-worse", "--monitor": "all",
           "--reactive": "joint", "--secure": "ac", "--linearisation": "fixed-point"}
PER_FEEDER, SOLVER = "per-feeder", "ipopt"
ERRORS = ("--forecast-error", "--forecast-error-norm", "--impedance-error")
Question = namedtuple("Question", "flow policy alpha reference kw asked contain added no_worse everywhere joint secure "
                      "held_currents dust error_share error_kw error_norm error_rho")


def question_of(about):
    """What was asked, from the attributes of a result."""
    (policy, _, alpha), words = about["policy"].partition("="), about["options"].split()
    (reference, _, kw), given = about["reference"].partition(":"), dict(zip(words[::2], words[1::2]))
    asked = {"both": (True, True), "export": (True, False), "import": (False, True)}.get(about["direction"])
    policy = {"alpha=0": "total", "alpha=1": "proportional"}.get(f"{policy}={float(alpha or 2):g}", policy)
    if given.get("--secure") == "ac" and (errors := [name for name in ERRORS[1:] if name in given]):
        raise ValueError(f"{', '.join(errors)}: in AC each forecast is wrong by itself, and impedances are right")
    share, _, error_kw = given.pop(ERRORS[0], "0").partition(":")
    error_norm, error_rho = given.pop(ERRORS[1], "inf"), float(given.pop(ERRORS[2], 0))
    dust, _ = float(given.pop("--dust", 1e-9)), given.pop("--policies", None)  # check_policies judges those
    solver = given.pop("--solver", SOLVER)  # its answers make the same claims
    added, zero, no_worse, everywhere, joint, secure, held_currents = (
        given.pop(name, None) == value for name, value in OPTIONS.items())
    unknown = given or not asked or about["flow"] not in (FLOWS[2:3] if secure else FLOWS)
    unknown = unknown or held_currents and about["flow"] != FLOWS[3] or solver != SOLVER
    if unknown or error_norm not in ("inf", "2") or policy not in (*CONCAVE, *SHARES, "max-min"):
        raise ValueError(f"unknown question: {about}")
    return Question(about["flow"], policy, float(alpha or 1), "request" if policy == SHARES[1] else reference,
                    float(kw or 1), asked, not (zero or added), added, no_worse, everywhere, joint, secure,
                    held_currents, dust, float(share), float(error_kw or 0), error_norm, error_rho)


def questions_of(result):
    """What was asked of each feeder; where feeders have policies of their own, columns of /feeder say which."""
    about, feeder = result.about, vars(result.feeder)
    if about["policy"] != PER_FEEDER:
        return [question_of(about)] * len(feeder["id"])
    if not {"policy", "reference"} <= feeder.keys():
        raise ValueError(f"policy is {PER_FEEDER}, and /feeder lacks policy or reference")
    asked = [*zip(feeder["policy"], feeder["reference"])]
    known = {pair: question_of({**about, "policy": pair[0], "reference": pair[1]}) for pair in {*asked}}
    return [known[pair] for pair in asked]


def check_policies(result):
    """The digest among the options is that of the policies of all feeders."""
    words, feeder, per_feeder = result.about["options"].split(), result.feeder, result.about["policy"] == PER_FEEDER
    stated = words[words.index("--policies") + 1] if "--policies" in words else ""
    own = zip(feeder.id, feeder.policy, feeder.reference) if per_feeder else ()
    digest = xxh64("".join(f"{word}\0" for feeder in own for word in feeder).encode()) if per_feeder else ""
    yield stated == digest, f"the digest of --policies is not {digest or 'absent'}"
