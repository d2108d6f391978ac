# SPDX-License-Identifier: Apache-2.0
"""Ids of CloudFront's managed policies."""

from edgepixel.template import resources_of_type

(_DISTRIBUTION,) = resources_of_type("AWS::CloudFront::Distribution").values()

CACHING_OPTIMIZED: str = _DISTRIBUTION["DistributionConfig"]["DefaultCacheBehavior"]["CachePolicyId"]
"""The cache policy that the template names: the query string is no part of the cache key."""
