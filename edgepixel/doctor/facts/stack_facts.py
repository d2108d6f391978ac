# SPDX-License-Identifier: Apache-2.0
"""Asks AWS for the facts about each stage of a stack."""

from edgepixel.doctor.facts.catalog_facts import CatalogWayFacts
from edgepixel.doctor.facts.delivery_facts import DeliveryWayFacts


class StackFacts(DeliveryWayFacts, CatalogWayFacts):
    """The facts about one stack's stages, asked for anew at each call."""
