# SPDX-License-Identifier: Apache-2.0
"""Is it working? Follows marked hits through a deployed stack, and names the first stage that fails."""
