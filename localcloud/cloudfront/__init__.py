# SPDX-License-Identifier: Apache-2.0
"""CloudFront: real-time logs, and what a viewer's request is here."""
