# SPDX-License-Identifier: Apache-2.0
"""Which hosts lead to which distribution."""

import pytest

from localcloud.cloudfront.alternate_names import label_by_alias

DISTRIBUTIONS = [
    {
        "DomainName": f"{label}.cloudfront.net",
        "config_xml": "<DistributionConfig xmlns='http://cloudfront.amazonaws.com/doc/2020-05-31/'><Aliases>"
        f"<Quantity>1</Quantity><Items><CNAME>{alias}</CNAME></Items></Aliases></DistributionConfig>",
    }
    for label, alias in {"d1": "*.shop.example", "d2": "P.shop.example", "d3": "blog.example"}.items()
]


@pytest.mark.parametrize(
    ("host", "label"),
    [
        ("blog.example", "d3"),
        ("BLOG.example:4566", "d3"),
        ("p.shop.example", "d2"),
        ("www.shop.example", "d1"),
        ("shop.example", None),
        ("a.b.shop.example", None),
        ("127.0.0.1:4566", None),
        ("localhost", None),
    ],
)
def test_the_most_specific_alternate_name_decides(host: str, label: str | None) -> None:
    assert label_by_alias(host, DISTRIBUTIONS) == label
