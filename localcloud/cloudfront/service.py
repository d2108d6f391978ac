# SPDX-License-Identifier: Apache-2.0
"""CloudFront as the local cloud adds to it."""

from localcloud.clock import Clock
from localcloud.cloudfront import alternate_names, configuration_check, origin_access, real_time_logs
from localcloud.cloudfront.functions import checks
from localcloud.cloudfront.standard_logs import service as standard_logs


def install(clock: Clock) -> None:
    """Add logs, functions, alternate domain names and origin access to MiniStack's CloudFront, and what AWS refuses."""
    real_time_logs.install(clock, standard_logs.install(clock))
    alternate_names.install(clock)
    origin_access.install(clock)
    configuration_check.install(clock)
    checks.install()
