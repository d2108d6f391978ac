# SPDX-License-Identifier: Apache-2.0
"""A distribution serves viewers under its alternate domain names, too.

Wrapped, and nothing else: MiniStack's reading of the Host header of a viewer's request, which knows the names below
cloudfront.net only.
"""

from collections.abc import Iterable

from localcloud.clock import Clock
from localcloud.ministack import cloudfront


def install(_clock: Clock) -> None:
    """Let hosts that a distribution has as an alternate domain name lead to it."""
    cloudfront.label_of_host.replace(label_of)


def label_of(host: str) -> str | None:
    """The first part of the cloudfront.net name of the distribution that serves this host; None if none does."""
    return cloudfront.label_of_host.own(host) or label_by_alias(host, cloudfront.distributions.values())


def label_by_alias(host: str, distributions: Iterable[cloudfront.Distribution]) -> str | None:
    """The label by alternate domain names. The name itself goes before `*.` and the rest of it."""
    name = host.partition(":")[0].lower()
    if "." not in name or name.rpartition(".")[2].isdecimal():  # localhost, or an address: a call of the API
        return None
    labels = {
        alias.lower(): str(distribution["DomainName"]).partition(".")[0]
        for distribution in distributions
        for alias in cloudfront.aliases_of(distribution)
    }
    return labels.get(name) or labels.get(f"*.{name.partition('.')[2]}")
