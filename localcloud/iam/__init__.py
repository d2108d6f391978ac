# SPDX-License-Identifier: Apache-2.0
"""IAM: which calls a role may make, and which of its permissions were used.

`principals` is what the other services ask: it assumes a role and checks an action on a resource.
"""
