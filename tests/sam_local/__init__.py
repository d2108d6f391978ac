# SPDX-License-Identifier: Apache-2.0
"""`sam local invoke` of every function with every sample in events/, in containers, against a local cloud.

`engine` finds or starts the container engine, `image` chooses what the functions run on, `passage` lets containers
reach this machine, `local_invoke` runs SAM, `checks` judges what came of each sample, and `command` puts them together.
"""
