# SPDX-License-Identifier: Apache-2.0
"""CloudFront's standard logs of the past, as events of the lake."""
