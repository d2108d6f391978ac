# SPDX-License-Identifier: Apache-2.0
"""AWS on one machine: MiniStack, and the behaviours that it lacks, added in its own process.

Each AWS service has a package, whose `service.py` has `install(clock)`. None imports another, but all ask
`localcloud.iam` what a role may do. They reach MiniStack through `localcloud.ministack`, which alone knows its names,
and replace some of its functions. `docs/local-cloud.md` says what is as in AWS and what is not.
"""
