"""What every test of amimodel shares: how hard Hypothesis looks.

The profile is chosen by the environment variable `HYPOTHESIS_PROFILE`; without it, `default` holds.

| profile   | examples a property | for                                          |
|-----------|---------------------|----------------------------------------------|
| `fast`    | 10                  | further interpreters, a quick look           |
| `mutants` | 10                  | `nox -s mutate`: those of `fast`, not shrunk |
| `default` | 50                  | the suite                                    |
| `deep`    | 10,000              | `nox -s deep`                                |
| `solver`  | 20                  | `nox -s solve`: a solver chooses them        |

Examples in docstrings and pages look up to 1,000 times, always in the same order (`tests/test_examples.py`).

No profile has a deadline or minds slow generation, so that no test fails because a machine is slow. Where `CI` is set,
`fast` and `default` try the same examples at every run: a failure there comes from the change, not from luck. To find
what nobody thought of is the task of `deep`, which is never derandomized, and of the runs on people's own machines.
Each failure prints a blob for `@reproduce_failure`.
"""

import os

from hypothesis import HealthCheck, Phase, settings

_ON_CI = bool(os.environ.get("CI"))
_CALM = settings(deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])

settings.register_profile("fast", _CALM, max_examples=10, derandomize=_ON_CI)
# Nobody reads by which example a mutant was caught: to make it small takes longer than to find it.
settings.register_profile("mutants", _CALM, max_examples=10, derandomize=True, phases=[Phase.explicit, Phase.generate])
settings.register_profile("default", _CALM, max_examples=50, derandomize=_ON_CI)
settings.register_profile("deep", _CALM, max_examples=10_000, derandomize=False)
settings.register_profile("examples", _CALM, max_examples=1_000, derandomize=True, database=None)
_chosen = os.environ.get("HYPOTHESIS_PROFILE", "default")
if _chosen == "solver":  # the backend has a name only where hypothesis-crosshair is installed
    settings.register_profile("solver", _CALM, max_examples=20, backend="crosshair", database=None)
settings.load_profile(_chosen)
