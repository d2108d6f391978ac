# SPDX-License-Identifier: Apache-2.0
"""The statement UNLOAD: a query whose rows are written as files of Parquet into a folder of S3.

Source: Amazon Athena user guide, "UNLOAD". `statement` reads its text, `parquet_output` writes its files on this
machine, `destination` is the folder and the manifest in S3.
"""
