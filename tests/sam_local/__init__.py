# SPDX-License-Identifier: Apache-2.0
"""`sam local invoke` of every function with every sample in events/, in containers, against a local cloud.

`run` puts the parts together: it deploys to a local cloud, gets an engine and an image from `container`, reads the
`samples`, makes the `sample_resources` that they name, and lets `checks` judge each. For a check, `invocation` runs
SAM, which prints a `function_result`, and what the function did is looked up: `aggregator_output` must equal the
`expected_lines`, and `custom_resources` says which responses CloudFormation must get.
"""
