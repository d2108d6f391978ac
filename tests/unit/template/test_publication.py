# SPDX-License-Identifier: Apache-2.0
"""The Serverless Application Repository must accept the template as it stands."""

from pathlib import Path
from typing import Any

# From the repository's own list of supported resources; it refuses to publish anything else.
ACCEPTED_TYPES = frozenset((Path(__file__).parent / "sar_resource_types.txt").read_text().split())


def test_every_resource_type_is_accepted_by_the_repository(transformed: dict[str, Any]) -> None:
    types = {resource["Type"] for resource in transformed["Resources"].values()}
    assert len(types) > 10
    assert types - ACCEPTED_TYPES == set()


def test_there_is_no_transform_but_sam(template: dict[str, Any]) -> None:
    assert template["Transform"] == "AWS::Serverless-2016-10-31"
    assert "Fn::Transform" not in repr(template)


def test_metadata_holds_no_intrinsic_function(template: dict[str, Any]) -> None:
    metadata = template["Metadata"]["AWS::ServerlessRepo::Application"]
    assert all(isinstance(value, str | list) for value in metadata.values())
    assert len(metadata["Description"]) <= 256
    assert len(metadata["Labels"]) <= 10


def test_the_template_uses_no_yaml_aliases_which_cloudformation_refuses() -> None:
    import yaml

    from tests.conftest import ROOT

    tokens = yaml.scan((ROOT / "template.yaml").read_text())
    assert not [token for token in tokens if isinstance(token, yaml.AliasToken)]
