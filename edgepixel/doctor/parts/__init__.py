# SPDX-License-Identifier: Apache-2.0
"""What several stages have: a Lambda function, a role."""
