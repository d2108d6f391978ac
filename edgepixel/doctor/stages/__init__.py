# SPDX-License-Identifier: Apache-2.0
"""From what AWS said about each stage to what is wrong with it. Pure: only facts/aws_calls.py talks to AWS."""
