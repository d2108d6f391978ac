# SPDX-License-Identifier: Apache-2.0
"""One module for each kind of custom resource, named after the kind; `site_object` is what two of them share."""
