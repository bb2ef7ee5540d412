"""Cloud Custodian's policies, as they are: what would they take from the account that builds the images?"""

import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from c7n import cli

from amimodel import replay
from amimodel.boto import Simulator
from amimodel.example_worlds import BUILD, example_world

POLICIES = """
policies:
  - name: images-that-nobody-here-uses
    resource: aws.ami
    filters: [{type: unused, value: true}, {type: value, key: Name, op: glob, value: "golden-*"}]
    actions: [{type: deregister, delete-snapshots: true}]
  - name: snapshots-of-nothing
    resource: aws.ebs-snapshot
    filters: [{type: unused, value: true}]
    actions: [delete]
"""

# Custodian also looks for images in launch configurations and templates; this world has none.
simulator = Simulator(example_world(), finds_nothing=["autoscaling:*", "ec2:DescribeLaunchTemplate*"])

with TemporaryDirectory() as directory, simulator.installed(account=BUILD, region="eu-central-1"):
    policies = Path(directory, "policies.yml")
    policies.write_text(POLICIES)
    sys.argv = ["custodian", "run", "--cache-period=0", f"--output-dir={directory}/out", str(policies)]
    with suppress(SystemExit):  # it ends so where a policy has failed
        cli.main()

replayed = replay(simulator.trace)
print(replayed)

# Two things would go wrong: an image is protected, and a snapshot is of a disabled image, which Custodian does not see.
assert [type(refusal).__name__ for refusal in replayed.refusals] == ["DeregistrationProtected", "SnapshotInUse"]
