# SPDX-License-Identifier: Apache-2.0
"""What AWS says about a stack. Only aws_calls.py talks to AWS, and it changes nothing."""
