# SPDX-License-Identifier: Apache-2.0
"""What CloudFormation and a custom resource say to each other: request, response, and the time between them."""
