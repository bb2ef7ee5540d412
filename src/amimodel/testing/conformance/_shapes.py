"""What botocore knows of EC2's actions: the shapes of their answers."""

from functools import cache

import botocore.session
from botocore.model import OperationModel, ServiceModel


@cache
def _service() -> ServiceModel:
    return botocore.session.Session().get_service_model("ec2")


@cache
def model_of(action: str) -> OperationModel:
    """What botocore knows of an action of EC2."""
    return _service().operation_model(action)
