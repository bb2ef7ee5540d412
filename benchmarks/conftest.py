"""What the benchmarks share.

`nox -s bench` runs every `bench_*.py` here. A benchmark measures its yardstick in the same run, with the same worlds.
"""
