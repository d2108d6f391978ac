# SPDX-License-Identifier: Apache-2.0
"""A distribution serves viewers under its alternate domain names, too.

Wrapped, and nothing else: MiniStack's reading of the Host header of a viewer's request, which knows the names below
cloudfront.net only.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ministack import app
from ministack.services import cloudfront

from localcloud.clock import Clock

_label_of = app._parse_cloudfront_dataplane_host


def install(_clock: Clock) -> None:
    """Let hosts that a distribution has as an alternate domain name lead to it."""
    app._parse_cloudfront_dataplane_host = label_of


def label_of(host: str) -> str | None:
    """The first part of the cloudfront.net name of the distribution that serves this host; None if none does."""
    label: str | None = _label_of(host) or label_by_alias(host, cloudfront._distributions.values())
    return label


def label_by_alias(host: str, distributions: Iterable[Mapping[str, Any]]) -> str | None:
    """The label by alternate domain names. The name itself goes before `*.` and the rest of it."""
    name = host.partition(":")[0].lower()
    if "." not in name or name.rpartition(".")[2].isdecimal():  # localhost, or an address: a call of the API
        return None
    labels = {
        alias.lower(): str(distribution["DomainName"]).partition(".")[0]
        for distribution in distributions
        for alias in cloudfront._get_distribution_aliases(distribution)
    }
    return labels.get(name) or labels.get(f"*.{name.partition('.')[2]}")
