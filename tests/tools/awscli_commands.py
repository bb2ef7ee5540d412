"""Commands of the AWS CLI (version 1), as they stand in a script, with its own output."""

import shlex

from awscli.clidriver import create_clidriver

from amimodel.boto import Simulator
from amimodel.example_worlds import PROD, example_world

simulator = Simulator(example_world())


def aws(command: str) -> int:
    """Run a command, and give its exit status."""
    with simulator.installed(account=PROD, region="eu-central-1"):
        status: int = create_clidriver().main(shlex.split(command))
    return status


(web,) = (image for image in simulator.world.images if image.name == "web-2026.10")
copy = f"ec2 copy-image --source-image-id {web.image_id} --source-region eu-central-1 --name copy --region us-east-1"
share = f"ec2 modify-image-attribute --image-id {web.image_id} --launch-permission 'Add=[{{UserId=555566667777}}]'"

assert aws("ec2 describe-images --owners self --query 'Images[].[ImageId,Name]' --output table") == 0
assert aws(copy) == 0
assert aws("ec2 wait image-available --owners self --region us-east-1") == 0
assert aws(share) == 0
assert aws(f"ec2 deregister-image --image-id {web.image_id}") == 0
assert aws(f"ec2 deregister-image --image-id {web.image_id}") == 255
print(simulator.changes)
