# SPDX-License-Identifier: Apache-2.0
"""Publishing the application to the AWS Serverless Application Repository (SAR)."""
