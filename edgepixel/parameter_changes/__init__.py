# SPDX-License-Identifier: Apache-2.0
"""What a change of a parameter does to the resources of a running stack, derived from CloudFormation's own schemas."""
