# SPDX-License-Identifier: Apache-2.0
"""CloudFront's standard logs (v2): the API of log deliveries, and the files that CloudFront writes by them."""
