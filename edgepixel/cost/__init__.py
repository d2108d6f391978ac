# SPDX-License-Identifier: Apache-2.0
"""A month's AWS bill, and the prices that it is made of."""
