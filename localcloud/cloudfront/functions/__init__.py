# SPDX-License-Identifier: Apache-2.0
"""CloudFront Functions: their JavaScript, run in this process."""
