# SPDX-License-Identifier: Apache-2.0
"""A CloudFront distribution that others change too: read, changed, and changed back, without losing what is theirs."""
