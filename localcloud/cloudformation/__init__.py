# SPDX-License-Identifier: Apache-2.0
"""CloudFormation: resource types that MiniStack lacks."""
